"""Addresses of the pages of runs, results and methods."""

from django.urls import path

from analysis.views import methods, panels, runs

app_name = "analysis"

ONE = "runs/<uuid:pk>"
TABLE = f"{ONE}/tables/<slug:name>"

urlpatterns = [
    path("runs/", runs.run_list, name="run-list"),
    path(f"{ONE}/", runs.run_detail, name="run-detail"),
    path(f"{ONE}/job/", runs.run_job, name="run-job"),
    path(f"{ONE}/curves/<slug:name>.json", runs.run_curve, name="run-curve"),
    path(f"{TABLE}/", runs.run_table, name="run-table"),
    path(f"{TABLE}.csv", runs.run_table_csv, name="run-table-csv"),
    path(f"{ONE}/current/", runs.run_make_current, name="run-current"),
    path(f"{ONE}/again/", runs.run_again, name="run-again"),
    path("measurements/<uuid:pk>/analyse/<slug:name>/", runs.launch, name="launch"),
    path("results/<slug:name>/<uuid:pk>/", panels.results, name="results"),
    path("results/<slug:name>/<uuid:pk>/progress/", panels.progress, name="progress"),
    path("methods/", methods.method_list, name="method-list"),
    path("methods/<slug:name>/", methods.method_detail, name="method-detail"),
]
