"""Files that are made to hurt: small to send, large to read. Written by the tests only."""

import bz2
import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

MIB = 2**20
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
BOOK_RELATIONS = (
    f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>'
)
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "lol">'
    + "".join(
        f'<!ENTITY {letter} "{f"&{before};" * 10}">'
        for before, letter in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
QUADRATIC = f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>'


@dataclass(frozen=True)
class Entry:
    """A member of a zip archive: name, packed bytes, and the size that the list announces."""

    name: bytes
    packed: bytes
    size: int
    method: int = zipfile.ZIP_DEFLATED


def zeros(mib: int) -> bytes:
    """So many mebibytes of zeros, deflated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(16 * MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * (mib // 16) + b"\x03\x00"


def announced(path: Path, entries: Sequence[Entry]) -> Path:
    """Write a zip archive that says what it is told to."""
    body, listed = b"", b""
    for entry in entries:
        sizes = struct.pack("<H4x3I2H", entry.method, 0, len(entry.packed), entry.size,
                            len(entry.name), 0)  # fmt: skip
        at = len(body)
        body += b"PK\x03\x04\x14\x00\x00\x00" + sizes + entry.name + entry.packed
        listed += b"PK\x01\x02\x14\x00\x14\x00\x00\x00" + sizes
        listed += struct.pack("<3H2I", 0, 0, 0, 0, at) + entry.name
    count = len(entries)
    end = struct.pack("<4H2IH", 0, 0, count, count, len(listed), len(body), 0)
    path.write_bytes(body + listed + b"PK\x05\x06" + end)
    return path


def zipped(path: Path, parts: Iterable[tuple[str, Iterable[bytes]]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, chunks in parts:
            with archive.open(name, "w", force_zip64=True) as member:
                for chunk in chunks:
                    member.write(chunk)
    return path


def workbook(path: Path, rows: Iterable[bytes], strings: Iterable[bytes] = ()) -> Path:
    """A workbook of one sheet with these rows and shared texts, as XML."""
    return zipped(
        path,
        [
            ("[Content_Types].xml", [TYPES.encode()]),
            ("xl/workbook.xml", [BOOK.encode()]),
            ("xl/_rels/workbook.xml.rels", [BOOK_RELATIONS.encode()]),
            ("xl/sharedStrings.xml", _within(b"sst", strings)),
            ("xl/worksheets/sheet1.xml", _within(b"worksheet", rows, b"sheetData")),
        ],
    )


def _within(tag: bytes, parts: Iterable[bytes], inner: bytes = b"") -> Iterable[bytes]:
    yield b"<" + tag + f' xmlns="{MAIN}">'.encode() + (b"<" + inner + b">" if inner else b"")
    yield from parts
    yield (b"</" + inner + b">" if inner else b"") + b"</" + tag + b">"


def flat_zip(path: Path) -> Path:
    bomb = zeros(640)
    return announced(path, [Entry(b"a.txt", bomb, 640 * MIB), Entry(b"b.txt", bomb, 640 * MIB)])


def zip_of_one_bomb(path: Path) -> Path:
    return announced(path, [Entry(b"cell.nda", zeros(960), 960 * MIB)])


def nested_zip(path: Path) -> Path:
    """Five levels of ten copies: unpacked to the end it would be 100 TB."""
    content = gzip.compress(bytes(100 * MIB))
    for level in range(5):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for copy in range(10):
                archive.writestr(f"{level}-{copy}.zip", content)
        content = target.getvalue()
    path.write_bytes(content)
    return path


def overlapping_zip(path: Path, entries: int = 2000) -> Path:
    """All members are the same packed bytes, as in zip bombs that are not nested."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    plain = bytes(4 * MIB)
    packed = kernel.compress(plain) + kernel.flush()
    crc = zlib.crc32(plain)
    sizes = struct.pack("<3I", crc, len(packed), len(plain))
    local = b"PK\x03\x04\x14\x00\x00\x00\x08\x00\x00\x00\x00\x00" + sizes
    body = local + struct.pack("<2H", 1, 0) + b"a" + packed
    entry = b"PK\x01\x02\x14\x00\x14\x00\x00\x00\x08\x00\x00\x00\x00\x00" + sizes
    entry += struct.pack("<5H2I", 1, 0, 0, 0, 0, 0, 0) + b"a"
    end = b"PK\x05\x06\x00\x00\x00\x00" + struct.pack(
        "<2H2IH", entries, entries, entries * len(entry), len(body), 0
    )
    path.write_bytes(body + entry * entries + end)
    return path


def lying_zip(path: Path) -> Path:
    """The list of members says 100 bytes, the packed data are 800 MiB."""
    return announced(path, [Entry(b"a.txt", zeros(800), 100), Entry(b"b.txt", b"\x03\x00", 0)])


def long_directory(path: Path) -> Path:
    """A list of two million members."""
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<5H2I", 1, 0, 0, 0, 0, 0, 0) + b"a"
    entries = 2_000_000
    end = b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, 65_535, 65_535, entries * len(entry), 4, 0)
    path.write_bytes(b"PK\x03\x04" + entry * entries + end)
    return path


def bzip2_zip(path: Path) -> Path:
    """bzip2 packs zeros into nearly nothing, and is unpacked at one stroke; it looks as .ndax."""
    packed = bz2.compress(bytes(64 * MIB))
    names = (b"data.ndc", b"b.txt")
    return announced(path, [Entry(name, packed, 100, zipfile.ZIP_BZIP2) for name in names])


def gzip_bomb(path: Path) -> Path:
    path.write_bytes(b"\x1f\x8b\x08" + bytes(7) + zeros(1600))
    return path


def loose_gzip_bomb(path: Path) -> Path:
    """Packed less tightly than the ratio allows: the bytes are counted."""
    noise = np.random.default_rng(1).bytes(8192)
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    block = packer.compress(noise + bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    path.write_bytes(b"\x1f\x8b\x08" + bytes(7) + block * 1600)
    return path


def entity_workbook(path: Path) -> Path:
    return _with_doctype(path, BOMB, b"&i;")


def quadratic_workbook(path: Path) -> Path:
    return _with_doctype(path, QUADRATIC, b"&a;" * 50_000)


def _with_doctype(path: Path, doctype: str, text: bytes) -> Path:
    strings = [doctype.encode(), *_within(b"sst", [b"<si><t>", text, b"</t></si>"])]
    parts = [
        ("[Content_Types].xml", [TYPES.encode()]),
        ("xl/workbook.xml", [BOOK.encode()]),
        ("xl/_rels/workbook.xml.rels", [BOOK_RELATIONS.encode()]),
        ("xl/sharedStrings.xml", strings),
        ("xl/worksheets/sheet1.xml", _within(b"worksheet", [], b"sheetData")),
    ]
    return zipped(path, parts)


def workbook_of_texts(path: Path) -> Path:
    """Millions of shared texts."""
    return workbook(path, [], (b"<si><t>a</t></si>" * 60_000 for _ in range(200)))


def workbook_of_few_texts(path: Path) -> Path:
    """As many texts as are allowed, and nothing else."""
    return workbook(path, [], (b"<si><t/></si>" * 10_000 for _ in range(400)))


def workbook_of_empty_rows(path: Path) -> Path:
    return workbook(path, (b"<row/>" * 10_000 for _ in range(110)))


def workbook_of_one_far_row(path: Path) -> Path:
    return workbook(path, [b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'])


def workbook_of_wide_rows(path: Path) -> Path:
    return workbook(path, (b"<row>" + b"<c><v>1</v></c>" * 16_384 + b"</row>" for _ in range(300)))


def workbook_of_one_row_again(path: Path) -> Path:
    return workbook(path, (b'<row r="1"/>' * 100_000 for _ in range(100)))


def parquet_bomb(path: Path) -> Path:
    """Two million empty cells in 300 columns: more than 4 GiB in a few kilobytes."""
    empty = pa.nulls(2_000_000)
    table = pa.table({f"c{at}": empty for at in range(300)})
    pq.write_table(table, path, write_statistics=False)
    return path


def parquet_of_columns(path: Path) -> Path:
    """Twenty thousand columns."""
    pq.write_table(pa.table({f"c{at}": [1.0] for at in range(20_000)}), path)
    return path


def parquet_of_texts(path: Path) -> Path:
    """One text of a mebibyte in a dictionary, ten thousand times: 10 GiB unpacked."""
    text = pa.DictionaryArray.from_arrays(np.zeros(10_000, dtype=np.int32), ["a" * MIB])
    numbers = np.arange(10_000.0)
    table = pa.table({
        "test_time_second": numbers, "voltage_volt": numbers, "current_ampere": numbers,
        "comment": text.cast(pa.dictionary(pa.int32(), pa.string())),
    })  # fmt: skip
    pq.write_table(table, path)
    return path


def lying_parquet(path: Path) -> Path:
    """The footer says that it is two gibibytes long."""
    path.write_bytes(b"PAR1" + bytes(1000) + struct.pack("<I", 2**31 - 1) + b"PAR1")
    return path


def line_without_end(path: Path) -> Path:
    path.write_bytes(b"1.5\t" * (25 * MIB))
    return path


def only_newlines(path: Path) -> Path:
    path.write_bytes(b"\n" * (50 * MIB))
    return path


def deep_json(path: Path) -> Path:
    path.write_text('{"Type": "PalmSens.DataFiles", "measurements": ' + "[" * 2_000_000)
    return path


def wide_json(path: Path) -> Path:
    path.write_text(json.dumps({"measurements": [[]] * 2_000_000}))
    return path


def deep_xml(path: Path) -> Path:
    path.write_bytes(b'<?xml version="1.0"?>' + b"<a>" * 2_000_000)
    return path


def entity_xml(path: Path) -> Path:
    path.write_text(f'<?xml version="1.0"?>{BOMB}<x>&i;</x>')
    return path


def false_bom(path: Path) -> Path:
    path.write_bytes(b"\xff\xfe" + b"\x00\xd8" * (10 * MIB))
    return path


def zeros_only(path: Path) -> Path:
    path.write_bytes(bytes(100 * MIB))
    return path


HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "flat zip": (flat_zip, "E_TOO_LARGE"),
    "zip of one bomb": (zip_of_one_bomb, "E_TOO_LARGE"),
    "nested zip": (nested_zip, "archive"),
    "overlapping zip": (overlapping_zip, "E_TOO_LARGE"),
    "lying zip": (lying_zip, "archive"),
    "long directory": (long_directory, "E_TRUNCATED"),
    "bzip2 zip": (bzip2_zip, "E_ARCHIVE"),
    "gzip bomb": (gzip_bomb, "E_TOO_LARGE"),
    "loose gzip bomb": (loose_gzip_bomb, "E_TOO_LARGE"),
    "entity workbook": (entity_workbook, "E_UNSUPPORTED"),
    "quadratic workbook": (quadratic_workbook, "E_UNSUPPORTED"),
    "workbook of texts": (workbook_of_texts, "E_UNKNOWN_FORMAT"),
    "workbook of few texts": (workbook_of_few_texts, "E_UNKNOWN_FORMAT"),
    "workbook of empty rows": (workbook_of_empty_rows, "E_UNKNOWN_FORMAT"),
    "workbook of one far row": (workbook_of_one_far_row, "E_UNKNOWN_FORMAT"),
    "workbook of wide rows": (workbook_of_wide_rows, "E_UNKNOWN_FORMAT"),
    "workbook of one row again": (workbook_of_one_row_again, "E_UNKNOWN_FORMAT"),
    "parquet bomb": (parquet_bomb, "E_TOO_LARGE"),
    "parquet of columns": (parquet_of_columns, "E_TOO_LARGE"),
    "parquet of texts": (parquet_of_texts, "E_TOO_LARGE"),
    "lying parquet": (lying_parquet, "E_DAMAGED"),
    "line without end": (line_without_end, "E_UNKNOWN_FORMAT"),
    "only newlines": (only_newlines, "E_UNKNOWN_FORMAT"),
    "deep json": (deep_json, "E_UNKNOWN_FORMAT"),
    "wide json": (wide_json, "E_UNKNOWN_FORMAT"),
    "deep xml": (deep_xml, "E_UNKNOWN_FORMAT"),
    "entity xml": (entity_xml, "E_UNKNOWN_FORMAT"),
    "false bom": (false_bom, "E_UNKNOWN_FORMAT"),
    "zeros": (zeros_only, "E_UNKNOWN_FORMAT"),
}
"""Name -> writer of the file, code of its refusal."""
