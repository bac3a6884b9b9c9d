"""The API, version 1: its routes, its schema and its pages."""

from pathlib import Path
from typing import Any, NoReturn

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest
from django.urls import include, path, re_path
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.routers import DefaultRouter
from rest_framework.views import APIView

from analysis import api as analysis
from cells import api as cells
from labsite.access import api as access
from measurements import api as measurements
from measurements import channelapi
from samples import api as samples
from samples import stepapi as steps
from samples import stockapi as stock

SCHEMA = Path(__file__).parent / "openapi.yaml"

router = DefaultRouter()
router.include_format_suffixes = False
for name, viewset, basename in (
    ("projects", access.ProjectViewSet, "project"),
    ("chemicals", samples.ChemicalViewSet, "chemical"),
    ("lots", stock.LotViewSet, "lot"),
    ("stock-entries", stock.StockEntryViewSet, "stockentry"),
    ("batches", samples.BatchViewSet, "batch"),
    ("films", samples.FilmViewSet, "film"),
    ("coatings", samples.CoatingViewSet, "coating"),
    ("electrodes", samples.ElectrodeViewSet, "electrode"),
    ("electrode-events", samples.ElectrodeEventViewSet, "electrodeevent"),
    ("steps", steps.StepViewSet, "step"),
    ("consumptions", steps.ConsumptionViewSet, "consumption"),
    ("cells", cells.CellViewSet, "cell"),
    ("cell-events", cells.CellEventViewSet, "cellevent"),
    ("instruments", measurements.InstrumentViewSet, "instrument"),
    ("channel-uses", channelapi.ChannelUseViewSet, "channeluse"),
    ("lab-formats", measurements.LabFormatViewSet, "labformat"),
    ("sensors", measurements.SensorViewSet, "sensor"),
    ("measurements", analysis.MeasurementViewSet, "measurement"),
    ("attachments", measurements.AttachmentViewSet, "attachment"),
    ("runs", analysis.RunViewSet, "run"),
    ("metrics", analysis.MetricViewSet, "metric"),
    ("methods", analysis.MethodViewSet, "method"),
    ("formats", analysis.FormatViewSet, "format"),
):
    router.register(name, viewset, basename)


@login_not_required
@require_safe
def schema(_request: HttpRequest) -> FileResponse:
    """Give the committed OpenAPI schema; a test keeps it equal to the code."""
    return FileResponse(SCHEMA.open("rb"), content_type="application/yaml")


@extend_schema(exclude=True)
class NowhereView(APIView):
    """Answers addresses that do not exist, every method alike."""

    permission_classes = (AllowAny,)
    http_method_names: list[str] = []

    def http_method_not_allowed(self, request: Any, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Say that there is nothing here."""
        hint = "" if request.path.endswith("/") else " Addresses end in a slash."
        raise NotFound(f"There is nothing at {request.path}.{hint}")


app_name = "api"
urlpatterns = [
    path("", include(router.urls)),
    path("files/", measurements.FileView.as_view(), name="files"),
    path("schema/", schema, name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    re_path(r"^.*$", NowhereView.as_view()),
]
