"""A zip archive of several files as a table: one row a member, with the format that reads it."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pandas as pd

from measurements import columns
from measurements.formats import FormatError, Notice, Reading
from measurements.formats._archive import (
    DAMAGE,
    copy_member,
    is_link,
    is_useful,
    last_part,
    open_archive,
)
from measurements.formats._checks import Source, clean_text, finish

MAX_FILES = 2_000
SIZE, SHA256, FORMAT, REASON = "size_bytes", "sha256", "format", "reason"
"""Columns beside the member's name: empty ``format`` goes with a ``reason``."""

UNKNOWN = "of no known format"

Recognise = Callable[[Path, str], str]
"""Returns the format's name of a file called so; raises FormatError."""


def files_in(archive: ZipFile) -> list[ZipInfo]:
    """Return the members that are files of a person, in the archive's order."""
    return [member for member in archive.infolist() if is_useful(member.filename)]


def read_members(path: Path, recognise: Recognise) -> Reading:
    """Return the table of an archive's files in its order.

    No name in the archive is used as a path. Raises FormatError when it is damaged or holds more
    than ``MAX_FILES`` files.
    """
    with open_archive(path) as archive:
        members = files_in(archive)
        if len(members) > MAX_FILES:
            raise FormatError(
                f"{path.name} holds too many files",
                place="its list of members",
                found=f"{len(members):,} files",
                expected=f"at most {MAX_FILES:,}; please send the folder in parts",
                code="E_ARCHIVE",
            )
        rows = [_row(archive, member, recognise) for member in members]
    frame = pd.DataFrame(rows, columns=[columns.MEMBER, SIZE, SHA256, FORMAT, REASON])
    return table_of_members(Source(path.name, "member"), frame)


def table_of_members(source: Source, frame: pd.DataFrame) -> Reading:
    """Return the table of an archive with the number of files that are read, and of the others."""
    readable = int((frame[FORMAT] != "").sum())
    unread = f"{len(frame) - readable} of {len(frame)} files in the archive are not read"
    notice = Notice("MEMBERS_NOT_READ", f"{unread}; the table says why.")
    return finish(
        source,
        columns.ARCHIVE,
        frame,
        metadata={"files": len(frame), "files_read": readable},
        notices=() if readable == len(frame) else (notice,),
    )


def _row(archive: ZipFile, member: ZipInfo, recognise: Recognise) -> tuple[object, ...]:
    shown = clean_text(member.filename.replace("\n", " "), 255)
    if is_link(member):
        return shown, member.file_size, "", "", "a link to another file; links are not followed"
    with tempfile.NamedTemporaryFile() as file:
        try:
            sha256 = copy_member(archive, member, file)
        except DAMAGE as error:
            return shown, member.file_size, "", "", f"damaged: {clean_text(error, 100)}"
        try:
            name, reason = recognise(Path(file.name), last_part(member.filename)), ""
        except FormatError as error:
            name, reason = "", _reason(error)
    return shown, member.file_size, sha256, name, reason


def _reason(error: FormatError) -> str:
    if error.code == "E_UNKNOWN_FORMAT":
        return f"{UNKNOWN}: {error.found}"
    return clean_text(f"{error.found}; expected {error.expected}", 300)
