"""Addresses of the pages of cells."""

from django.urls import path

from cells import calculatorviews, views
from labsite.access.pages import record_urls

app_name = "cells"

urlpatterns = [
    path("calculators/", calculatorviews.calculators, name="calculators"),
    path("calculators/<slug:name>/", calculatorviews.calculated, name="calculated"),
    *record_urls(views.CELL),
    path("cells/<uuid:pk>/events/new/", views.event_add, name="cell-event"),
    path("cells/<uuid:pk>/harvest/<uuid:place_pk>/", views.harvest, name="cell-harvest"),
]
