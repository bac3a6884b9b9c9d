"""NETZSCH, TA Instruments, PerkinElmer, Mettler-Toledo and tables with units in the headings."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from measurements import columns
from measurements.discovery import read_file
from measurements.formats import (
    Format,
    FormatError,
    Reading,
    mettler,
    netzsch,
    perkinelmer,
    ta_instruments,
    thermal_csv,
)
from tests.formats import files_thermal as files
from tests.formats.files_texts import write
from tests.formats.refused import codes, refusal

READERS = {
    plugin.name: plugin
    for plugin in (
        netzsch.FORMAT,
        ta_instruments.FORMAT,
        perkinelmer.FORMAT,
        mettler.FORMAT,
        thermal_csv.FORMAT,
    )
}
FILMS = [
    files.netzsch,
    files.netzsch_commas,
    files.universal,
    files.universal_utf16,
    files.trios,
    files.trios_csv,
    files.pyris_csv,
    files.endo_up,
]
SALTS = [files.pyris, files.star, files.calisto]


def read(write: Callable[[Path], Path], folder: Path) -> Reading:
    owner = next(owner for owner, writer in files.SAMPLES.values() if writer is write)
    return READERS[owner].read(write(folder))


@pytest.mark.parametrize("write", FILMS)
def test_a_glass_transition_has_its_temperature_and_its_size(
    write: Callable[[Path], Path], tmp_path: Path
) -> None:
    frame = read(write, tmp_path).frame
    assert frame[columns.TEMPERATURE].to_numpy() == pytest.approx(files.CELSIUS, abs=1e-9)
    if columns.HEAT_FLOW in frame:
        flow = frame[columns.HEAT_FLOW] / files.FILM_MG
    else:
        flow = frame[columns.SPECIFIC_HEAT_FLOW]
    assert abs(flow.iloc[-1] - flow.iloc[0]) == pytest.approx(0.05, abs=1e-5)
    steepest = files.CELSIUS[np.argmax(np.abs(np.diff(flow)))]
    assert abs(steepest - -68.5) <= 2.0


@pytest.mark.parametrize("write", SALTS)
def test_a_salt_loses_forty_percent_around_325_degrees(
    write: Callable[[Path], Path], tmp_path: Path
) -> None:
    reading = read(write, tmp_path)
    mass = reading.frame[columns.MASS].to_numpy()
    assert reading.kind == columns.TGA
    assert mass == pytest.approx(files.SALT_MG, abs=1e-6)
    assert reading.frame[columns.TEST_TIME].iloc[-1] == pytest.approx(57 * 60.0)


@pytest.mark.parametrize(
    ("written", "direction"), [("#EXO:1", "up"), ("#EXO:-1", "down"), ("#EXO:", None)]
)
def test_the_direction_of_netzsch_is_that_of_its_header(
    written: str, direction: str | None, tmp_path: Path
) -> None:
    lines = [line.replace("#EXO:1", written) for line in files.netzsch_lines()]
    reading = netzsch.read(write(tmp_path / "film.txt", lines))
    assert reading.metadata.get("exothermic") == direction
    assert ("HEAT_FLOW_DIRECTION_UNKNOWN" in codes(reading)) == (direction is None)
    assert reading.frame[columns.SPECIFIC_HEAT_FLOW].iloc[0] == files.WATTS_A_GRAM[0]


def test_netzsch_facts_stand_in_the_header(tmp_path: Path) -> None:
    reading = netzsch.read(files.netzsch_commas(tmp_path))
    assert reading.metadata["sample_mass_mg"] == 5.0
    assert reading.metadata["heating_rate_k_min"] == 10.0
    assert reading.metadata["gas"] == "NITROGEN"
    assert reading.metadata["start_time"] == "2026-01-25T09:30:00"
    assert set(reading.frame[columns.SEGMENT]) == {3}


def test_netzsch_segments_are_numbered_as_in_the_file(tmp_path: Path) -> None:
    header = files.NETZSCH_HEADER[:3] + ["#SEGMENT:S1-2/2", "##Temp./°C;Time/min;DSC/mW;Segment"]
    rows = ["20.0;0.0;1.5;S1", "30.0;1.0;1.6;S1", "20.0;2.0;-1.5;S2"]
    frame = netzsch.read(write(tmp_path / "film.txt", header + rows)).frame
    assert frame[columns.SEGMENT].tolist() == [1, 1, 2]
    assert frame[columns.HEAT_FLOW].tolist() == [1.5, 1.6, -1.5]


def test_netzsch_tables_below_each_other_keep_their_segments(tmp_path: Path) -> None:
    first = ["#EXPORTTYPE:DATA ALL", "#SEGMENT:S2/3", "##Temp./°C;Time/min;Mass/mg", "20.0;0;9.5"]
    second = ["#SEGMENT:S3/3", "##Temp./°C;Time/min;Mass/mg", "30.0;1.0;9.0"]
    frame = netzsch.read(write(tmp_path / "film.txt", first + second)).frame
    assert frame[columns.SEGMENT].tolist() == [2, 3]
    assert frame[columns.MASS].tolist() == [9.5, 9.0]


@pytest.mark.parametrize("signal", ["DSC/(uV/mg)", "DSC/µV"])
def test_a_signal_in_volts_is_no_heat_flow(signal: str, tmp_path: Path) -> None:
    path = write(tmp_path / "film.txt", files.netzsch_lines(signal=signal))
    error = refusal(netzsch.read, path)
    assert error.code == "E_UNITS_UNKNOWN"
    assert "sensitivity" in error.expected


def test_a_signal_in_volts_beside_a_mass_keeps_its_name(tmp_path: Path) -> None:
    lines = ["#EXPORTTYPE:DATA ALL", "##Temp./K;Time/s;Mass/%;DSC/(uV/mg)", "300.15;6;99.5;0.25"]
    reading = netzsch.read(write(tmp_path / "salt.txt", lines))
    assert reading.kind == columns.TGA
    assert reading.frame.iloc[0].to_dict() == {
        columns.TEMPERATURE: pytest.approx(27.0),
        columns.TEST_TIME: 6.0,
        columns.MASS_PERCENT: 99.5,
        "DSC/(uV/mg)": 0.25,
    }


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("##Temp./°F;Time/min;Mass/%", "E_UNITS_UNKNOWN"),
        ("##Temp./°C;Time/min;Mass/lb", "E_UNITS_UNKNOWN"),
        ("##Temp./°C;Time/min;dL/Lo", "E_COLUMNS_MISSING"),
        ("##Temp./°C;Mass/%;Mass/%", "E_COLUMNS_DOUBLE"),
    ],
)
def test_netzsch_refuses_units_that_it_does_not_know(
    heading: str, code: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "x.txt", ["#EXPORTTYPE:DATA ALL", heading, "20.0;0.0;99.0"])
    assert refusal(netzsch.read, path).code == code


@pytest.mark.parametrize(
    ("unit", "factor", "name"),
    [
        ("mW", 1.0, columns.HEAT_FLOW),
        ("W", 1e3, columns.HEAT_FLOW),
        ("µW", 1e-3, columns.HEAT_FLOW),
        ("W/g", 1.0, columns.SPECIFIC_HEAT_FLOW),
        ("mW/mg", 1.0, columns.SPECIFIC_HEAT_FLOW),
        ("mW/g", 1e-3, columns.SPECIFIC_HEAT_FLOW),
        ("W/kg", 1e-3, columns.SPECIFIC_HEAT_FLOW),
        ("µW/mg", 1e-3, columns.SPECIFIC_HEAT_FLOW),
    ],
)
def test_heat_flows_are_converted_by_their_unit(
    unit: str, factor: float, name: str, tmp_path: Path
) -> None:
    lines = files.universal_lines(heat=f"Heat Flow ({unit})")
    frame = ta_instruments.read(write(tmp_path / "film.txt", lines)).frame
    assert frame[name].iloc[0] == pytest.approx(files.WATTS_A_GRAM[0] * factor, rel=1e-12)


def test_marks_of_universal_analysis_part_the_segments(tmp_path: Path) -> None:
    reading = ta_instruments.read(files.universal(tmp_path))
    assert len(reading.frame) == len(files.CELSIUS)
    assert set(reading.frame[columns.SEGMENT]) == {2}
    assert codes(reading) == ["MARKS_LEFT_OUT"]
    assert reading.metadata["exothermic"] == "up"
    assert reading.metadata["start_time"] == "2026-01-25T09:30:00"
    assert reading.frame[columns.TEST_TIME].iloc[0] == 1200.0


def test_universal_analysis_may_point_down(tmp_path: Path) -> None:
    lines = files.universal_lines(exotherm="Exotherm\tDown")
    reading = ta_instruments.read(write(tmp_path / "film.txt", lines))
    assert reading.metadata["exothermic"] == "down"


def test_trios_steps_are_segments_with_their_rates(tmp_path: Path) -> None:
    reading = ta_instruments.read(files.trios(tmp_path))
    assert reading.frame[columns.SEGMENT].value_counts().to_dict() == {1: 26, 2: 25}
    assert reading.metadata["heating_rate_k_min"] == 10.0
    assert reading.metadata["sample_mass_mg"] == 5.0
    assert reading.metadata["exothermic"] == "up"
    assert reading.metadata["start_time"] == "2026-01-25T09:30:00"


def test_a_step_of_trios_without_units_is_refused(tmp_path: Path) -> None:
    lines = files.trios_lines()
    path = write(tmp_path / "film.txt", lines[: lines.index("[step]") + 2])
    assert refusal(ta_instruments.read, path).code == "E_TRUNCATED"


def test_pyris_numbers_its_steps_and_names_no_units(tmp_path: Path) -> None:
    reading = perkinelmer.read(files.pyris(tmp_path))
    assert reading.frame[columns.SEGMENT].tolist() == [1, *[2] * 57]
    assert reading.metadata["heating_rate_k_min"] == 10.0
    assert codes(reading) == ["UNITS_OF_PROGRAM"]
    sample, program = (
        reading.frame[name] for name in (columns.TEMPERATURE, columns.PROGRAM_TEMPERATURE)
    )
    assert (program - sample).to_numpy() == pytest.approx(1.0)


def test_pyris_says_when_points_lack(tmp_path: Path) -> None:
    path = write(tmp_path / "salt.txt", files.pyris_lines()[:-5])
    assert "POINTS_DIFFER" in codes(perkinelmer.read(path))


def test_pyris_says_that_a_baseline_is_not_subtracted(tmp_path: Path) -> None:
    headings = "Time,Unsubtracted Weight,Baseline Weight,Program Temperature,Sample Temperature"
    path = write(tmp_path / "salt.csv", [headings, "0.5,10.0,0.25,30.0,29.5"])
    reading = perkinelmer.read(path)
    assert reading.frame[columns.MASS].tolist() == [10.0]
    assert "BASELINE_NOT_SUBTRACTED" in codes(reading)


def test_curves_of_star_over_the_same_times_stand_side_by_side(tmp_path: Path) -> None:
    reading = mettler.read(files.star(tmp_path))
    flow = reading.frame[columns.HEAT_FLOW].to_numpy()
    assert flow == pytest.approx(files.SALT_MG - 10.0, abs=1e-6)
    assert codes(reading) == ["HEAT_FLOW_DIRECTION_UNKNOWN"]
    assert reading.metadata["start_time"] == "2026-01-25T09:30:00"
    assert reading.metadata["sample_mass_mg"] == 10.0


def test_a_curve_of_star_over_other_times_is_left_out(tmp_path: Path) -> None:
    lines = [line for line in files.star_lines() if not line.startswith(f"{57:>15}")]
    first = lines.index("Results:")
    lines.insert(first - 1, f"{57:>15}{3420:>15}{600:>15}{601:>15}{6.0:>15}")
    reading = mettler.read(write(tmp_path / "salt.txt", lines))
    assert len(reading.frame) == 58
    assert columns.HEAT_FLOW not in reading.frame
    assert "TABLES_LEFT_OUT" in codes(reading)


@pytest.mark.parametrize(
    ("name", "unit", "kind"),
    [("Sample Weight", "%", columns.TGA), ("Heatflow", "Wg^-1", columns.DSC)],
)
def test_the_unit_of_a_star_value_says_what_it_is(
    name: str, unit: str, kind: str, tmp_path: Path
) -> None:
    lines = files.star_curve(name, unit, files.SALT_MG.tolist())
    reading = mettler.read(write(tmp_path / "salt.txt", lines))
    assert reading.kind == kind
    needed = columns.required(kind, reading.frame.columns)[1]
    assert reading.frame[needed].to_numpy() == pytest.approx(files.SALT_MG, abs=1e-6)


def test_percent_of_a_star_curve_that_is_no_mass_is_refused(tmp_path: Path) -> None:
    lines = files.star_curve("Conversion", "%", files.SALT_MG.tolist())
    path = write(tmp_path / "salt.txt", lines)
    assert refusal(mettler.read, path).code == "E_COLUMNS_MISSING"


def test_the_furnace_stands_for_the_sample_only_with_a_notice(tmp_path: Path) -> None:
    lines = ["Furnace Temperature (°C);HeatFlow (mW)", "50.5;-1.25"]
    reading = thermal_csv.read(write(tmp_path / "x.csv", lines))
    assert reading.frame[columns.TEMPERATURE].tolist() == [50.5]
    assert "TEMPERATURE_NOT_OF_SAMPLE" in codes(reading)


@pytest.mark.parametrize(
    ("heading", "direction"),
    [
        ("Heat Flow Endo Up (mW)", "down"),
        ("Heat Flow Endo Down (mW)", "up"),
        ("Heat Flow (exo up) (mW)", "up"),
        ("Heat Flow Exo Down [mW]", "down"),
    ],
)
def test_headings_say_the_direction_of_heat_flow(
    heading: str, direction: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "x.csv", [f"Temperature (C), {heading}", "20.0, 0.5"])
    reading = thermal_csv.read(path)
    assert reading.metadata["exothermic"] == direction
    assert reading.frame[columns.HEAT_FLOW].tolist() == [0.5]


def test_units_may_stand_below_the_headings(tmp_path: Path) -> None:
    lines = ["Temperature,Weight,Heat Flow (Normalized)", "°C,µg,W/g", "20.0,1500.0,0.25"]
    frame = thermal_csv.read(write(tmp_path / "x.csv", lines)).frame
    assert frame.iloc[0].tolist() == [20.0, 1.5, 0.25]


def test_numbers_that_a_spreadsheet_has_grouped_are_refused(tmp_path: Path) -> None:
    lines = ["Time (s);Sample Temperature (°C);TG (mg)", "0,2;45.793.053;5.419.046"]
    error = refusal(thermal_csv.read, write(tmp_path / "x.csv", lines))
    assert error.code == "E_VALUE"
    assert "45.793.053" in error.found


def test_points_among_decimal_commas_are_refused(tmp_path: Path) -> None:
    lines = ["Sample Temperature (°C);TG (mg)", "45,5;1,25", "46,5;1.250"]
    error = refusal(thermal_csv.read, write(tmp_path / "x.csv", lines))
    assert error.code == "E_VALUE"
    assert error.place == "line 3"


@pytest.mark.parametrize("plugin", READERS.values(), ids=READERS)
def test_a_row_that_is_cut_off_is_refused(plugin: Format, tmp_path: Path) -> None:
    writer = next(writer for owner, writer in files.SAMPLES.values() if owner == plugin.name)
    data = writer(tmp_path).read_bytes()
    if plugin is mettler.FORMAT:
        data = data[: data.index(b"Results:")].rstrip()
    elif plugin is ta_instruments.FORMAT:
        data = data[: data.rindex(b"-1.0")].rstrip()
    path = tmp_path / "cut.txt"
    path.write_bytes(re.sub(rb"[;\s]+[^;\s]*$", b"", data.rstrip()))
    with pytest.raises(FormatError) as caught:
        plugin.read(path)
    assert caught.value.code == "E_TRUNCATED"


def test_quadera_is_refused_with_what_to_send(tmp_path: Path) -> None:
    path = write(tmp_path / "ms.asc", ["Sourcefile\trun.qmp", "Exporttime\t28/11/2022 15:24:02"])
    with pytest.raises(FormatError) as caught:
        read_file(path, "ms.asc")
    assert caught.value.code == "E_UNSUPPORTED"
    assert "thermogravimetry" in caught.value.expected
