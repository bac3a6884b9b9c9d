"""BioLogic .mpr: values, metadata, layouts of several versions, damage."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from measurements import columns
from measurements.formats import FormatError
from measurements.formats.biologic_mpr import read
from tests.formats import files_mpr as made
from tests.formats.files import FREQUENCY_HZ, IMPEDANCE_OHM
from tests.formats.refused import codes, refusal


def test_charge_between_points_becomes_the_current(tmp_path: Path) -> None:
    reading = read(made.mpr_cycling(tmp_path))
    frame = reading.frame
    assert (reading.kind, len(frame)) == (columns.CYCLING, 241)
    expected = [0.0] + [0.4e-3] * 180 + [0.0] * 60
    assert frame[columns.CURRENT].tolist() == pytest.approx(expected, abs=1e-12)
    assert frame[columns.VOLTAGE].iloc[-1] == pytest.approx(3.4, abs=1e-6)
    assert frame[columns.TEST_TIME].iloc[-1] == 2400.0
    assert frame[columns.STEP_ID].tolist() == ["1"] * 181 + ["2"] * 60
    assert frame["(Q-Qo)/mA.h"].iloc[-1] == pytest.approx(0.2)
    assert codes(reading) == ["CURRENT_FROM_CHARGE"]


def test_flags_share_a_byte(tmp_path: Path) -> None:
    frame = read(made.mpr_cycling(tmp_path)).frame
    flags = ["mode", "ox/red", "error", "control changes", "Ns changes", "counter inc."]
    assert frame[flags].iloc[0].tolist() == [3, 1, 0, 0, 0, 0]
    assert frame[flags].iloc[1].tolist() == [1, 1, 0, 1, 0, 0]


def test_loops_that_are_no_spectra_are_numbered(tmp_path: Path) -> None:
    frame = read(made.mpr_cycling(tmp_path)).frame
    assert frame["loop number"].tolist() == [0.0] * 120 + [1.0] * 121


def test_spectra_are_read_back(tmp_path: Path) -> None:
    reading = read(made.mpr_spectra(tmp_path))
    frame = reading.frame
    z = frame[columns.REAL_IMPEDANCE] + 1j * frame[columns.IMAGINARY_IMPEDANCE]
    assert reading.kind == columns.IMPEDANCE
    assert frame[columns.FREQUENCY].tolist() == pytest.approx([*FREQUENCY_HZ] * 2)
    assert np.abs(z / np.concatenate([IMPEDANCE_OHM, 2 * IMPEDANCE_OHM]) - 1).max() < 1e-6
    assert frame[columns.SPECTRUM].tolist() == [1] * 26 + [2] * 26
    assert frame[columns.CURRENT].iloc[0] == pytest.approx(0.5e-3)
    assert frame[columns.CYCLE].tolist() == [1] * 26 + [2] * 26


def test_settings_and_log_become_metadata(tmp_path: Path) -> None:
    assert read(made.mpr_cycling(tmp_path)).metadata == {
        "technique": "Galvanostatic Cycling with Potential Limitation",
        "comment": "Müller, Zelle 7",
        "electrolyte": "Li6PS5Cl",
        "reference_electrode": "Li metal (0.250 V)",
        "active_mass_in_file_mg": 1.25,
        "area_in_file_cm2": 2.0,
        "channel": "5",
        "channel_serial_number": "4711",
        "start_time": "2025-01-01T09:00:00",
        "original_file": "cell_C05.mpr",
        "software_version": "11.50",
        "firmware_version": "11.40",
        "instrument_serial": "42",
    }


@pytest.mark.parametrize("version", [0, 2, 3, 11])
def test_the_layouts_of_several_versions(version: int, tmp_path: Path) -> None:
    frame = read(made.mpr(tmp_path, made.charging(version=version), version=version)).frame
    assert frame[columns.CURRENT].iloc[7] == pytest.approx(0.4e-3)
    assert frame[columns.VOLTAGE].iloc[-1] == pytest.approx(3.4, abs=1e-6)


def test_the_grams_of_a_characteristic_mass(tmp_path: Path) -> None:
    path = made.mpr_cycling(tmp_path)
    one = made.settings(mass_mg=1.25, area_cm2=2.0)
    path.write_bytes(path.read_bytes().replace(one, one[:593] + b"\x01" + one[594:]))
    assert read(path).metadata["active_mass_in_file_mg"] == 1250.0


def test_an_unknown_technique_is_told_by_the_columns_with_a_notice(tmp_path: Path) -> None:
    reading = read(made.mpr(tmp_path, made.charging(), technique=made.UNKNOWN))
    assert reading.kind == columns.CYCLING
    assert reading.metadata["technique_number"] == made.UNKNOWN
    assert codes(reading) == ["CURRENT_FROM_CHARGE", "TECHNIQUE_UNKNOWN"]


def test_an_unknown_column_is_refused_by_its_number(tmp_path: Path) -> None:
    data = bytearray(made.charging())
    at = 5 + 2 * 9
    assert data[at : at + 2] == b"\x0d\x00"
    data[at : at + 2] = (300).to_bytes(2, "little")
    error = refusal(read, made.mpr(tmp_path, bytes(data)))
    assert error.code == "E_UNSUPPORTED"
    assert error.found.startswith("the column numbers 300 beside mode, ox/red")
    assert "dq/mA.h" in error.found
    assert "export the file as text" in error.expected


def test_an_unknown_version_is_refused(tmp_path: Path) -> None:
    error = refusal(read, made.mpr(tmp_path, made.charging(), version=7))
    assert (error.code, error.found) == ("E_UNSUPPORTED", "version 7")


def test_a_file_without_points_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cell.mpr"
    path.write_bytes(made.MAGIC + made.module("VMP Set", made.settings()))
    assert refusal(read, path).code == "E_TOO_FEW_POINTS"
    path.write_bytes(made.MAGIC + made.module("VMP data", made.charging()[:406], version=3))
    assert refusal(read, path).code == "E_TRUNCATED"


def test_a_count_of_points_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    data = b"\xff\xff\xff\x7f" + made.charging()[4:]
    error = refusal(read, made.mpr(tmp_path, data))
    assert (error.code, error.found) == ("E_TRUNCATED", "10287 bytes for 2147483647 points")


def test_every_cut_is_refused(tmp_path: Path) -> None:
    path = made.mpr_cycling(tmp_path)
    data = path.read_bytes()
    between = [at for at in range(len(data)) if data.startswith(b"MODULE", at)]
    for size in range(60, len(data), 97):
        path.write_bytes(data[:size])
        if size not in between:
            assert refusal(read, path).code in {"E_TRUNCATED", "E_TOO_FEW_POINTS"}


def test_flipped_bytes_give_a_table_or_a_reason(tmp_path: Path) -> None:
    path = made.mpr_spectra(tmp_path)
    data = path.read_bytes()
    random = np.random.default_rng(7)
    for _ in range(100):
        damaged = bytearray(data)
        for at in random.integers(0, len(data), 3):
            damaged[at] = random.integers(256)
        path.write_bytes(damaged)
        with suppress(FormatError):
            assert len(read(path).frame) <= 52
