"""Damaged Neware files: every one ends in a sentence with file, place, found and expected."""

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from measurements import columns
from measurements.discovery import read_file
from measurements.formats import FormatError
from measurements.formats.neware import read
from tests.formats.files import NDA_HEADER_BYTES, NDA_INFO_BYTES, nda, ndax, zip_of

RECORDS_AT = NDA_HEADER_BYTES + NDA_INFO_BYTES
RECORD = 86


def refusal(path: Path) -> FormatError:
    """The error of a file; it must name the file, the place, what is there and what should be."""
    with pytest.raises(FormatError) as caught:
        read_file(path, path.name)
    error = caught.value
    assert path.name in error.message
    assert error.place
    assert error.found
    assert error.expected
    assert str(error).endswith(".")
    assert "\n" not in str(error)
    return error


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_byte(path: Path, at: int, value: int) -> Path:
    data = bytearray(path.read_bytes())
    data[at] = value
    path.write_bytes(data)
    return path


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "cell.ndax"
    path.touch()
    assert str(refusal(path)) == (
        "cell.ndax is empty; at byte 0; found 0 bytes; expected an instrument file."
    )


def test_an_ndax_without_records(tmp_path: Path) -> None:
    parts = members(ndax(tmp_path))
    for name in ("data.ndc", "data_step.ndc", "data_runInfo.ndc"):
        parts[name] = parts[name][:4096]
    error = refusal(zip_of(tmp_path / "cell.ndax", parts))
    assert error.code == "E_TOO_FEW_POINTS"
    assert str(error) == (
        "cell.ndax holds no data; at the end of the file; found no records with data; "
        "expected at least one recorded point."
    )


def test_the_real_ndax_without_records(real_data: Path) -> None:
    assert refusal(real_data / "cycling/neware/fastnda/empty.ndax").code == "E_TOO_FEW_POINTS"


@pytest.mark.parametrize("part", [0.02, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_ndax(part: float, tmp_path: Path) -> None:
    path = ndax(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: int(part * len(data))])
    error = refusal(path)
    assert error.code == "E_TRUNCATED"
    assert "cut off or damaged" in error.message


@pytest.mark.parametrize("cut", [1, RECORD, 5 * RECORD + 3, 20 * RECORD])
def test_a_truncated_nda(cut: int, tmp_path: Path) -> None:
    path = nda(tmp_path)
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-cut])
    assert str(refusal(path)) == (
        f"cell.nda is cut off; at byte {size - cut}; found {size - cut} bytes; "
        f"expected {size} bytes, as its header says."
    )


def test_an_nda_cut_off_in_its_header(tmp_path: Path) -> None:
    path = nda(tmp_path)
    path.write_bytes(path.read_bytes()[:300])
    assert refusal(path).message == "cell.nda is cut off in its header"


@pytest.mark.parametrize(
    "name", ["NewareNDA/TestFile.nda", "NewareNDA/new_nda_file.nda", "fastnda/test_2.ndax"]
)
@pytest.mark.parametrize("part", [0.01, 0.4, 0.97])
def test_truncated_real_files(name: str, part: float, real_data: Path, tmp_path: Path) -> None:
    data = (real_data / "cycling/neware" / name).read_bytes()
    path = tmp_path / Path(name).name
    path.write_bytes(data[: int(part * len(data))])
    assert refusal(path).code == "E_TRUNCATED"


def test_an_old_nda_that_does_not_say_its_length_is_noticed(tmp_path: Path) -> None:
    path = nda(tmp_path)
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, 68, 0)
    path.write_bytes(data[: -3 * RECORD])
    reading = read(path)
    assert len(reading.frame) == 27
    assert "LENGTH_NOT_DECLARED" in {notice.code for notice in reading.notices}


def test_random_bytes(tmp_path: Path) -> None:
    path = tmp_path / "cell.ndax"
    path.write_bytes(np.random.default_rng(7).bytes(4000))
    error = refusal(path)
    assert error.code == "E_UNKNOWN_FORMAT"
    assert error.found.startswith("bytes ")
    assert error.expected == "a file of the kind Neware .nda/.ndax, as its ending says"


def test_a_text_called_ndax(tmp_path: Path) -> None:
    path = tmp_path / "cell.ndax"
    path.write_text("Cycle Index,Chg. Cap.(Ah)\n1,0.5\n")
    assert str(refusal(path)) == (
        "cell.ndax is of no known format; at the start of the file; "
        "found “Cycle Index,Chg. Cap.(Ah)”; "
        "expected a file of the kind Neware .nda/.ndax, as its ending says."
    )


def test_a_zip_that_is_no_ndax(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "cell.ndax", {"letter.txt": b"Dear colleague"})
    error = refusal(path)
    assert error.message == "cell.ndax: letter.txt is of no known format"
    assert error.found == "“Dear colleague”"


def test_an_ndax_that_lost_its_records(tmp_path: Path) -> None:
    parts = members(ndax(tmp_path))
    del parts["data.ndc"]
    error = refusal(zip_of(tmp_path / "cell.ndax", parts))
    assert error.message == "cell.ndax is a zip archive without Neware records"
    assert "data_step.ndc" in error.found


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = ndax(tmp_path)
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 24, 0xC0000000)
    path.write_bytes(data)
    error = refusal(path)
    assert error.code == "E_TOO_LARGE"
    assert error.found == "3,072 MiB unpacked"
    assert error.expected == "at most 1,024 MiB"


def test_a_directory_that_points_outside_the_file(tmp_path: Path) -> None:
    path = ndax(tmp_path)
    data = bytearray(path.read_bytes())
    end = data.rindex(b"PK\x05\x06")
    (offset,) = struct.unpack_from("<I", data, end + 16)
    struct.pack_into("<I", data, end + 16, offset + 500)
    path.write_bytes(data)
    error = refusal(path)
    assert error.code == "E_TRUNCATED"
    assert error.found == "“its directory points before its beginning”"


def test_a_version_that_the_library_does_not_know(tmp_path: Path) -> None:
    error = refusal(with_byte(nda(tmp_path), 14, 99))
    assert error.code == "E_UNSUPPORTED"
    assert error.found.startswith("version 99")


def test_a_lost_step_file_leaves_no_times(tmp_path: Path) -> None:
    parts = members(ndax(tmp_path))
    del parts["data_runInfo.ndc"]
    assert refusal(zip_of(tmp_path / "cell.ndax", parts)).code == "E_DAMAGED"


def test_many_lost_records_are_an_error(tmp_path: Path) -> None:
    error = refusal(with_byte(nda(tmp_path), RECORDS_AT + 10 * RECORD, 0x11))
    assert error.code == "E_DAMAGED"
    assert error.place == "the gap after record 10"
    assert error.found == "29 records numbered 1 to 30"


def test_one_lost_record_of_many_is_noticed(tmp_path: Path) -> None:
    reading = read(with_byte(nda(tmp_path, records=400), RECORDS_AT + 10 * RECORD, 0x11))
    assert len(reading.frame) == 399
    notices = {notice.code: notice.message for notice in reading.notices}
    assert notices["RECORDS_MISSING"] == "Records are missing: 1, the first after record 10."


@pytest.mark.parametrize(
    ("offset", "value", "code", "named"),
    [
        (25, 0x7F, "E_OUT_OF_RANGE", columns.VOLTAGE),
        (14 + 3, 0x01, "E_DAMAGED", columns.STEP_TIME),
        (6, 0x05, "E_DAMAGED", columns.CYCLE),
    ],
)
def test_a_flipped_byte_in_a_record(
    offset: int, value: int, code: str, named: str, tmp_path: Path
) -> None:
    error = refusal(with_byte(nda(tmp_path), RECORDS_AT + 5 * RECORD + offset, value))
    assert error.code == code
    assert named in error.message
    assert error.place.startswith("record ")


def test_damage_beside_the_records_costs_only_the_facts(tmp_path: Path) -> None:
    parts = members(ndax(tmp_path))
    parts["TestInfo.xml"] = b"<root><config"
    reading = read(zip_of(tmp_path / "cell.ndax", parts))
    assert dict(reading.metadata) == {"ndc_version": 14}
    assert [notice.code for notice in reading.notices] == ["READER_SAYS"]
    assert "Facts beside the records" in reading.notices[0].message


def test_an_xml_bomb_costs_only_the_facts(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><root>&b;</root>'
    parts = members(ndax(tmp_path)) | {"TestInfo.xml": bomb}
    assert dict(read(zip_of(tmp_path / "cell.ndax", parts)).metadata) == {"ndc_version": 14}


@pytest.mark.parametrize("write", [nda, ndax], ids=["nda", "ndax"])
def test_a_mutated_file_is_read_or_refused_but_never_breaks_the_reader(
    write: object, tmp_path: Path
) -> None:
    assert callable(write)
    path = write(tmp_path)
    whole = path.read_bytes()
    chance = np.random.default_rng(11)
    refused = 0
    for _ in range(150):
        data = bytearray(whole)
        for at in chance.integers(len(data), size=chance.integers(1, 7)):
            data[at] = chance.integers(256)
        path.write_bytes(data)
        try:
            read(path)
        except FormatError:
            refused += 1
    assert refused > 0
