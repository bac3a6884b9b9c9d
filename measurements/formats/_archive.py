"""Archives that cannot be trusted: what they hold, within bounds, one member at a time."""

import gzip
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from stat import S_ISLNK
from typing import IO

from measurements.formats import FormatError
from measurements.formats._checks import clean_text

MAGIC = b"PK\x03\x04"
GZIP_MAGIC = b"\x1f\x8b"
MAX_MEMBERS = 10_000
MAX_DIRECTORY_BYTES = 4 * 2**20
"""Four hundred bytes of the list of members for each."""

MAX_UNPACKED_BYTES = 2**30
"""An .ndax of 16 million records unpacks to about so much."""

MAX_RATIO = 1_000
"""Deflate packs a megabyte of one letter to a thousandth; measurements never come near."""

RATIO_COUNTS_FROM = 2**20
"""Members smaller than this may be packed as tightly as they like."""

CHUNK_BYTES = 2**20
ENCRYPTED = 1
PACKED_BY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""zipfile unpacks these within bounds; bzip2 and LZMA it unpacks at a stroke."""


def _unpack_errors() -> tuple[type[Exception], type[Exception]]:
    try:
        from isal.isal_zlib import IsalError
    except ImportError:  # isal is missing on some processors
        return zlib.error, zlib.error
    return zlib.error, IsalError  # type: ignore[return-value]  # its stub says: an instance


UNPACK_ERRORS = _unpack_errors()
"""What zlib raises, also where fastnda has put isal in its place, for the whole process."""

DAMAGE = (
    zipfile.BadZipFile,
    *UNPACK_ERRORS,
    EOFError,
    OSError,
    NotImplementedError,
)
"""What zipfile, gzip and their unpackers raise on damaged bytes."""

LEFT_BY_SYSTEMS = re.compile(
    r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE
)
"""What operating systems put beside the files of a person."""


class _Wary(FileIO):
    """A file that refuses to read a long list of members at once, as zipfile does at first."""

    wary = True

    def read(self, size: int | None = -1, /) -> bytes:
        """Read; BadZipFile when the list of members is too long."""
        if self.wary and size is not None and size > MAX_DIRECTORY_BYTES:
            raise zipfile.BadZipFile(f"a list of members of {size / 2**20:,.0f} MiB")
        return super().read(size) or b""


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Yield a checked zip archive; FormatError for a damaged, encrypted or exploding one."""
    try:
        with _Wary(path) as file, _listed(file) as archive:
            file.wary = False
            _check(path.name, archive.infolist())
            yield archive
    except DAMAGE as error:
        raise _damaged(path.name, error) from error


def _listed(file: _Wary) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except ValueError as error:
        raise zipfile.BadZipFile(str(error)) from error


def member_names(path: Path) -> tuple[str, ...]:
    """Return the names in a zip archive, () when it is none or cannot be listed."""
    try:
        with open_archive(path) as archive:
            return tuple(archive.namelist())
    except FormatError:
        return ()


def is_useful(name: str) -> bool:
    """Whether a member is a file of a person: no folder, nothing that a system left."""
    return not name.endswith("/") and LEFT_BY_SYSTEMS.search(name) is None


def is_link(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a symbolic link; links are never followed."""
    return S_ISLNK(member.external_attr >> 16)


def last_part(name: str) -> str:
    """Return the name of a member without its folders, fit to be shown; it is never a path."""
    return clean_text(re.split(r"[/\\]", name)[-1].replace("\n", " "), 255).strip(". ") or "unnamed"


def copy_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: IO[bytes]) -> str:
    """Write the bytes of one member; return their SHA-256. Raises what ``DAMAGE`` lists.

    zipfile gives no more bytes than the list of members says, and compares their checksum.
    """
    digest = hashlib.sha256()
    with archive.open(member) as source:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            target.write(chunk)
    target.flush()
    return digest.hexdigest()


def gunzip(path: Path, target: IO[bytes]) -> None:
    """Write what a gzip file holds; FormatError for a damaged or exploding one."""
    size = max(1, path.stat().st_size)
    written = 0
    try:
        with gzip.open(path) as source:
            while chunk := source.read(CHUNK_BYTES):
                written += len(chunk)
                if written > MAX_UNPACKED_BYTES:
                    raise _too_large(path.name, f"more than {written / 2**20:,.0f} MiB")
                if written > RATIO_COUNTS_FROM and written > MAX_RATIO * size:
                    raise _too_tight(path.name, written / size)
                target.write(chunk)
    except DAMAGE as error:
        raise _damaged(path.name, error) from error
    target.flush()


def _check(name: str, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise _refused(name, f"{len(members):,} members", f"at most {MAX_MEMBERS:,}")
    total = sum(member.file_size for member in members)
    if total > MAX_UNPACKED_BYTES:
        raise _too_large(name, f"{total / 2**20:,.0f} MiB")
    for member in members:
        if member.header_offset < 0:
            raise zipfile.BadZipFile("its directory points before its beginning")
        ratio = member.file_size / max(1, member.compress_size)
        if member.file_size > RATIO_COUNTS_FROM and ratio > MAX_RATIO:
            raise _too_tight(name, ratio)
        if member.flag_bits & ENCRYPTED:
            raise _refused(name, "an encrypted member", "an archive without a password")
        if member.compress_type not in PACKED_BY:
            raise _refused(
                name, "an unusual way of packing", "an archive packed as usual (deflate)"
            )


def _too_large(name: str, found: str) -> FormatError:
    most = f"at most {MAX_UNPACKED_BYTES // 2**20:,} MiB"
    return _refused(name, f"{found} unpacked", most, "E_TOO_LARGE")


def _too_tight(name: str, ratio: float) -> FormatError:
    most = f"at most {MAX_RATIO:,} times"
    return _refused(name, f"data packed {ratio:,.0f} times", most, "E_TOO_LARGE")


def _damaged(name: str, error: Exception) -> FormatError:
    return FormatError(
        f"{name} cannot be unpacked: it is cut off or damaged",
        place="its packed data",
        found=f"“{clean_text(error, 100) or type(error).__name__}”",
        expected="a whole archive",
        code="E_TRUNCATED",
    )


def _refused(name: str, found: str, expected: str, code: str = "E_ARCHIVE") -> FormatError:
    return FormatError(
        f"{name} is an archive that is not unpacked",
        place="its packed data",
        found=found,
        expected=expected,
        code=code,
    )
