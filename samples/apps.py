"""Application configuration."""

from django.apps import AppConfig


class SamplesConfig(AppConfig):
    """Materials and what is made from them."""

    name = "samples"
    verbose_name = "Samples"
