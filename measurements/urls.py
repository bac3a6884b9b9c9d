"""Addresses of the pages of measurements, uploads and instruments."""

from django.urls import path

from labsite.access.formpages import record_edit
from labsite.access.pages import record_label, record_urls, record_void
from measurements.kinds import INSTRUMENT, LAB_FORMAT, MEASUREMENT, SENSOR
from measurements.views import attachments, channels, files, mappings, measurements, uploads

app_name = "measurements"

ONE = "measurements/<uuid:pk>"
KNOWN = {"kind": MEASUREMENT}

urlpatterns = [
    path("upload/", uploads.upload, name="upload"),
    path("measurements/", measurements.measurement_list, name="measurement-list"),
    path(f"{ONE}/", measurements.measurement_detail, name="measurement-detail"),
    path(f"{ONE}/edit/", record_edit, KNOWN, name="measurement-edit"),
    path(f"{ONE}/label/", record_label, KNOWN, name="measurement-label"),
    path(f"{ONE}/void/", record_void, KNOWN, name="measurement-void"),
    path(f"{ONE}/job/", measurements.measurement_job, name="measurement-job"),
    path(f"{ONE}/again/", measurements.measurement_read_again, name="measurement-again"),
    path(f"{ONE}/files/<uuid:file_pk>/", measurements.measurement_file, name="measurement-file"),
    path(f"{ONE}/files/add/", files.file_add, name="measurement-file-add"),
    path(f"{ONE}/files/<uuid:file_pk>/<slug:act>/", files.file_decide, name="measurement-file-act"),
    path(f"{ONE}/parts/<int:part>/<slug:act>/", files.part_act, name="measurement-part"),
    path(f"{ONE}/join/", files.measurement_join, name="measurement-join"),
    path(f"{ONE}/raw/", measurements.measurement_file, name="measurement-raw"),
    path(f"{ONE}/table.csv", measurements.measurement_table, name="measurement-table"),
    path(f"{ONE}/plot/<slug:name>.json", measurements.measurement_plot, name="measurement-plot"),
    path("attachments/<uuid:pk>/", attachments.attachment_file, name="attachment-file"),
    path("attachments/<slug:name>/<uuid:pk>/", attachments.attachment_add, name="attachment-add"),
    path("channels/", channels.channel_board, name="channels"),
    path("channels/put/", channels.channel_put, name="channel-put"),
    path("channels/uses/<uuid:pk>/off/", channels.channel_off, name="channel-off"),
    path("instruments/<uuid:pk>/channels/", channels.channels_add, name="channels-add"),
    path(f"{ONE}/map/", mappings.measurement_map, name="measurement-map"),
    path(f"{ONE}/map/preview/", mappings.measurement_map_preview, name="measurement-map-preview"),
    path("formats/<uuid:pk>/others/", mappings.format_others, name="labformat-others"),
    path("formats/<uuid:pk>/read/", mappings.format_read, name="labformat-read"),
    *record_urls(LAB_FORMAT),
    *record_urls(INSTRUMENT),
    *record_urls(SENSOR),
]
