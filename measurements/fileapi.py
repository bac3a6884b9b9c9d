"""Acts on the files of a measurement in the API: give, accept, separate, leave out, join."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from labsite.access.idempotency import idempotent
from labsite.access.references import as_uuid, find
from labsite.access.viewsets import ExistingViewSet
from measurements import serializers as shapes
from measurements.continuing import join_measurements
from measurements.deciding import accept_file, leave_file, separate_file
from measurements.downloads import BINARY, download
from measurements.models import Measurement, RawFile

FILE = r"files/(?P<file>[^/.]+)"
NAMED = [OpenApiParameter("file", str, OpenApiParameter.PATH, description="UUID of the file.")]
CHANGED = extend_schema(
    request=None, responses={202: shapes.MeasurementSerializer}, parameters=NAMED
)


class FileActions(ExistingViewSet):
    """What is done with single files of a measurement."""

    @extend_schema(responses=BINARY, parameters=NAMED)
    @action(detail=True, url_path=FILE, url_name="one-file")
    def one_file(self, _request: Request, file: str, **_kwargs: Any) -> HttpResponseBase:
        """Download one of the files as it came, also one that does not count."""
        raw = self._file(file)
        return download(raw.blob, raw.original_name)

    @CHANGED
    @action(detail=True, methods=["post"], url_path=f"{FILE}/accept")
    @idempotent()
    def accept(self, _request: Request, file: str, **_kwargs: Any) -> Response:
        """Let a file count as the newest version of its part."""
        return self._done(accept_file, file)

    @CHANGED
    @action(detail=True, methods=["post"], url_path=f"{FILE}/leave")
    @idempotent()
    def leave(self, _request: Request, file: str, **_kwargs: Any) -> Response:
        """Leave a file out; the version before it counts again, if there is one."""
        return self._done(leave_file, file)

    @extend_schema(request=None, responses={201: shapes.MeasurementSerializer}, parameters=NAMED)
    @action(detail=True, methods=["post"], url_path=f"{FILE}/separate")
    @idempotent()
    def separate(self, _request: Request, file: str, **_kwargs: Any) -> Response:
        """Make a file a measurement of its own; the answer is that one."""
        own = separate_file(file=self._file(file), by=self.user)
        return Response(self._shown(own), status=HTTPStatus.CREATED)

    @extend_schema(request=shapes.NextPartSerializer, responses={202: shapes.MeasurementSerializer})
    @action(detail=True, methods=["post"])
    @idempotent()
    def join(self, request: Request, **_kwargs: Any) -> Response:
        """Make the files of another measurement the next parts of this one, and void that one."""
        first = self.get_object()
        sent = shapes.NextPartSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        second = find(Measurement, sent.validated_data["next"], self.user)
        join_measurements(first=first, second=second, by=self.user)
        return Response(self._shown(first), status=HTTPStatus.ACCEPTED)

    def _file(self, reference: str) -> RawFile:
        """Return a file of the measurement; raises NotFound."""
        measurement = self.get_object()
        files = measurement.raw_files.select_related("blob", "measurement")
        found: RawFile | None = files.filter(pk=as_uuid(reference)).first()
        if found is None:
            raise NotFound(f"{measurement.code} has no file {reference}.")
        return found

    def _done(self, act: Callable[..., None], reference: str) -> Response:
        file = self._file(reference)
        act(file=file, by=self.user)
        return Response(self._shown(file.measurement), status=HTTPStatus.ACCEPTED)

    def _shown(self, measurement: Measurement) -> Any:
        return self.get_serializer(self.reread(measurement)).data
