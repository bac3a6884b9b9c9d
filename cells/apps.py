"""Application configuration."""

from django.apps import AppConfig


class CellsConfig(AppConfig):
    """Cells."""

    name = "cells"
    verbose_name = "Cells"
