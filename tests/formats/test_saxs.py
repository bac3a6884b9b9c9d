"""Small-angle scattering: canSAS XML, headed text, LOQ, PDH."""

from pathlib import Path

import numpy as np
import pytest

from measurements import columns
from measurements.formats import Sample, cansas_xml, colette, pdh, saxs_text
from tests.formats import files_saxs as files
from tests.formats.files_texts import write
from tests.formats.refused import codes, refusal

Q, INTENSITY, UNCERTAINTY = (np.array(values) for values in zip(*files.CURVE, strict=True))


def test_cansas_curves_come_in_one_unit(tmp_path: Path) -> None:
    reading = cansas_xml.read(files.cansas(tmp_path))
    np.testing.assert_allclose(reading.frame[columns.Q], np.tile(Q, 2))
    np.testing.assert_allclose(reading.frame[columns.Q_U], 0.001)
    np.testing.assert_array_equal(reading.frame[columns.INTENSITY_U], np.tile(UNCERTAINTY, 2))
    assert reading.frame[columns.SPECTRUM].tolist() == [1] * 4 + [2] * 4
    assert reading.metadata == {
        "test_name": "x = 0.8",
        "run": "83589",
        "sample_name": "film 12",
        "instrument": "LOQ",
        "wavelength_angstrom": 5.0,
        "temperature_celsius": 25.0,
        "intensity_unit": "1/cm",
    }


def test_cansas_1_0_has_another_namespace(tmp_path: Path) -> None:
    lines = files.cansas_lines("1/nm", version="1.0")
    frame = cansas_xml.read(write(tmp_path / "x.xml", lines)).frame
    np.testing.assert_allclose(frame[columns.Q], Q)


@pytest.mark.parametrize("unit", ["", "none", "degree"])
def test_a_scattering_vector_without_unit_is_refused(unit: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x.xml", files.cansas_lines(unit))
    error = refusal(cansas_xml.read, path)
    assert error.code == "E_UNITS_UNKNOWN"
    assert "map its columns" in error.expected


def test_a_unit_that_changes_within_a_curve_is_refused(tmp_path: Path) -> None:
    text = "\n".join(files.cansas_lines("1/A")).replace('unit="1/A">0.03<', 'unit="1/nm">0.3<')
    assert refusal(cansas_xml.read, write(tmp_path / "x.xml", [text])).code == "E_UNITS_UNKNOWN"


@pytest.mark.parametrize("end", [60, 300, -20])
def test_broken_xml_is_refused(end: int, tmp_path: Path) -> None:
    text = "\n".join(files.cansas_lines("1/A"))[:end]
    assert refusal(cansas_xml.read, write(tmp_path / "x.xml", [text])).code == "E_TRUNCATED"


def test_entities_of_xml_are_not_expanded(tmp_path: Path) -> None:
    lines = files.cansas_lines("1/A")
    lines.insert(1, '<!DOCTYPE x [<!ENTITY a "aaaa">]>')
    assert refusal(cansas_xml.read, write(tmp_path / "x.xml", lines)).code == "E_TRUNCATED"


@pytest.mark.parametrize(
    ("heading", "factor"),
    [
        ("Q (A-1), I0(80_1.004),I0(err)", 1.0),
        ("q[1/nm],I[1/cm],sigma", 10.0),
        ("q(nm⁻¹),Intensity (a.u.),Error", 10.0),
        ("q (Å^-1),I(q),Sig(q)", 1.0),
        ("# q_A^-1,I,err", 1.0),
        ("Scattering vector (1/nm),Intensity,std. dev.", 10.0),
    ],
)
def test_the_unit_of_q_stands_in_its_heading(heading: str, factor: float, tmp_path: Path) -> None:
    frame = saxs_text.read(write(tmp_path / "x.csv", files.text_lines(heading, ",", factor))).frame
    np.testing.assert_allclose(frame[columns.Q], Q)
    np.testing.assert_array_equal(frame[columns.INTENSITY], INTENSITY)
    np.testing.assert_array_equal(frame[columns.INTENSITY_U], UNCERTAINTY)


@pytest.mark.parametrize("heading", ["q,I,sigma", "<X> <Y> <dY>", "Q (C), I (A)", "q (1/A), U (V)"])
def test_headings_without_a_unit_of_q_are_not_claimed(heading: str) -> None:
    head = f"{heading}\n0.01,1,1\n".encode()
    assert not saxs_text.sniff(Sample("x", len(head), head, head))


def test_the_columns_of_nist(tmp_path: Path) -> None:
    reading = saxs_text.read(files.nist(tmp_path))
    np.testing.assert_array_equal(reading.frame[columns.Q], Q)
    np.testing.assert_array_equal(reading.frame[columns.INTENSITY_U], UNCERTAINTY)
    assert (reading.frame[columns.Q_U] == 0.002).all()
    assert reading.metadata == {"intensity_unit": "1/cm"}


def test_loq_assumes_its_unit_aloud(tmp_path: Path) -> None:
    reading = colette.read(files.colette(tmp_path))
    np.testing.assert_array_equal(reading.frame[columns.Q], Q)
    assert codes(reading) == ["Q_UNIT_ASSUMED"]
    assert reading.metadata["wavelength_max_angstrom"] == 10.0


def test_loq_with_points_too_few_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.LOQ", files.colette_lines(points=5))
    assert refusal(colette.read, path).code == "E_TRUNCATED"


def test_pdh_unit_and_facts_of_its_description(tmp_path: Path) -> None:
    reading = pdh.read(files.pdh(tmp_path))
    np.testing.assert_allclose(reading.frame[columns.Q], Q)
    np.testing.assert_array_equal(reading.frame[columns.INTENSITY_U], UNCERTAINTY)
    assert codes(reading) == []
    assert reading.metadata == {
        "test_name": "film 12",
        "wavelength_angstrom": 1.542,
        "temperature_celsius": 30.0,
        "intensity_unit": "um^-2",
    }


@pytest.mark.parametrize(("wavelength", "factor"), [(0.1542, 0.1), (1.5418, 1.0), (0.07107, 0.1)])
def test_pdh_without_description_goes_by_the_anode(
    wavelength: float, factor: float, tmp_path: Path
) -> None:
    reading = pdh.read(write(tmp_path / "x.pdh", files.pdh_lines(wavelength=wavelength)))
    np.testing.assert_allclose(reading.frame[columns.Q], 10 * Q * factor)
    assert codes(reading) == ["Q_UNIT_ASSUMED"]


@pytest.mark.parametrize("wavelength", [0.0, 0.1, 1.0])
def test_pdh_of_any_other_wavelength_is_refused(wavelength: float, tmp_path: Path) -> None:
    path = write(tmp_path / "x.pdh", files.pdh_lines(wavelength=wavelength))
    assert refusal(pdh.read, path).code == "E_UNITS_UNKNOWN"


@pytest.mark.parametrize("points", [3, 5])
def test_pdh_with_another_number_of_rows_is_refused(points: int, tmp_path: Path) -> None:
    path = write(tmp_path / "x.pdh", [*files.pdh_lines(points=points), *files.DESCRIPTION])
    assert refusal(pdh.read, path).code == "E_TRUNCATED"


def test_loq_and_its_rounded_copy_agree(real_data: Path) -> None:
    folder = real_data / "saxs"
    frame = colette.read(folder / "CCP13_corfunc/98929.LOQ").frame
    rounded = np.loadtxt(folder / "sasdata/98929.txt")
    np.testing.assert_allclose(frame[columns.Q], rounded[:, 0], atol=1e-9)
    np.testing.assert_allclose(frame[columns.INTENSITY], rounded[:, 1], rtol=0.005)


def test_a_curve_is_the_same_in_both_layouts(real_data: Path) -> None:
    folder = real_data / "saxs/CCP13_corfunc"
    frame = saxs_text.read(folder / "BRAD_APS.Q").frame
    texts = (folder / "APS_X.TXT").read_text().replace(",", " ").split()
    q = [float(text) for text in texts]
    np.testing.assert_allclose(frame[columns.Q], q)
