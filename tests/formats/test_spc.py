"""Galactic .spc: byte orders, storages, axes, codes, damage."""

from pathlib import Path

import numpy as np
import pytest

from measurements import columns
from measurements.formats import Sample
from measurements.formats.spc import read, sniff
from tests.formats import files_spectra as files
from tests.formats.refused import codes, refusal

BANDS = files.BANDS.ravel()


def saved(folder: Path, data: bytes) -> Path:
    path = folder / "film.spc"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [0, 16, 32])
@pytest.mark.parametrize("axis", ["even", "values", "own"])
def test_every_storage_gives_the_same_spectra(
    order: str, bits: int, axis: str, tmp_path: Path
) -> None:
    path = saved(tmp_path, files.spc_bytes(order, bits, axis))
    assert sniff(Sample("x", path.stat().st_size, path.read_bytes()[:2048], b""))
    reading = read(path)
    assert reading.kind == columns.RAMAN
    np.testing.assert_array_equal(reading.frame[columns.RAMAN_SHIFT], np.tile(files.SHIFTS, 2))
    np.testing.assert_array_equal(reading.frame[columns.INTENSITY], BANDS)
    assert reading.frame[columns.SPECTRUM].tolist() == [1] * 8 + [2] * 8
    assert codes(reading) == ["SEVERAL_SPECTRA"]
    assert reading.metadata == {
        "comment": "film 12",
        "instrument": "RM1",
        "technique": "Raman",
        "start_time": "2021-10-01T13:20:00",
        "intensity_unit": "counts",
    }


def test_the_old_format_has_its_words_turned_round(tmp_path: Path) -> None:
    reading = read(files.old_spc(tmp_path))
    assert reading.kind == columns.INFRARED
    np.testing.assert_array_equal(reading.frame[columns.WAVENUMBER], files.SHIFTS)
    np.testing.assert_array_equal(reading.frame[columns.ABSORBANCE], files.BANDS[0])
    assert reading.metadata == {"comment": "film 11", "start_time": "1990-05-04T03:02:00"}


@pytest.mark.parametrize(
    ("code", "kind", "column", "ordinate", "factor"),
    [
        ((1, 2), columns.INFRARED, columns.WAVENUMBER, columns.ABSORBANCE, 1.0),
        ((1, 128), columns.INFRARED, columns.WAVENUMBER, columns.TRANSMITTANCE, 1.0),
        ((3, 2), columns.SPECTRUM_OTHER, columns.WAVELENGTH, columns.ABSORBANCE, 1.0),
        ((2, 4), columns.SPECTRUM_OTHER, columns.WAVELENGTH, columns.INTENSITY, 1000.0),
    ],
)
def test_codes_of_the_axes(
    code: tuple[int, int], kind: str, column: str, ordinate: str, factor: float, tmp_path: Path
) -> None:
    reading = read(saved(tmp_path, files.spc_bytes(codes=code)))
    assert reading.kind == kind
    np.testing.assert_allclose(reading.frame[column], np.tile(files.SHIFTS, 2) * factor)
    np.testing.assert_array_equal(reading.frame[ordinate], BANDS)


@pytest.mark.parametrize(
    ("code", "wrong"), [((5, 4), "E_UNSUPPORTED"), ((9, 4), "E_UNSUPPORTED"),
                        ((0, 4), "E_UNITS_UNKNOWN")]
)  # fmt: skip
def test_an_axis_of_no_spectrum_is_refused(
    code: tuple[int, int], wrong: str, tmp_path: Path
) -> None:
    assert refusal(read, saved(tmp_path, files.spc_bytes(codes=code))).code == wrong


@pytest.mark.parametrize("axis", ["even", "values", "own"])
def test_a_file_cut_off_anywhere_is_refused(axis: str, tmp_path: Path) -> None:
    data = files.spc_bytes(axis=axis)
    for end in range(0, len(data), 7):
        error = refusal(read, saved(tmp_path, data[:end]))
        assert error.code == "E_TRUNCATED", end


def test_a_length_that_the_file_does_not_have_is_refused_at_once(tmp_path: Path) -> None:
    data = bytearray(files.spc_bytes())
    data[4:8] = (2**32 - 1).to_bytes(4, "little")
    error = refusal(read, saved(tmp_path, bytes(data)))
    assert error.code == "E_TRUNCATED"
    assert "bytes" in error.expected


def test_a_zip_archive_is_no_spc() -> None:
    head = b"PK\x03\x04" + bytes(1020)
    assert not sniff(Sample("x", len(head), head, head))


def test_a_real_map_begins_and_ends_as_the_same_map_in_its_own_format(real_data: Path) -> None:
    """WiRE spaces the points evenly in .spc; the ends of every spectrum stay what they are."""
    folder = real_data / "spectra/raman/cheminfo_wdf"
    frame = read(folder / "6x6.spc").frame
    points, spectra, data_at, axis_at = 1015, 36, 512 + 16, 146_716 + 24
    own = (folder / "6x6.wdf").read_bytes()
    axis = np.frombuffer(own, "<f4", points, axis_at)
    bands = np.frombuffer(own, "<f4", points * spectra, data_at).reshape(spectra, points)
    read_bands = frame[columns.INTENSITY].to_numpy().reshape(spectra, points)
    shifts = frame[columns.RAMAN_SHIFT].to_numpy().reshape(spectra, points)
    np.testing.assert_allclose(shifts[:, [0, -1]], np.tile(axis[[0, -1]], (spectra, 1)), rtol=1e-6)
    np.testing.assert_allclose(read_bands[:, 0], bands[:, 0], rtol=1e-6)
    between = np.array([np.interp(shifts[0], axis[::-1], band[::-1]) for band in bands])
    assert np.median(np.abs(read_bands - between) / between) < 0.01


def test_a_file_that_announces_no_spectrum_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.spc"
    path.write_bytes(
        files.spc_header("<", 0xC4, exponent=-128, points=8, subfiles=0, codes=(13, 4))
    )
    assert refusal(read, path).code == "E_TOO_FEW_POINTS"
