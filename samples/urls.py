"""Addresses of the pages of samples."""

from django.urls import path

from labsite.access.pages import record_urls
from labsite.lib.web import understood
from samples import views

app_name = "samples"

urlpatterns = [
    path("quantity/", understood, name="quantity"),
    *(url for kind in views.KINDS for url in record_urls(kind)),
    *(
        path(
            f"{kind.folder}/<uuid:pk>/steps/new/",
            views.step_add,
            {"kind": kind},
            name=f"{kind.name}-step",
        )
        for kind in views.WITH_STEPS
    ),
    path(
        "electrodes/<uuid:pk>/infiltrate/",
        views.electrode_infiltrate,
        name="electrode-infiltrate",
    ),
]
