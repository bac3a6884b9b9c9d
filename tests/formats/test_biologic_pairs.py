"""What the numbers of columns in .mpr files mean: proved by real exports as text and by physics."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from measurements import columns
from measurements.formats import Reading
from measurements.formats.biologic_mpr import read
from measurements.formats.biologic_text import read as read_text

AURORA = "cycling/biologic/aurora-cycler-manager/250116_kigr_gen6_01_02_GCPL_CD8.mpr"
SILICON = "cycling/biologic/datalab/yj277_NP52_LiFTSI_LiNO3_1st_C_100_2nd_C_10_C11.mpr"
SOLID_STATE = "cycling/biologic/hybrid-drt_SSB/CP_SSB"
PELLET = "eis/biologic/hybrid-drt_SSB/PEIS_LPSCl_IonBlocking_-25C"
LITHIUM = (
    "cycling/li_symmetric/datalab-insitu/jr862_11_08_23_insitu-impedance-LiLi_1MLiTFSI_TEGDME-1mA"
)
SPECTRA = (
    f"{PELLET}.mpr",
    f"{LITHIUM}-prerun_C05.mpr",
    f"{LITHIUM}_02_GEIS_C05.mpr",
    "eis/biologic/aurora-cycler-manager/PEIS.mpr",
    "eis/biologic/hybrid-drt_SSB_webinar/Sample1_PEIS_EndOfDischarge.mpr",
)
PRINTED = 1e-7
"""Numbers of 4 bytes are printed with 8 digits."""

COMMON_FACTS = {
    "technique",
    "channel",
    "channel_serial_number",
    "start_time",
    "original_file",
    "reference_electrode",
    "active_mass_in_file_mg",
    "area_in_file_cm2",
    "firmware_version",
}


@pytest.mark.parametrize("name", [SOLID_STATE, PELLET])
def test_a_binary_agrees_with_its_export_as_text(name: str, real_data: Path) -> None:
    binary, text = read(real_data / f"{name}.mpr"), read_text(real_data / f"{name}.txt")
    assert (binary.kind, len(binary.frame)) == (text.kind, len(text.frame))
    common = [column for column in text.frame if column in binary.frame]
    assert set(text.frame) - set(common) <= {"unnamed", columns.STEP_TIME}
    for column in common:
        if column in columns.TEXTS:
            assert binary.frame[column].tolist() == text.frame[column].tolist()
        else:
            np.testing.assert_allclose(binary.frame[column], text.frame[column], rtol=PRINTED)
    facts = COMMON_FACTS & text.metadata.keys()
    assert len(facts) >= 6
    assert {name: binary.metadata.get(name) for name in facts} == {
        name: text.metadata[name] for name in facts
    }
    assert text.metadata["software"] == f"EC-Lab {binary.metadata['software_version']}"
    assert f"(SN {binary.metadata['instrument_serial']})" in str(text.metadata["instrument"])


def test_the_loops_are_those_of_the_file_of_loop_indexes(real_data: Path) -> None:
    frame = read(real_data / f"{LITHIUM}_02_GEIS_C05.mpr").frame
    listed = (real_data / f"{LITHIUM}_02_GEIS_C05_LOOP.txt").read_text().split()[4:]
    begins = np.flatnonzero(np.diff(frame[columns.SPECTRUM], prepend=0))
    assert [*begins, len(frame)] == [int(index) for index in listed]


def test_masses_agree_with_the_settings_of_the_test(real_data: Path) -> None:
    settings = (real_data / f"{LITHIUM}-prerun.mps").read_text(encoding="latin-1")
    reading = read(real_data / f"{LITHIUM}-prerun_C05.mpr")
    assert "Mass of active material : 7000.000 mg" in settings
    assert reading.metadata["active_mass_in_file_mg"] == 7000.0
    assert reading.metadata["comment"] == "Li-ion 18650 1.35 A.h \nGITT"


@pytest.mark.parametrize("name", SPECTRA)
def test_impedances_agree_with_the_amplitudes_and_capacitances(name: str, real_data: Path) -> None:
    frame = read(real_data / name).frame
    z = (frame[columns.REAL_IMPEDANCE] + 1j * frame[columns.IMAGINARY_IMPEDANCE]).to_numpy()
    omega = 2 * np.pi * frame[columns.FREQUENCY]
    size = frame[columns.ABSOLUTE_IMPEDANCE]
    close(size, np.abs(z))
    close(size, frame["|Ewe|/V"] / frame["|I|/A"])
    close(frame[columns.PHASE], np.degrees(np.angle(z)))
    close(frame["Cs/μF"], 1e6 / (omega * -z.imag))
    close(frame["Cp/μF"], 1e6 * -z.imag / (omega * size**2))
    if "P/W" in frame:
        some = frame[frame["P/W"] != 0]
        assert len(some) > 0.9 * len(frame)
        close(some["P/W"], some[columns.VOLTAGE] * some[columns.CURRENT])


def close(found: "pd.Series[float]", expected: object) -> None:
    np.testing.assert_allclose(found, np.asarray(expected), rtol=3e-6)


def ampere_hours(frame: pd.DataFrame) -> np.ndarray:
    """Integral of a current that is the mean since the point before (n,)."""
    passed = np.diff(frame[columns.TEST_TIME], prepend=frame[columns.TEST_TIME].iloc[0])
    return np.cumsum(frame[columns.CURRENT].to_numpy() * passed) / 3600


@pytest.mark.parametrize("name", [SILICON, AURORA, f"{LITHIUM}_01_GCPL_C05.mpr"])
def test_charges_in_ma_h_give_the_current_that_was_set(name: str, real_data: Path) -> None:
    reading = read(real_data / name)
    frame = reading.frame
    assert [notice.code for notice in reading.notices] == ["CURRENT_FROM_CHARGE"]
    total = frame["(Q-Qo)/mA.h"] / 1e3
    np.testing.assert_allclose(ampere_hours(frame), total - total.iloc[0], atol=1e-9)
    held = frame["mode"] == 1
    ratio = frame.loc[held, columns.CURRENT] / (frame.loc[held, "control/V/mA"] * 1e-3)
    assert np.median(ratio) == pytest.approx(1, abs=5e-3)
    if "dq/mA.h" in frame:
        step = np.diff(frame["(Q-Qo)/mA.h"], prepend=0.0)
        np.testing.assert_allclose(frame["dq/mA.h"], step, atol=1e-10)


@pytest.mark.parametrize("name", [SILICON, f"{LITHIUM}_01_GCPL_C05.mpr"])
def test_the_power_is_potential_times_the_current_from_the_charge(
    name: str, real_data: Path
) -> None:
    frame = read(real_data / name).frame
    power = (frame[columns.VOLTAGE] * frame[columns.CURRENT]).abs()
    np.testing.assert_allclose(frame["P/W"], power, rtol=1e-5, atol=2e-11)


def test_the_control_is_a_potential_while_it_is_held(real_data: Path) -> None:
    frame = read(real_data / AURORA).frame
    held = frame[frame["mode"] == 2]
    assert (held["control/V/mA"] - held[columns.VOLTAGE]).abs().max() < 2e-3


def test_half_cycles_hold_the_charge_that_others_have_found(real_data: Path) -> None:
    frame = read(real_data / AURORA).frame
    halves = frame.groupby("half cycle")["Q charge/discharge/mA.h"]
    found = halves.last().abs().tolist()
    assert found == pytest.approx([2.3501, 1.7896, 1.8816, 1.8496, 1.8701, 1.8463], abs=5e-5)


def test_charges_in_coulomb_of_a_chronopotentiogram(real_data: Path) -> None:
    frame = read(real_data / f"{SOLID_STATE}.mpr").frame
    total = ampere_hours(frame) * 3600
    np.testing.assert_allclose(frame["(Q-Qo)/C"], total, atol=2e-8)
    begins = np.flatnonzero(frame[columns.STEP_ID] != frame[columns.STEP_ID].shift())
    started = np.repeat(np.r_[0.0, total[begins[1:] - 1]], np.diff([*begins, len(frame)]))
    np.testing.assert_allclose(frame["dQ/C"], total - started, atol=2e-8)
    np.testing.assert_allclose(
        frame["dQ/C"][:25_000], frame["Q charge/discharge/mA.h"][:25_000] * 3.6, atol=1e-9
    )
    held = frame["control/mA"].abs() > 0.005
    ratio = frame.loc[held, columns.CURRENT] * 1e3 / frame.loc[held, "control/mA"]
    assert ratio.median() == pytest.approx(1, abs=5e-3)


def test_flags_follow_the_current_and_the_sequences(real_data: Path) -> None:
    frame = read(real_data / SILICON).frame
    flowing = frame[columns.CURRENT] != 0
    assert ((frame[columns.CURRENT] > 0) == (frame["ox/red"] == 1))[flowing].all()
    assert set(frame.loc[~flowing, "mode"]) == {3.0}
    changed = frame[columns.STEP_ID] != frame[columns.STEP_ID].shift(fill_value="0")
    assert (changed == (frame["Ns changes"] == 1)).all()
    assert frame["error"].eq(0).all()
    cycles = np.flatnonzero(np.diff(frame["counter inc."]))
    halves = np.flatnonzero(np.diff(frame["half cycle"]))
    assert set(cycles) <= set(halves)
    assert len(cycles) == pytest.approx(len(halves) / 2, abs=2)


def test_a_long_test_keeps_its_known_range(real_data: Path) -> None:
    reading: Reading = read(real_data / SILICON)
    frame = reading.frame
    assert (reading.kind, len(frame)) == (columns.CYCLING, 75_192)
    assert frame[columns.TEST_TIME].iloc[-1] == pytest.approx(3_031_027, abs=0.5)
    assert frame[columns.VOLTAGE].min() == pytest.approx(-0.0001, abs=5e-5)
    assert frame[columns.VOLTAGE].max() == pytest.approx(2.0001, abs=5e-5)
    assert reading.metadata["start_time"] == "2015-12-03T10:13:51"
    assert reading.metadata["active_mass_in_file_mg"] == 0.237
