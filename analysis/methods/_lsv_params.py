"""Parameters of the onset of oxidation."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Params:
    """What a person may change."""

    threshold_ua_cm2: float = field(
        default=10.0,
        metadata={
            "help": "Current density above the baseline (µA/cm²) that counts as oxidation; 1 and "
            "100 µA/cm² are always reported beside it.",
            "min": 0.01,
            "max": 10_000.0,
        },
    )
    consecutive_points: int = field(
        default=10,
        metadata={
            "help": "Points in a row that must stay above the threshold.",
            "min": 1,
            "max": 1000,
        },
    )
    baseline_from_v: float = field(
        default=3.2,
        metadata={
            "help": "Start of the baseline window (V vs Li+/Li); never within 0.2 V of the start "
            "of the sweep.",
            "min": -5.0,
            "max": 10.0,
        },
    )
    baseline_to_v: float = field(
        default=4.0,
        metadata={
            "help": "End of the baseline window (V vs Li+/Li).",
            "min": -5.0,
            "max": 10.0,
        },
    )
    series_resistance_ohm: float = field(
        default=0.0,
        metadata={
            "help": "Resistance of the cell (Ω), e.g. R_b of its impedance; 0: unknown.",
            "min": 0.0,
            "max": 1e7,
        },
    )
    correct_ir: bool = field(
        default=False,
        metadata={"help": "Subtract the voltage drop over the series resistance."},
    )
    curvature: bool = field(
        default=False,
        metadata={"help": "Report also where the logarithm of the current bends most."},
    )
