"""Parameters of the cycling analysis."""

from dataclasses import dataclass, field

from analysis.science.retention import Reference

RATE_TOLERANCE = {"help": "Currents closer than this are one rate.", "min": 0.1, "max": 20.0}
DEAD_BAND = {
    "help": "Share of the largest current below which the cell is at rest.",
    "min": 0.001,
    "max": 10.0,
}
RESOLUTION = {
    "help": "Current (A) below which the cell is at rest in any case.",
    "min": 0.0,
    "max": 100.0,
}
COUNTING_CAPACITY = {
    "help": "Capacity that counts: the reversible one (delithiation in anode half cells, else "
    "discharge) or always the discharge.",
    "choices": ("reversible", "discharge"),
}
"""Parameters that several analyses of a cycling test have in common."""


@dataclass(frozen=True)
class Params:
    """What a person may change."""

    retention_reference: Reference = field(
        default="first_of_nominal_rate",
        metadata={
            "help": "Cycle whose capacity is 100 %: the first at the nominal rate, cycle 1, the "
            "largest, a given cycle (nth), or the mean of the first three at the nominal rate.",
            "choices": ("first_of_nominal_rate", "cycle_1", "max", "nth", "mean_first_3"),
        },
    )
    reference_cycle: int = field(
        default=1,
        metadata={
            "help": "Number of the reference cycle, for the choice nth.",
            "min": 1,
            "max": 1_000_000,
        },
    )
    retention_capacity: str = field(default="reversible", metadata=COUNTING_CAPACITY)
    life_threshold_percent: float = field(
        default=80.0,
        metadata={"help": "Retention at which a cell's life ends.", "min": 10.0, "max": 99.0},
    )
    life_consecutive: int = field(
        default=3,
        metadata={
            "help": "Complete cycles in a row below the threshold that end a life.",
            "min": 1,
            "max": 100,
        },
    )
    life_if_not_reached: str = field(
        default="censored",
        metadata={
            "help": "What is reported while retention is above the threshold: at least the last "
            "cycle (censored), or a straight line continued (flagged).",
            "choices": ("censored", "linear_extrapolation"),
        },
    )
    knee: str = field(
        default="none",
        metadata={
            "help": "Whether the cycle is looked for from which capacity falls faster, as the "
            "break of two straight lines.",
            "choices": ("none", "piecewise_linear"),
        },
    )
    rate_tolerance_percent: float = field(default=3.0, metadata=RATE_TOLERANCE)
    dead_band_percent: float = field(default=0.1, metadata=DEAD_BAND)
    current_resolution_a: float = field(default=0.0, metadata=RESOLUTION)
