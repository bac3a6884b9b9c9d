"""Parameters of the conductivity analysis."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Params:
    """What a person may change."""

    model: str = field(
        default="auto",
        metadata={
            "help": "Circuit: M1 = L + R_b + CPE, M2 = L + (R_b ∥ CPE_b) + CPE, for pellets also "
            "M3 = L + (R_b ∥ CPE_b) + (R_gb ∥ CPE_gb) + CPE, or the better one (auto).",
            "choices": ("auto", "M1", "M2", "M3"),
        },
    )
    spectrum: int = field(
        default=0,
        metadata={
            "help": "Which of several spectra of one file, from 1; 0: the file holds one.",
            "min": 0,
            "max": 100_000,
        },
    )
    lowest_frequency_hz: float = field(
        default=0.0,
        metadata={"help": "Points below this frequency are left out.", "min": 0.0, "max": 1e9},
    )
    highest_frequency_hz: float = field(
        default=1e9,
        metadata={"help": "Points above this frequency are left out.", "min": 0.0, "max": 1e9},
    )
    kk_rms_percent: float = field(
        default=1.0,
        metadata={
            "help": "Kramers-Kronig residual (rms) above which the spectrum is flagged.",
            "min": 0.0,
            "max": 10.0,
        },
    )
    kk_max_percent: float = field(
        default=2.0,
        metadata={
            "help": "Largest Kramers-Kronig residual above which the spectrum is flagged.",
            "min": 0.0,
            "max": 10.0,
        },
    )
