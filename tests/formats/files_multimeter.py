"""Logs of multimeters, written by the tests."""

from pathlib import Path

from tests.formats.files_texts import write

UT803_ROWS = (
    "2026-01-05 ; 09:00:00 ; 910.5 ; kOhm",
    "2026-01-05 ; 09:00:01 ; 1.25 ; MOhm",
    "2026-01-05 ; 09:00:03 ; OL ; MOhm",
    "2026-01-05 ; 09:00:04 ; 2,5 ; MOhm",
)
KIT_HEADINGS = "date;val1;val2;vbl1;amb_temp;dut_temp;"
KIT_ROWS = (
    "05/01/2026-09:00:00;1.0e-02;1.0;-1.000000000000e+38;24.5;23.0;",
    "05/01/2026-09:00:30;1.0e-02;1.0;1.000004736e+00;24.6;23.1;",
    "05/01/2026-09:01:00;1.0e-02;1.0;9.900000000000e+37;24.7;23.2;",
)


def ut803(folder: Path) -> Path:
    return write(folder / "meter.csv", ["Date;Time;Value;Unit", *UT803_ROWS], encoding="latin-1")


def tckit(folder: Path) -> Path:
    return write(folder / "sweep.dsv", [KIT_HEADINGS, *KIT_ROWS])


def resistance(folder: Path, heading: str = "Time (s),Resistance (MΩ)") -> Path:
    rows = [f"{at * 0.5},{1.5 + at}" for at in range(6)]
    return write(folder / "film.csv", [heading, *rows])


SAMPLES = {
    "ut803": ("ut803", ut803),
    "tckit": ("tckit", tckit),
    "resistance_log": ("resistance_log", resistance),
}
