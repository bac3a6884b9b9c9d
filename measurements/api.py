"""Routes of instruments, measurements, files and attachments."""

from http import HTTPStatus
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Prefetch
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labsite.access.idempotency import idempotent
from labsite.access.references import api_url
from labsite.access.viewers import Viewer
from labsite.access.viewsets import LogViewSet, RecordViewSet, joined, user_of
from labsite.lib.problems import ProblemError
from labsite.lib.rest import BoundedJson, BoundedMultiPart, refuse_chunks
from measurements import queries
from measurements import serializers as shapes
from measurements.downloads import BINARY, download
from measurements.export import csv_of
from measurements.fileapi import FileActions
from measurements.intake import receive_file, requeue
from measurements.models import (
    SUBJECTS,
    Attachment,
    Instrument,
    LabFormat,
    Measurement,
    RawFile,
    Sensor,
)
from measurements.revisions import newest_file
from measurements.uploads import context_of, subject_of


class InstrumentViewSet(RecordViewSet):
    """Cyclers, analysers and other instruments with their channels."""

    queryset = joined(Instrument).prefetch_related("channels")
    serializer_class = shapes.InstrumentSerializer
    filterset_class = queries.InstrumentQuery


class LabFormatViewSet(RecordViewSet):
    """Formats of the lab: saved mappings of tables that no built-in format knows."""

    queryset = joined(LabFormat)
    serializer_class = shapes.LabFormatSerializer
    filterset_class = queries.LabFormatQuery


class SensorViewSet(RecordViewSet):
    """Film force sensors."""

    queryset = joined(Sensor)
    serializer_class = shapes.SensorSerializer
    filterset_class = queries.SensorQuery


class MeasurementViewSet(FileActions):
    """Measurements; a new one is made by sending a file to /files/."""

    queryset = joined(Measurement, "lot__chemical", "film__batch", "cell__film").prefetch_related(
        Prefetch("raw_files", RawFile.objects.select_related("blob", "created_by", "decided_by"))
    )
    serializer_class = shapes.MeasurementSerializer
    filterset_class = queries.MeasurementQuery

    @extend_schema(request=None, responses={202: shapes.MeasurementSerializer})
    @action(detail=True, methods=["post"])
    @idempotent()
    def requeue(self, _request: Request, **_kwargs: Any) -> Response:
        """Read the file of a failed measurement again."""
        measurement = self.get_object()
        if measurement.status != Measurement.Status.FAILED:
            raise ProblemError(
                HTTPStatus.CONFLICT,
                "not_failed",
                f"{measurement.code} is {measurement.status}; only a failed one is read again.",
            )
        requeue(measurement=measurement, by=self.user)
        body = self.get_serializer(self.reread(measurement)).data
        return Response(body, status=HTTPStatus.ACCEPTED)

    @extend_schema(responses=BINARY)
    @action(detail=True)
    def file(self, _request: Request, **_kwargs: Any) -> HttpResponseBase:
        """Download the newest file as it came from the instrument; of parts, the last one's."""
        raw = newest_file(self.get_object())
        if raw is None:
            raise ProblemError(HTTPStatus.NOT_FOUND, "not_found", "The measurement has no file.")
        return download(raw.blob, raw.original_name)

    @extend_schema(
        parameters=[OpenApiParameter("as", str, enum=["csv", "parquet"], default="parquet")],
        responses=BINARY,
    )
    @action(detail=True)
    def frame(self, request: Request, **_kwargs: Any) -> HttpResponseBase:
        """Download the table that was read from the file, as Parquet or CSV."""
        measurement = self.get_object()
        if not measurement.frame_path:
            raise not_ready(measurement)
        if request.query_params.get("as") == "csv":
            return StreamingHttpResponse(
                csv_of(measurement.frame_path),
                content_type="text/csv; charset=utf-8",
                headers={"Content-Disposition": f'attachment; filename="{measurement.code}.csv"'},
            )
        return FileResponse(
            default_storage.open(measurement.frame_path),
            as_attachment=True,
            filename=f"{measurement.code}.parquet",
            content_type="application/vnd.apache.parquet",
        )

    @property
    def parameters(self) -> tuple[str, ...]:
        """Query parameters besides the filters."""
        return ("as",) if self.action == "frame" else super().parameters


def not_ready(measurement: Measurement) -> ProblemError:
    """Return the refusal of what needs a file that has been read."""
    why = f" ({measurement.error_message})" if measurement.error_message else ""
    return ProblemError(
        HTTPStatus.CONFLICT,
        "not_ready",
        f"{measurement.code} is {measurement.status}{why}; its file must be read first.",
    )


class FileView(APIView):
    """Instrument files."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (BoundedMultiPart,)

    @extend_schema(
        operation_id="files_create",
        request={"multipart/form-data": shapes.UploadSerializer},
        responses={201: shapes.ReceiptSerializer, 200: shapes.ReceiptSerializer},
    )
    @idempotent(together=False)
    def post(self, request: Request) -> Response:
        """Store a file about one subject and queue its reading and analysis.

        201 with a new measurement, or with the one that the file is a newer version or the next
        part of; 200 with the one that has these bytes already.
        """
        refuse_chunks(request)
        serializer = shapes.UploadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent, user = serializer.validated_data, user_of(request)
        receipt = receive_file(
            file=sent["file"],
            name=sent["file"].name,
            subject=subject_of(sent, user),
            by=user,
            context=context_of(sent, user),
        )
        measurement = receipt.measurement
        visible = Viewer(user).sees(measurement)
        body = {
            "id": receipt.file.pk,
            "sha256": receipt.sha256,
            "duplicate": receipt.duplicate,
            "part": receipt.file.part,
            "revision": receipt.file.revision,
            "measurement": {
                "id": measurement.pk,
                "code": measurement.code if visible else None,
                "url": api_url(measurement, request) if visible else None,
                "status": measurement.status,
            },
        }
        status = HTTPStatus.OK if receipt.duplicate else HTTPStatus.CREATED
        return Response(shapes.ReceiptSerializer(body).data, status=status)


class AttachmentViewSet(LogViewSet):
    """Photos, protocols and other files beside records."""

    queryset = joined(Attachment, "lot__chemical")
    serializer_class = shapes.AttachmentSerializer
    filterset_class = queries.AttachmentQuery
    parser_classes = (BoundedMultiPart, BoundedJson)
    PATHS = tuple(f"{name}__project" for name in (*SUBJECTS[:5], "measurement"))
    LAB_WIDE = ("lot", "instrument")

    @extend_schema(responses=BINARY)
    @action(detail=True)
    def file(self, _request: Request, **_kwargs: Any) -> HttpResponseBase:
        """Download the file."""
        attachment = self.get_object()
        return download(attachment.blob, attachment.original_name)
