"""Addresses of the pages of samples."""

from django.urls import path

from labsite.access.pages import record_urls
from labsite.lib.web import understood
from samples import pieceviews, stepviews, stockviews, templateviews, views, weighviews

app_name = "samples"

urlpatterns = [
    path("chemicals/library/", stockviews.library, name="library"),
    path(
        "lots/<uuid:pk>/stocktake/",
        stockviews.lot_stocktake,
        {"kind": views.LOT},
        name="lot-stocktake",
    ),
    path(
        "lots/<uuid:pk>/discard/", stockviews.lot_discard, {"kind": views.LOT}, name="lot-discard"
    ),
    *(
        path(f"coatings/<uuid:pk>/{route}/", view, {"kind": views.COATING}, name=f"coating-{name}")
        for route, name, view in (
            ("punch", "punch", pieceviews.coating_punch),
            ("weigh", "weigh", pieceviews.coating_weigh),
            ("weigh/live", "weigh-live", pieceviews.coating_weigh_live),
            ("infiltrate", "infiltrate", pieceviews.coating_infiltrate),
        )
    ),
    path(
        "electrodes/<uuid:pk>/use-up/",
        pieceviews.electrode_use_up,
        {"kind": views.ELECTRODE},
        name="electrode-use-up",
    ),
    *(
        path(f"batches/<uuid:pk>/{route}/", view, {"kind": views.BATCH}, name=f"batch-{name}")
        for route, name, view in (
            ("weigh", "weigh", weighviews.batch_weigh),
            ("weigh/live", "weigh-live", weighviews.batch_weigh_live),
            ("sheet", "sheet", weighviews.batch_sheet),
        )
    ),
    path(
        "coatings/<uuid:pk>/sheet/",
        weighviews.coating_sheet,
        {"kind": views.COATING},
        name="coating-sheet",
    ),
    path("quantity/", understood, name="quantity"),
    *(url for kind in views.KINDS for url in record_urls(kind)),
    *record_urls(templateviews.TEMPLATE),
    path(
        "templates/from/<slug:kind>/<uuid:pk>/", templateviews.template_save, name="template-save"
    ),
    *(
        path(
            f"{kind.folder}/<uuid:pk>/steps/new/",
            stepviews.step_add,
            {"kind": kind},
            name=f"{kind.name}-step",
        )
        for kind in views.WITH_STEPS
    ),
    path("steps/<uuid:pk>/perform/", stepviews.step_perform, name="step-perform"),
    path("steps/<uuid:pk>/revise/", stepviews.step_revise, name="step-revise"),
    path("steps/<uuid:pk>/drop/", stepviews.step_drop, name="step-drop"),
    path(
        "electrodes/<uuid:pk>/infiltrate/",
        stepviews.electrode_infiltrate,
        name="electrode-infiltrate",
    ),
]
