"""Parameters of the analysis of plating and stripping."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Params:
    """What a person may change."""

    initial_overpotential: str = field(
        default="second_half",
        metadata={
            "help": "Overpotential of the start: median of the second half of half-cycle 1, mean "
            "of the first plating and stripping, half the peak-to-peak voltage of cycle 1, or the "
            "peak of half-cycle 1.",
            "choices": ("second_half", "cycle_mean", "half_peak_to_peak", "peak"),
        },
    )
    per_electrode: bool = field(
        default=False,
        metadata={"help": "Report also half of the two-electrode voltage, for one electrode."},
    )
    soft_short_ends: bool = field(
        default=False,
        metadata={"help": "Count the first soft short as the end of the cell's life, too."},
    )
    bulk_resistance_ohm: float = field(
        default=0.0,
        metadata={
            "help": "Bulk resistance (Ω) of the cell from its impedance, below which no voltage "
            "over current can be; 0: unknown.",
            "min": 0.0,
            "max": 1e7,
        },
    )
    dead_band_percent: float = field(
        default=0.1,
        metadata={
            "help": "Share of the largest current below which the cell is at rest.",
            "min": 0.001,
            "max": 10.0,
        },
    )
