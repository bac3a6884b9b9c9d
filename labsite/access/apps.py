"""Application configuration."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Users, projects and keys."""

    name = "labsite.access"
    label = "access"
    verbose_name = "Access"
