"""Parameters of the critical current density."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Params:
    """What a person may change."""

    dead_band_percent: float = field(
        default=0.1,
        metadata={
            "help": "Share of the largest current below which the cell is at rest.",
            "min": 0.001,
            "max": 10.0,
        },
    )
