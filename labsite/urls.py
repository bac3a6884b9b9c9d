"""Addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from analysis.home import home, worklist_badge
from labsite.access.picking import pick
from labsite.health import health
from measurements.views import labels, search

urlpatterns = [
    path("", home, name="home"),
    path("worklist/", worklist_badge, name="worklist-badge"),
    path("search/", search.search_page, name="search"),
    path("pick/<slug:name>/", pick, name="pick"),
    path("c/<str:code>/", search.by_code, name="by-code"),
    path("qr/<str:code>.svg", search.qr, name="qr"),
    path("labels/", labels.labels, name="labels"),
    path("health/", health, name="health"),
    path("", include("samples.urls")),
    path("", include("cells.urls")),
    path("", include("measurements.urls")),
    path("", include("analysis.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("labsite.api")),
]
