"""Zip archives that cannot be trusted: what they hold, within bounds, without unpacking."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measurements.formats import FormatError
from measurements.formats._checks import clean_text

MAGIC = b"PK\x03\x04"
MAX_MEMBERS = 10_000
MAX_UNPACKED_BYTES = 2**30
MAX_RATIO = 1_000
"""Deflate packs a megabyte of one letter to a thousandth; measurements never come near."""

RATIO_COUNTS_FROM = 2**20
"""Members smaller than this may be packed as tightly as they like."""


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Yield a checked archive; FormatError for a damaged, encrypted or exploding one."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check(path.name, archive.infolist())
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise FormatError(
            f"{path.name} is a damaged archive",
            place="its list of members",
            found=clean_text(error, 100) or type(error).__name__,
            expected="a whole zip archive",
            code="E_TRUNCATED",
        ) from error


def member_names(path: Path) -> tuple[str, ...]:
    """Return the names in a zip archive, () when it is none or cannot be listed."""
    try:
        with open_archive(path) as archive:
            return tuple(archive.namelist())
    except (FormatError, ValueError):
        return ()


def _check(name: str, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise _refused(name, f"{len(members):,} members", f"at most {MAX_MEMBERS:,}")
    total = sum(member.file_size for member in members)
    if total > MAX_UNPACKED_BYTES:
        raise _refused(
            name, f"{total / 2**20:,.0f} MiB unpacked", f"at most {MAX_UNPACKED_BYTES // 2**20} MiB"
        )
    for member in members:
        ratio = member.file_size / max(1, member.compress_size)
        if member.file_size > RATIO_COUNTS_FROM and ratio > MAX_RATIO:
            raise _refused(
                name, f"a member packed {ratio:,.0f} times", f"at most {MAX_RATIO} times"
            )
        if member.flag_bits & 1:
            raise _refused(name, "an encrypted member", "an archive without a password")


def _refused(name: str, found: str, expected: str) -> FormatError:
    return FormatError(
        f"{name} is an archive that is not unpacked",
        place="its list of members",
        found=found,
        expected=expected,
        code="E_ARCHIVE",
    )
