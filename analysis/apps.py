"""Application configuration."""

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """Runs of analysis methods and what they found."""

    name = "analysis"
    verbose_name = "Analysis"

    def ready(self) -> None:
        """Load every method, and listen for what was read or changed."""
        from analysis.launch import request_analyses  # noqa: PLC0415
        from analysis.registry import methods  # noqa: PLC0415
        from analysis.staleness import mark_stale_runs  # noqa: PLC0415
        from labsite.access.recording import when_changed  # noqa: PLC0415
        from measurements.ingest import when_parsed  # noqa: PLC0415

        methods()
        when_parsed(request_analyses)
        when_changed(mark_stale_runs)
