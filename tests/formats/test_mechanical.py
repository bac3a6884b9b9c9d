"""Zwick/Roell .TRA and the tables of universal testers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from measurements import columns
from measurements.discovery import read_file
from measurements.formats import FormatError, universal_tester, zwick_tra
from measurements.formats._mechanical import unit_of
from tests.formats import files_mechanical as files
from tests.formats.files_texts import write
from tests.formats.refused import codes, refusal

SIZES = {"thickness_mm": 2.0, "width_mm": 4.0, "area_mm2": 8.0}


@pytest.mark.parametrize("writer", [files.tra, files.tra_french, files.tra_german])
def test_a_tra_has_newtons_and_millimetres_in_every_language(
    writer: Callable[[Path], Path], tmp_path: Path
) -> None:
    reading = zwick_tra.read(writer(tmp_path))
    frame = reading.frame
    assert frame[columns.FORCE].to_numpy() == pytest.approx(files.NEWTONS, rel=1e-5)
    assert frame[columns.EXTENSION].to_numpy() == pytest.approx(files.MILLIMETRES, rel=1e-5)
    assert frame[columns.TEST_TIME].to_numpy() == pytest.approx(files.SECONDS)
    assert {**reading.metadata, **SIZES, "gauge_length_mm": 16.0} == dict(reading.metadata)
    assert reading.metadata["start_time"] == "2026-01-25T09:30:00"


def test_the_position_of_the_crosshead_is_no_extension(tmp_path: Path) -> None:
    frame = zwick_tra.read(files.tra(tmp_path)).frame
    assert frame["Crosshead absolute"].iloc[0] == 790.0
    assert frame[columns.EXTENSION].iloc[0] == 0.0


def test_travel_in_percent_is_a_strain_as_a_fraction(tmp_path: Path) -> None:
    path = write(tmp_path / "x.TRA", tra := files.tra_lines("english", travel="%"))
    assert '"s","mm","N","%"' in tra
    frame = zwick_tra.read(path).frame
    assert columns.EXTENSION not in frame
    assert frame[columns.STRAIN].iloc[-1] == pytest.approx(16.66667 / 16.0, rel=1e-5)


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("N", 1.0),
        ("kN", 1e3),
        ("mN", 1e-3),
        ("gf", 9.80665e-3),
        ("kgf", 9.80665),
        ("lbf", 4.4482216),
    ],
)
def test_forces_are_converted_by_their_unit(unit: str, factor: float, tmp_path: Path) -> None:
    path = write(tmp_path / "x.TRA", files.tra_lines("english", force=unit))
    force = zwick_tra.read(path).frame[columns.FORCE].to_numpy()
    assert force == pytest.approx(files.NEWTONS * factor, rel=1e-5)


@pytest.mark.parametrize("unit", ["MN", "t"])
def test_a_force_in_an_unknown_unit_is_refused(unit: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x.TRA", files.tra_lines("english", force=unit))
    error = refusal(zwick_tra.read, path)
    assert error.code == "E_UNITS_UNKNOWN"
    assert "Standard force" in error.place


def test_a_force_over_an_area_is_a_stress(tmp_path: Path) -> None:
    path = write(tmp_path / "x.TRA", files.tra_lines("english", force="MPa", travel="%"))
    frame = zwick_tra.read(path).frame
    assert frame[columns.STRESS].to_numpy() == pytest.approx(files.NEWTONS * 1e6, rel=1e-5)


def test_an_extensometer_stands_beside_the_travel(tmp_path: Path) -> None:
    lines = [
        '"Specimen width",4.9,"mm"',
        '"Time","Standard travel","Standard force","Capteur de course"',
        '"s","mm","N","mm"',
        "0.5,0.25,103.5,4.9",
    ]
    frame = zwick_tra.read(write(tmp_path / "x.TRA", lines)).frame
    assert frame[columns.EXTENSION].tolist() == [0.25]
    assert frame[columns.EXTENSOMETER].tolist() == [4.9]


@pytest.mark.parametrize("decimal", [".", ","])
def test_bluehill_has_every_quantity_in_its_unit(decimal: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", files.bluehill_lines("x08-1", decimal=decimal))
    reading = universal_tester.read(path)
    frame = reading.frame
    assert frame[columns.FORCE].to_numpy() == pytest.approx(files.NEWTONS)
    assert frame[columns.STRAIN].to_numpy() == pytest.approx(files.MILLIMETRES / 16.0, abs=1e-8)
    assert frame[columns.STRESS].to_numpy() == pytest.approx(files.NEWTONS / 8e-6, abs=0.6)
    assert reading.metadata["strain_source"] == "crosshead"
    assert reading.metadata["width_mm"] == 4.0
    assert reading.metadata["sample_name"] == "x08-1"


def test_several_specimens_keep_their_own_sizes(tmp_path: Path) -> None:
    reading = universal_tester.read(files.bluehill_commas(tmp_path))
    assert reading.frame["specimen"].value_counts().to_dict() == {"x08-1": 21, "x08-2": 21}
    assert "thickness_mm" not in reading.metadata
    assert reading.metadata["width_mm"] == 4.0
    specimens = reading.metadata["specimens"]
    assert isinstance(specimens, list)
    assert [facts["thickness_mm"] for facts in specimens] == [1.0, 2.0]
    assert "SEVERAL_SPECIMENS" in codes(reading)


def test_micrometres_and_millinewtons_come_as_millimetres_and_newtons(tmp_path: Path) -> None:
    reading = universal_tester.read(files.testworks(tmp_path))
    assert reading.frame[columns.EXTENSION].to_numpy() == pytest.approx(files.MILLIMETRES)
    assert reading.frame[columns.FORCE].to_numpy() == pytest.approx(files.NEWTONS, abs=1e-7)
    assert reading.metadata["strain_source"] == "crosshead"


def test_german_stress_and_strain(tmp_path: Path) -> None:
    frame = universal_tester.read(files.stress_strain(tmp_path)).frame
    assert frame[columns.STRAIN].iloc[-1] == pytest.approx(1.04166688)
    assert frame[columns.STRESS].to_numpy() == pytest.approx(files.NEWTONS / 8e-6, abs=0.1)


def test_a_workbook_takes_the_travel_and_not_the_nominal_strain_in_mm(tmp_path: Path) -> None:
    reading = universal_tester.read(files.testxpert_book(tmp_path))
    assert reading.frame[columns.EXTENSION].to_numpy() == pytest.approx(files.MILLIMETRES)
    assert reading.frame[columns.FORCE].to_numpy() == pytest.approx(files.NEWTONS)
    assert reading.frame["Nominal strain"].iloc[-1] == pytest.approx(25.000005)
    assert columns.STRAIN not in reading.frame
    assert {**reading.metadata, **SIZES, "strain_rate_mm_min": 100.0} == dict(reading.metadata)


def test_compression_keeps_its_sign_and_says_so(tmp_path: Path) -> None:
    lines = ["Time (s),Compressive extension (mm),Compressive load (N)", "0.5,0.25,12.5"]
    reading = universal_tester.read(write(tmp_path / "x.csv", lines))
    assert reading.frame[columns.FORCE].tolist() == [12.5]
    assert reading.metadata["mode"] == "compression"
    assert codes(reading) == ["COMPRESSION_SIGN"]


@pytest.mark.parametrize(
    ("headings", "source"),
    [
        ("Tensile strain (Strain 1) (%),Load (N)", "extensometer"),
        ("Extensometer strain (%),Load (N)", "extensometer"),
        ("Crosshead (mm),Load (N)", "crosshead"),
        ("Extension (mm),Load (N)", None),
    ],
)
def test_where_the_strain_was_measured_is_only_said_by_the_file(
    headings: str, source: str | None, tmp_path: Path
) -> None:
    reading = universal_tester.read(write(tmp_path / "x.csv", [headings, "0.5,0.25"]))
    assert reading.metadata.get("strain_source") == source


@pytest.mark.parametrize(
    "headings",
    [
        "Strain,Stress_MPa",
        "Extension,Load",
        "Extension (mm),Load",
        "0,-0.006",
    ],
)
def test_tables_without_units_go_to_the_mapping(headings: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", [headings, "0.5,0.25"])
    with pytest.raises(FormatError) as caught:
        read_file(path, "x.csv")
    assert caught.value.code == "E_UNKNOWN_FORMAT"


def test_a_strain_without_unit_beside_a_force_and_an_extension_keeps_its_name(
    tmp_path: Path,
) -> None:
    lines = ["Extension (mm),Load (N),Strain", "0.5,0.25,3.125"]
    frame = universal_tester.read(write(tmp_path / "x.csv", lines)).frame
    assert frame["Strain"].tolist() == [3.125]
    assert columns.STRAIN not in frame


@pytest.mark.parametrize(
    ("rows", "code", "place"),
    [
        (["0.5,0.25", "", "0.6,0.35"], "E_VALUE", "line 4"),
        (["0.5,0.25", "0.6,x"], "E_VALUE", "line 3"),
        (["0.5,0.25", "0.6"], "E_TRUNCATED", "line 3"),
        (['"0,5","1.250"'], "E_VALUE", "line 2"),
    ],
)
def test_rows_that_do_not_fit_are_named(
    rows: list[str], code: str, place: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "x.csv", ["Extension (mm),Load (N)", *rows])
    error = refusal(universal_tester.read, path)
    assert (error.code, error.place.split(",")[0]) == (code, place)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("(N/mm²)", "n/mm2"), ("[µm]", "um"), ("MN", "MN"), ("kPa", "kpa"), ("mm^2", "mm2")],
)
def test_units_have_one_spelling(text: str, unit: str) -> None:
    assert unit_of(text) == unit


def test_headings_that_stand_twice_are_a_sentence(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", ["Extension,Load", "Extension,Load", "(mm),(N)", "1,2", "2,3"])
    assert refusal(universal_tester.read, path).code == "E_TOO_FEW_POINTS"
