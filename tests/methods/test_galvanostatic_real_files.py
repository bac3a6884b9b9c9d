"""The cycling analysis on real Neware files against the vendor's own numbers (LIBRARIES 12)."""

import zipfile
from pathlib import Path

import fastnda
import numpy as np
import pytest

from analysis.methods import ArrayFrame, Inputs, MethodError, Result
from analysis.methods.galvanostatic_cycling import METHOD
from measurements import columns
from measurements.formats import neware
from tests.methods.cycling_runs import flag, metric, table

NW4 = "fastnda/nw4-120-1-6-53.ndax"
BTS85 = "fastnda/BTS85-36-6-5-110-20240424.ndax"
TEST_2 = "fastnda/test_2.ndax"
TEST_FILE = "NewareNDA/TestFile.nda"
V26 = "fastnda/nda_v26.nda.zip"

GOLDEN = {
    NW4: {1: (1.696540, 0.323620), 2: (0.320648, 0.232165), 76: (0.018434, 0.002641)},
    TEST_2: {1: (0.234972, 0.100586), 2: (0.070311, 0.060990), 28: (0.031824, 0.031304)},
    BTS85: {1: (1.057027, 1.026004), 3: (2.074674, 2.041522)},
    TEST_FILE: {1: (0.0, 3790.1682), 2: (5811.0250, 5806.6465), 3: (5815.0910, 0.0)},
    V26: {
        1: (1965.9925, 1859.5098),
        3: (41.679222, 41.667835),
        8991: (41.678333, 41.667557),
    },
}
"""Charge and discharge capacity (mAh) by the vendor's cycle number: BTSDA and fastnda agree."""

NUMBERED_BY_THE_VENDOR = {TEST_2: "auto"}
"""Files whose stored cycle number is not the one that the vendor's software shows."""

AGREEING = {NW4: (1, 2), TEST_2: (1, 2), BTS85: (1,), TEST_FILE: ()}
"""Cycles that both pairings share."""


@pytest.fixture(scope="module")
def analysed(real_data: Path, tmp_path_factory: pytest.TempPathFactory):
    """Run the analysis on a file, once."""
    done: dict[str, Result] = {}

    def run(name: str) -> Result:
        if name not in done:
            path = real_data / "cycling" / "neware" / name
            if path.suffix == ".zip":
                folder = tmp_path_factory.mktemp("nda")
                zipfile.ZipFile(path).extractall(folder)
                (path,) = folder.iterdir()
            done[name] = analyse(path, name)
        return done[name]

    return run


def analyse(path: Path, name: str = "") -> Result:
    frame = neware.FORMAT.read(path).frame
    if name in NUMBERED_BY_THE_VENDOR:
        mode = NUMBERED_BY_THE_VENDOR[name]
        frame[columns.CYCLE] = fastnda.read(path, cycle_mode=mode)["cycle_count"].to_numpy()
    arrays = {column: values.to_numpy() for column, values in frame.items()}
    cell_type = "full_cell" if name in (TEST_FILE, V26) else "cathode_half_cell"
    return METHOD.run(
        Inputs({"main": ArrayFrame(arrays)}, {"cell_type": cell_type}), METHOD.params()
    )


@pytest.mark.parametrize("name", GOLDEN)
def test_capacities_of_the_instrument_equal_the_vendors_to_0_01_percent(analysed, name):
    found = table(analysed(name), "instrument_cycles")
    for cycle, capacities in GOLDEN[name].items():
        (i,) = np.flatnonzero(found["cycle_count"] == cycle)
        own = [found[f"instrument_{word}_capacity_mah"][i] for word in ("charge", "discharge")]
        # golden values are printed to 1e-6 mAh
        np.testing.assert_allclose(own, capacities, rtol=1e-4, atol=6e-7, err_msg=str(cycle))


@pytest.mark.parametrize("name", AGREEING)
def test_integrated_capacities_equal_the_vendors_to_0_1_percent(analysed, name):
    found = table(analysed(name), "cycles")
    for cycle in AGREEING[name]:
        own = [found[f"{word}_capacity_mah"][cycle - 1] for word in ("charge", "discharge")]
        np.testing.assert_allclose(own, GOLDEN[name][cycle], rtol=1e-3, err_msg=str(cycle))


def test_nw4_is_done_without_any_mass(analysed):
    result = analysed(NW4)
    assert flag(result, "MASS_MISSING").severity == "warn"
    assert result.status == "warning"
    for cycle, (charge, discharge) in list(GOLDEN[NW4].items())[:2]:
        counted = metric(result, "instrument_charge_capacity", cycle)
        assert counted.value == pytest.approx(charge, rel=1e-4)
        own = metric(result, "discharge_capacity", cycle)
        assert own.value == pytest.approx(discharge, rel=1e-3)
    assert metric(result, "initial_coulombic_efficiency").value == pytest.approx(19.0753, rel=1e-3)
    assert metric(result, "coulombic_efficiency", 2).value == pytest.approx(72.4051, rel=1e-3)


def test_nw4_has_160_cycles_by_our_pairing_and_150_by_the_instruments(analysed):
    result = analysed(NW4)
    assert len(table(result, "cycles")["lims_cycle"]) == 160
    assert len(table(result, "instrument_cycles")["cycle_count"]) == 150
    last = {name: values[-1] for name, values in table(result, "cycles").items()}
    # four minutes of falling current recorded every 10 s: the trapezoid is 0.2 % above
    assert last["charge_capacity_mah"] == pytest.approx(0.059811, rel=3e-3)
    assert last["discharge_capacity_mah"] == pytest.approx(0.062425, rel=1e-3)
    assert last["coulombic_efficiency_percent"] == pytest.approx(104.3706, rel=3e-3)


def test_our_pairing_splits_the_two_pairs_in_cycle_3_of_bts85(analysed):
    found = table(analysed(BTS85), "cycles")
    assert len(found["lims_cycle"]) == 22
    assert found["charge_capacity_mah"][2] == pytest.approx(1.051930, rel=1e-4)
    assert found["discharge_capacity_mah"][2] == pytest.approx(1.036065, rel=1e-4)
    assert found["charge_capacity_mah"][21] == pytest.approx(0.271675, rel=1e-4)
    assert not found["complete"][21]


def test_a_real_full_cell_that_opens_with_a_discharge_is_noticed(analysed):
    result = analysed(TEST_FILE)
    assert flag(result, "FIRST_HALF_CYCLE_UNEXPECTED").severity == "warn"
    assert metric(result, "charge_capacity", 1).value == pytest.approx(5811.0250, rel=1e-3)
    assert metric(result, "discharge_capacity", 1).value == pytest.approx(5806.6465, rel=1e-3)


def test_a_real_file_with_one_charge_only_is_refused(real_data):
    with pytest.raises(MethodError, match="1 charges and 0 discharges"):
        analyse(real_data / "cycling/neware/cellpy/20260302_IFE_BTS85_2_9_8_1.ndax")
