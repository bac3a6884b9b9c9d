"""Application configuration."""

from django.apps import AppConfig


class SamplesConfig(AppConfig):
    """Materials and what is made from them."""

    name = "samples"
    verbose_name = "Samples"

    def ready(self) -> None:
        """Let samples be searched in forms, and what is calculated follow what it is made of."""
        from labsite.access.recording import when_changed  # noqa: PLC0415
        from samples.choices import offer_samples  # noqa: PLC0415
        from samples.punching import derive_again  # noqa: PLC0415
        from samples.slurries import derive_after  # noqa: PLC0415
        from samples.weighing import recalculate_after  # noqa: PLC0415

        offer_samples()
        when_changed(derive_after)
        when_changed(derive_again)
        when_changed(recalculate_after)
