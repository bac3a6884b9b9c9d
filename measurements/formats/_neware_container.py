"""Checks that a Neware file is whole before a library reads it."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.parsers.expat import ExpatError

from measurements.formats import FormatError, Notice
from measurements.formats._archive import UNPACK_ERRORS, open_archive
from measurements.formats._checks import clean_text, short_list

NDA_MAGIC = b"NEWARE"
ZIP_MAGIC = b"PK\x03\x04"
NDA_HEADER_BYTES = 1024
NDA_VERSION_AT = 14
NDA_SECTIONS_BTS8 = (16, 4, 8)
NDA_SECTIONS_BTS9 = (18, 8, 15)
NDA_FIRST_BTS9_VERSION = 129
"""Section table of the header: its position, bytes of a number, and number of (begin, length)."""

NDA_DATA_SECTION_BTS8 = 64
DATA_MEMBER = "data.ndc"
NDC_VERSION_AT = 2

DAMAGE_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    RuntimeError,
    SyntaxError,  # of ElementTree: XML that is not well-formed
    TypeError,
    ValueError,
    ExpatError,
    zipfile.BadZipFile,
    *UNPACK_ERRORS,
)
"""What zipfile and fastnda raise on damaged bytes, beside the errors of polars."""

NDA_LOCAL_CLOCK = frozenset({1, 3, 4, 26, 28, 29})
NDC_LOCAL_CLOCK = frozenset({1, 2, 3, 4, 5, 7})
"""Versions whose records carry the wall clock of the computer as year ... second, without zone."""


@dataclass(frozen=True)
class Container:
    """What the outside of a Neware file says: suffix to read it by, version, kind of clock."""

    suffix: str
    version: int
    local_clock: bool
    notices: tuple[Notice, ...] = ()


def inspect_container(path: Path) -> Container:
    """Return what the outside of the file says; FormatError when it is cut off or too large."""
    with path.open("rb") as file:
        head = file.read(NDA_HEADER_BYTES)
    if head.startswith(NDA_MAGIC):
        return _inspect_nda(path, head)
    if head.startswith(ZIP_MAGIC):
        return _inspect_ndax(path)
    raise FormatError(
        f"{path.name} is not a Neware file",
        place="byte 0",
        found=f"bytes {head[:8].hex(' ')}",
        expected="NEWARE (.nda) or a zip archive (.ndax)",
    )


def _inspect_nda(path: Path, head: bytes) -> Container:
    size = path.stat().st_size
    if len(head) < NDA_HEADER_BYTES:
        raise FormatError(
            f"{path.name} is cut off in its header",
            place=f"byte {size}",
            found=f"{size} bytes",
            expected=f"a header of at least {NDA_HEADER_BYTES} bytes",
            code="E_TRUNCATED",
        )
    version = head[NDA_VERSION_AT]
    table = NDA_SECTIONS_BTS9 if version >= NDA_FIRST_BTS9_VERSION else NDA_SECTIONS_BTS8
    end = _declared_end(head, *table)
    if end > size:
        raise FormatError(
            f"{path.name} is cut off",
            place=f"byte {size}",
            found=f"{size} bytes",
            expected=f"{end} bytes, as its header says",
            code="E_TRUNCATED",
        )
    data_length = NDA_DATA_SECTION_BTS8 + 4
    notices = []
    if version < NDA_FIRST_BTS9_VERSION and not any(head[data_length : data_length + 4]):
        notices.append(
            Notice(
                "LENGTH_NOT_DECLARED",
                "This old .nda does not say how many records it holds: "
                "whether its end is missing cannot be told.",
            )
        )
    return Container(".nda", version, version in NDA_LOCAL_CLOCK, tuple(notices))


def _declared_end(head: bytes, position: int, width: int, count: int) -> int:
    """Return the last byte that the section table of a header points to."""
    numbers = [
        int.from_bytes(head[at : at + width], "little")
        for at in range(position, position + 2 * width * count, width)
    ]
    return max(begin + length for begin, length in zip(numbers[::2], numbers[1::2], strict=True))


def _inspect_ndax(path: Path) -> Container:
    try:
        with open_archive(path) as archive:
            _check_members(path, archive.infolist())
            with archive.open(DATA_MEMBER) as data:
                head = data.read(NDC_VERSION_AT + 1)
    except library_errors() as error:
        raise FormatError(
            f"{path.name} cannot be unpacked: it is cut off or damaged",
            place="the directory at the end of the archive",
            found=reason(error),
            expected="a complete .ndax archive",
            code="E_TRUNCATED",
        ) from error
    version = head[NDC_VERSION_AT] if len(head) > NDC_VERSION_AT else 0
    return Container(".ndax", version, version in NDC_LOCAL_CLOCK)


def _check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if DATA_MEMBER not in names:
        raise FormatError(
            f"{path.name} is a zip archive without Neware records",
            place="the directory at the end of the archive",
            found=short_list(names) or "no files",
            expected=f"a file {DATA_MEMBER} in it",
        )


def library_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions by which fastnda and its libraries answer to damaged bytes.

    Loads polars, which must not be loaded before a worker process forks: call it late.
    """
    from polars.exceptions import PolarsError

    return (*DAMAGE_ERRORS, PolarsError)


def reason(error: Exception) -> str:
    """Return the first line of what a library says, without the path of the file."""
    text = clean_text(str(error).split("\n")[0], 120)
    return f"“{text}”" if text else type(error).__name__
