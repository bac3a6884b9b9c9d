"""Writes small Access databases (Jet 4): numbers and texts in tables, no index, no relation.

The layout is that of the notes of mdbtools (HACKING.md): pages of 4096 bytes, page 2 defines the
catalogue, a table of definitions per table, rows from the end of their page.
"""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

PAGE = 4096
HEADER_KEY = bytes.fromhex("c7da396b")
MAPS_PAGE, CATALOGUE_PAGE = 1, 2
SYSTEM = -(2**31)
CATALOGUE = {"Id": "long", "Type": "short", "Flags": "long", "Name": "text", "LvProp": "blob"}
TYPES = {"short": (3, "<h"), "long": (4, "<i"), "single": (6, "<f"), "double": (7, "<d")}
VARIABLE = {"text": 10, "blob": 11}
"""Name of a type -> its code and how a value is packed; those of any length."""

Columns = Mapping[str, str]
Rows = Sequence[Sequence[float | str]]


def write_database(path: Path, tables: Mapping[str, tuple[Columns, Rows]]) -> Path:
    """Write tables: name -> types of the columns by name, rows."""
    pages: dict[int, bytes] = {0: _header()}
    maps: list[bytes] = []
    first, catalogue = CATALOGUE_PAGE + 2, [(CATALOGUE_PAGE, 1, SYSTEM, "MSysObjects", "")]
    for name, (columns, rows) in tables.items():
        data = _data_pages(first, columns, rows)
        pages[first] = _definition(columns, len(rows), len(maps) + 1)
        maps.append(_usage(range(first + 1, first + 1 + len(data))))
        pages |= {first + 1 + at: page for at, page in enumerate(data)}
        catalogue.append((first, 1, 0, name, ""))
        first += 1 + len(data)
    pages[CATALOGUE_PAGE] = _definition(CATALOGUE, len(catalogue), 0)
    pages[CATALOGUE_PAGE + 1] = _data_pages(CATALOGUE_PAGE, CATALOGUE, catalogue)[0]
    usage = [_usage(range(CATALOGUE_PAGE + 1, CATALOGUE_PAGE + 2)), *maps]
    pages[MAPS_PAGE] = _page_of(0, usage)
    path.write_bytes(b"".join(pages[at] for at in range(first)))
    return path


def _header() -> bytes:
    """Return page 0, whose 128 bytes from 0x18 on are enciphered with RC4; here they are zero."""
    head = b"\x00\x01\x00\x00Standard Jet DB\x00\x01\x00\x00\x00" + _rc4(HEADER_KEY, 128)
    return head.ljust(PAGE, b"\x00")


def _rc4(key: bytes, length: int) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    stream = bytearray()
    i = j = 0
    for _ in range(length):
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        stream.append(state[(state[i] + state[j]) % 256])
    return bytes(stream)


def _definition(columns: Columns, rows: int, usage_row: int) -> bytes:
    """Return the page that defines a table."""
    variable = [name for name, kind in columns.items() if kind in VARIABLE]
    usage = MAPS_PAGE << 8 | usage_row
    head = struct.pack("<BBHI", 2, 1, 0, 0) + struct.pack("<IIIIIIII", 0, 0, rows, 0, 1, 0, 0, 0)
    head += struct.pack(
        "<BHHHIIII", 0x4E, len(columns), len(variable), len(columns), 0, 0, *[usage] * 2
    )
    offset = 0
    for number, (name, kind) in enumerate(columns.items()):
        fixed = kind in TYPES
        code, layout = TYPES.get(kind, (VARIABLE.get(kind, 0), ""))
        size = struct.calcsize(layout) if fixed else 255
        place = 0 if fixed else variable.index(name)
        head += struct.pack(
            "<BIHHHIBBIHH", code, 0, number, place, number, 0, 2 | fixed, 0, 0, offset, size
        )
        offset += size if fixed else 0
    for name in columns:
        text = name.encode("utf-16-le")
        head += struct.pack("<H", len(text)) + text
    return head.ljust(PAGE, b"\x00")


def _data_pages(owner: int, columns: Columns, rows: Rows) -> list[bytes]:
    pages: list[bytes] = []
    held: list[bytes] = []
    size = 14
    for row in (_row(columns, row) for row in rows):
        if size + len(row) + 2 > PAGE:
            pages.append(_page_of(owner, held))
            held, size = [], 14
        held.append(row)
        size += len(row) + 2
    return [*pages, _page_of(owner, held)]


def _page_of(owner: int, rows: Sequence[bytes]) -> bytes:
    """Return a page of data: the rows stand at its end, the last one first."""
    offsets, end = [], PAGE
    for row in rows:
        end -= len(row)
        offsets.append(end)
    head = struct.pack("<BBHIIH", 1, 1, 0, owner, 0, len(rows))
    head += struct.pack(f"<{len(rows)}H", *offsets)
    return head.ljust(end, b"\x00") + b"".join(reversed(rows))


def _row(columns: Columns, values: Sequence[float | str]) -> bytes:
    """Return a row: count, numbers, texts with their places from the end, which are not null."""
    cells = list(zip(columns.values(), values, strict=True))
    body = struct.pack("<H", len(cells))
    body += b"".join(struct.pack(TYPES[kind][1], value) for kind, value in cells if kind in TYPES)
    places = []
    texts = [str(value).encode("utf-16-le") for kind, value in cells if kind in VARIABLE]
    for text in texts:
        places.append(len(body))
        body += text
    if texts:
        places.append(len(body))
        body += struct.pack(f"<{len(places)}H", *reversed(places)) + struct.pack("<H", len(texts))
    filled = sum(1 << at for at, (_, value) in enumerate(cells) if value != "")
    return body + filled.to_bytes((len(cells) + 7) // 8, "little")


def _usage(pages: range) -> bytes:
    """Return a map of the pages of a table: kind 0, first page, one bit each."""
    return b"\x00" + struct.pack("<I", 0) + sum(1 << page for page in pages).to_bytes(64, "little")
