"""Views that every kind of record shares: scoped, versioned, voided instead of deleted."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.db.models import Model, Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.exceptions import NotFound
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from labsite.access.idempotency import idempotent
from labsite.access.models import Project, User
from labsite.access.recording import EditConflictError, void_record
from labsite.access.records import LabRecord, Record, may_edit, may_edit_lab
from labsite.access.references import as_uuid, named
from labsite.access.scope import about_readable
from labsite.access.serializers import ReasonSerializer, relations
from labsite.lib.problems import ProblemError
from labsite.lib.rest import etag, expected_version

REASON = OpenApiParameter(
    "reason", str, description="Why the record is voided; may stand in the body instead."
)


class MayEdit(BasePermission):
    """Members write in their projects, managers also what is lab-wide."""

    message = "You may read this, but not change it."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Let those add who may write somewhere; single records are looked for first."""
        if request.method in SAFE_METHODS or view.detail:
            return True
        model = view.queryset.model
        if issubclass(model, LabRecord):
            return may_edit_lab(user_of(request))
        return Project.objects.editable_by(user_of(request)).exists()

    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        """Let those write who may change the record."""
        return request.method in SAFE_METHODS or may_edit(user_of(request), obj)


class ScopedViewSet(viewsets.GenericViewSet[Any]):
    """Rows that the person may read, found by UUID or code."""

    permission_classes: tuple[Any, ...] = (IsAuthenticated, MayEdit)
    lookup_value_regex = "[^/]+"
    by: ClassVar[str] = ""
    """The field that names a row beside its UUID, if one does."""
    queryset: QuerySet[Any]

    @property
    def user(self) -> User:
        """The person who asks."""
        return user_of(self.request)

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows that the person may read."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return self.scoped(super().get_queryset())

    def scoped(self, rows: Any) -> QuerySet[Any]:
        """Keep the rows that the person may read."""
        kept: QuerySet[Any] = rows.visible_to(self.user)
        return kept

    def get_object(self) -> Any:
        """Return the row that the address names; raises NotFound."""
        reference = self.kwargs["pk"]
        wanted = named(reference, self.by) if self.by or as_uuid(reference) else Q(pk=None)
        row = self.filter_queryset(self.get_queryset()).filter(wanted).first()
        if row is None:
            raise NotFound(self._why_not_found(wanted))
        self.check_object_permissions(self.request, row)
        return row

    def _why_not_found(self, wanted: Q) -> str:
        hidden: Any = self.get_queryset().filter(wanted).first()
        if getattr(hidden, "voided_at", None) is None:
            kind = self.queryset.model._meta.verbose_name
            return f"There is no {kind} {self.kwargs['pk']} that you may see."
        return f"{hidden.code} is voided: {hidden.void_reason}. With ?voided=true it is shown."


class ExistingViewSet(mixins.ListModelMixin, ScopedViewSet):
    """List, read, change and void one kind of record."""

    by = "code"

    def retrieve(self, _request: Request, **_kwargs: Any) -> Response:
        """Return one record with its version as ETag."""
        record = self.get_object()
        return Response(self.get_serializer(record).data, headers=etag(record.version))

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change the fields that are sent, if nobody else has changed the record since."""
        record = self.get_object()
        version = expected_version(request)
        serializer = self.get_serializer(record, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        try:
            serializer.save(expected_version=version)
        except EditConflictError as error:
            raise conflict(record, error) from error
        changed = self.reread(record)
        self.after_change(changed)
        return Response(self.get_serializer(changed).data, headers=etag(changed.version))

    def after_change(self, record: Any) -> None:
        """Do what a change entails beyond the record."""

    @extend_schema(parameters=[REASON], responses={204: None})
    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Void the record: it stays, hidden, with the reason."""
        record = self.get_object()
        body = request.data if isinstance(request.data, dict) else {}
        reason = ReasonSerializer(
            data={"reason": request.query_params.get("reason") or body.get("reason", "")}
        )
        reason.is_valid(raise_exception=True)
        try:
            if "If-Match" in request.headers and expected_version(request) != record.version:
                raise EditConflictError(f"{record} was changed meanwhile; read it again.")
            void_record(record=record, by=self.user, reason=reason.validated_data["reason"])
        except EditConflictError as error:
            raise conflict(record, error) from error
        return Response(status=HTTPStatus.NO_CONTENT)

    def reread(self, record: Record) -> Any:
        """Return the record as it is stored, with all that its answer shows."""
        return self.queryset.get(pk=record.pk)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Query parameters besides the filters."""
        return ("reason",) if self.action == "destroy" else ()


class RecordViewSet(ExistingViewSet):
    """The same for records that are created by what is sent."""

    @idempotent()
    def create(self, request: Request, **_kwargs: Any) -> Response:
        """Store a new record under the next code of its kind."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        record = serializer.save()
        body = self.get_serializer(self.reread(record)).data
        headers = {**etag(record.version), "Location": body["url"]}
        return Response(body, status=HTTPStatus.CREATED, headers=headers)


class ReadLogViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Dated entries about records: listed and read."""

    PATHS: ClassVar[tuple[str, ...]]
    """Ways to the project of the record that an entry is about."""
    LAB_WIDE: ClassVar[tuple[str, ...]] = ()
    """Lab-wide records that an entry may be about."""

    def scoped(self, rows: Any) -> QuerySet[Any]:
        """Keep the entries about records that the person may read."""
        kept: QuerySet[Any] = rows.filter(about_readable(self.user, self.PATHS, self.LAB_WIDE))
        return kept


class LogViewSet(ReadLogViewSet):
    """The same for entries that are added by what is sent; none is ever changed."""

    @idempotent()
    def create(self, request: Request, **_kwargs: Any) -> Response:
        """Add an entry."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        row = self.queryset.get(pk=serializer.save().pk)
        return Response(self.get_serializer(row).data, status=HTTPStatus.CREATED)


def user_of(request: Request) -> User:
    """Return the person who asks; nobody else gets past the permissions."""
    user: User = request.user  # type: ignore[assignment]
    return user


def conflict(record: Record, error: EditConflictError) -> ProblemError:
    """Return the refusal of a change that somebody else's change has overtaken."""
    stored: Any = type(record)._default_manager.get(pk=record.pk)
    return ProblemError(HTTPStatus.CONFLICT, "conflict", str(error), current_version=stored.version)


def joined(model: type[Model], *more: str) -> QuerySet[Any]:
    """Return all rows of a model with their foreign keys, and more paths, joined at once."""
    return model._default_manager.select_related(*relations(model), *more)
