"""Atomic force microscopes: maps and force curves of Igor, curves of AFM Workshop."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from measurements import columns
from measurements.formats import FormatError
from measurements.formats.afm_workshop import read as read_workshop
from measurements.formats.igor import read
from tests.formats import files_afm as made
from tests.formats.refused import refusal


def test_a_map_becomes_one_row_a_pixel_with_x_fastest(tmp_path: Path) -> None:
    reading = read(made.igor_map(tmp_path))
    frame = reading.frame
    assert (reading.kind, len(frame)) == (columns.TOPOGRAPHY, 48)
    at = frame.iloc[3 + 8 * 4]
    assert at[columns.X_POSITION] == pytest.approx(3 * made.STEP_M)
    assert at[columns.Y_POSITION] == pytest.approx(4 * 2 * made.STEP_M)
    assert at[columns.HEIGHT] == pytest.approx(made.HEIGHT_M[3, 4], rel=1e-6)
    assert at["PhaseRetrace"] == pytest.approx(-made.HEIGHT_M[3, 4], rel=1e-6)
    assert at["HeightTrace"] == pytest.approx(1.0)
    facts = reading.metadata
    assert (facts["width_px"], facts["height_px"]) == (8, 6)
    assert (facts["height_channel"], facts["scan_size_m"]) == ("HeightRetrace", 1e-6)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_force_curve_keeps_its_branches_and_its_note(order: str, tmp_path: Path) -> None:
    reading = read(made.igor_curve(tmp_path, order=order))
    frame = reading.frame
    assert (reading.kind, len(frame)) == (columns.FORCE_CURVE, 20)
    assert frame[columns.Z_POSITION].iloc[9] == pytest.approx(9e-8)
    assert frame[columns.DEFLECTION].iloc[9] == pytest.approx(9e-9)
    assert frame["Raw"].iloc[0] == pytest.approx(1e-10)
    assert frame[columns.TEST_TIME].iloc[-1] == pytest.approx(19 * 5e-4)
    assert frame[columns.SEGMENT].tolist() == [1] * 10 + [2] * 10
    assert reading.metadata["segments"] == ["extend", "retract"]
    assert reading.metadata["spring_constant_n_m"] == 2.5
    assert reading.metadata["inverse_sensitivity_m_v"] == 5e-8
    assert reading.metadata["start_time"] == "2026-01-05T09:30:00"


def test_channels_that_are_not_in_metres_are_refused(tmp_path: Path) -> None:
    data = made.wave(
        made.curve_data(), ["Raw", "Defl", "ZSnsr"], step=[5e-4], units=["s"], data_unit="V"
    )
    path = tmp_path / "spot.ibw"
    path.write_bytes(data)
    error = refusal(read, path)
    assert (error.code, error.found) == ("E_UNITS_UNKNOWN", "“V”")


def test_a_map_without_heights_and_a_wave_of_something_else_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "film.ibw"
    labels = ["PhaseTrace", "PhaseRetrace", "Amplitude"]
    path.write_bytes(made.wave(made.map_data(), labels, step=[1e-8, 1e-8], units=["m", "m"]))
    assert refusal(read, path).message == "film.ibw holds no map of heights"
    path.write_bytes(made.wave(made.curve_data(), [], step=[1.0], units=["s"]))
    assert refusal(read, path).message == "film.ibw is neither a force curve nor a map in m"


def test_a_wave_that_claims_more_points_than_the_file_holds_is_refused(tmp_path: Path) -> None:
    path = made.igor_map(tmp_path)
    path.write_bytes(path.read_bytes()[:-100])
    assert refusal(read, path).code == "E_TRUNCATED"


def test_damaged_waves_give_a_table_or_a_reason(tmp_path: Path) -> None:
    path = made.igor_map(tmp_path)
    data = path.read_bytes()
    random = np.random.default_rng(3)
    for _ in range(100):
        damaged = bytearray(data)
        at = int(random.integers(0, len(data) - 1))
        damaged[at : at + 2] = random.bytes(2)
        path.write_bytes(_signed(damaged))
        with suppress(FormatError):
            assert len(read(path).frame) > 0


def _signed(data: bytearray) -> bytes:
    """The same with a head whose words add up to 0 again."""
    words = np.frombuffer(bytes(data[: made.WAVE_HEAD_BYTES]), dtype="<i2").astype(np.int64)
    rest = int(words.sum() - words[1])
    data[2:4] = (-rest % 65536).to_bytes(2, "little")
    return bytes(data)


def test_the_branches_of_afm_workshop_follow_each_other(tmp_path: Path) -> None:
    reading = read_workshop(made.afm_workshop(tmp_path))
    frame = reading.frame
    assert (reading.kind, len(frame)) == (columns.FORCE_CURVE, 24)
    assert frame[columns.Z_POSITION].iloc[[0, 12]].tolist() == pytest.approx([100.5e-9, 200.5e-9])
    assert frame[columns.FORCE].iloc[[3, 15]].tolist() == pytest.approx([3.25e-9, 6.75e-9])
    assert frame[columns.SEGMENT].tolist() == [1] * 12 + [2] * 12
    assert reading.metadata["start_time"] == "2026-01-05T13:41:26"
    assert reading.metadata["x_position_um"] == 25.0


def test_other_units_and_missing_branches_of_afm_workshop(tmp_path: Path) -> None:
    path = made.afm_workshop(tmp_path)
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace("Force(nN)", "Force(pN)"))
    assert read_workshop(path).frame[columns.FORCE].iloc[3] == pytest.approx(3.25e-12)
    path.write_text(text.replace("Extend Force(nN)", "Extend Force(V)"))
    assert refusal(read_workshop, path).code == "E_UNITS_UNKNOWN"
    path.write_text(text.replace("Retract Force(nN)", "Retract Current"))
    assert refusal(read_workshop, path).message == "curve.csv lacks a column of the retract branch"
