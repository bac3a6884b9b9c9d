"""CorrWare ASCII: densities times the area, kinds of tests, cycles, refusals."""

from pathlib import Path

import numpy as np
import pytest

from measurements import columns
from measurements.formats.corrware import FORMAT
from tests.formats.files_cyclers import corrware, corrware_lines
from tests.formats.files_texts import SWEEP_A, SWEEP_V, write
from tests.formats.refused import codes, refusal


def test_the_density_is_multiplied_by_the_area(tmp_path: Path) -> None:
    reading = FORMAT.read(corrware(tmp_path))
    assert reading.kind == columns.VOLTAMMETRY
    np.testing.assert_allclose(reading.frame[columns.CURRENT], SWEEP_A, rtol=1e-6)
    np.testing.assert_allclose(reading.frame[columns.VOLTAGE], SWEEP_V, atol=1e-6)
    assert codes(reading) == ["DENSITY_TIMES_AREA"]
    assert list(np.bincount(reading.frame[columns.CYCLE])) == [21, 20]
    assert reading.metadata["start_time"] == "2026-01-25T09:00:00"


def test_a_current_is_kept(tmp_path: Path) -> None:
    lines = [line.replace("A/cm2", "mA") for line in corrware_lines()]
    reading = FORMAT.read(write(tmp_path / "film.cor", lines))
    np.testing.assert_allclose(reading.frame[columns.CURRENT], SWEEP_A / 250, rtol=1e-6)
    assert codes(reading) == []


def test_the_layout_of_corrtest(tmp_path: Path) -> None:
    lines = [line.replace("E(Volts)\tI(A/cm2)\tT(Seconds)", "E(V)\t\ti(A/cm^2)\t\tT(s)")
             for line in corrware_lines()]  # fmt: skip
    reading = FORMAT.read(write(tmp_path / "film.cor", lines))
    np.testing.assert_allclose(reading.frame[columns.CURRENT], SWEEP_A, rtol=1e-6)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Surface Area:           0.25", "Remark: none", "E_VALUE"),
        ("Polarity:               0", "Polarity: 1", "E_UNSUPPORTED"),
        ("I(A/cm2)", "I(A/m2)", "E_UNITS_UNKNOWN"),
        ("End Comments", "", "E_COLUMNS_MISSING"),
    ],
)
def test_what_is_not_clear_is_refused(old: str, new: str, code: str, tmp_path: Path) -> None:
    lines = [line.replace(old, new) for line in corrware_lines()]
    assert refusal(FORMAT.read, write(tmp_path / "film.cor", lines)).code == code


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Open Circuit", columns.CHRONOPOTENTIOMETRY),
        ("Potentiostatic", columns.CHRONOAMPEROMETRY),
        ("Galvanic Cycle", columns.CHRONOPOTENTIOMETRY),
        ("Potentiodynamic", columns.VOLTAMMETRY),
    ],
)
def test_the_title_tells_the_kind(title: str, kind: str, tmp_path: Path) -> None:
    lines = [line.replace("Cyclic Voltammogram", title) for line in corrware_lines()]
    assert FORMAT.read(write(tmp_path / "film.cor", lines)).kind == kind
