"""Finds plug-ins (formats, analysis methods), recognises files and reads them."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import ModuleType
from typing import IO

import measurements.formats
from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._archive import (
    GZIP_MAGIC,
    MAGIC,
    copy_member,
    gunzip,
    is_useful,
    last_part,
    member_names,
    open_archive,
)
from measurements.formats._checks import clean_text, under_name
from measurements.formats._foreign import is_document, kind_of
from measurements.formats._members import files_in, read_members
from measurements.formats._text import decode, first_line
from measurements.formats._workbook import is_workbook, preview

SAMPLE_BYTES = 2048
LONGEST_HEADER_BYTES = 2**15
ROW_BYTES = 512
ROW = re.compile(rb"^[ \t\"]*[-+]?\d[\d.,]*(?:[eE][-+]?\d+)?\"?[ \t]*[;,\t ]", re.MULTILINE)
"""How a line of a table begins: with a number."""

LINE_CHARACTERS = 80
MOST_PROMISED = 3
"""An ending that more formats share (.csv, .txt) promises nothing."""


def discover(package: ModuleType, attribute: str) -> dict[str, object]:
    """Return every ``attribute`` of the package's modules by its name, in sorted module order.

    Raises RuntimeError for a public module without the attribute or for a name given twice.
    """
    found: dict[str, object] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        plugin = getattr(module, attribute, None)
        if plugin is None:
            raise RuntimeError(f"{module.__name__} does not define {attribute}")
        if plugin.name in found:
            raise RuntimeError(f"{module.__name__} defines {plugin.name!r} a second time")
        found[plugin.name] = plugin
    return found


@cache
def formats() -> dict[str, Format]:
    """Return all formats by name."""
    plugins = discover(measurements.formats, "FORMAT")
    return {name: plugin for name, plugin in plugins.items() if isinstance(plugin, Format)}


@dataclass(frozen=True)
class Opened:
    """A file as formats see it, and those that recognise it.

    ``member`` is the name of the only file of an archive, which is read in the archive's place.
    """

    path: Path
    name: str
    seen: Sample
    matches: tuple[Format, ...]
    member: str = ""


def sample(path: Path, name: str) -> Sample:
    """Read the ends of a file; ``name`` is the original file name."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = _head(file)
        file.seek(max(0, size - SAMPLE_BYTES))
        tail = file.read(SAMPLE_BYTES)
    if not head.startswith(MAGIC):
        return Sample(name=name, size=size, head=head, tail=tail)
    members = member_names(path)
    sheets = preview(path) if is_workbook(members) else {}
    return Sample(name, size, head, tail, members, sheets)


def _head(file: IO[bytes]) -> bytes:
    """Return the first 2 KiB; of a text with a longer header all down to its first row."""
    head = file.read(SAMPLE_BYTES)
    if b"\0" in head or ROW.search(head):
        return head
    more = file.read(LONGEST_HEADER_BYTES - SAMPLE_BYTES)
    row = ROW.search(more)
    return head + more[: row.end() + ROW_BYTES] if row else head


@contextmanager
def opened(path: Path, name: str) -> Iterator[Opened]:
    """Yield a file; of a gzip file or a zip archive of one file, what it holds.

    Raises FormatError for an archive that is damaged or explodes. An error that is raised inside
    the block about the only file of an archive then names the archive as well.
    """
    seen = sample(path, name)
    matches = _matches(seen)
    if not matches and seen.head.startswith(MAGIC) and not seen.members:
        _refuse_archive(path, name)
    if matches or not (seen.head.startswith(GZIP_MAGIC) or len(_files(seen)) == 1):
        yield Opened(path, name, seen, matches)
        return
    with NamedTemporaryFile() as target:
        member = _unpack(path, seen, target)
        inner = Path(target.name)
        seen = sample(inner, member)
        try:
            yield Opened(inner, member, seen, _sniffed(seen), member)
        except FormatError as error:
            raise error.inside(name) from error


def recognise(path: Path, name: str) -> Format:
    """Return the one format that recognises the file, or the only file of an archive.

    Raises FormatError when the file is empty or when none or several formats recognise it.
    """
    with opened(path, name) as file:
        return _only(file)


def read_file(path: Path, name: str) -> tuple[Format, Reading]:
    """Recognise a file and read it under its original name, which errors then mention.

    The only file of an archive is read in its place. Raises FormatError as ``recognise`` and the
    format do, and when the file is too large to be read.
    """
    with opened(path, name) as file:
        plugin = _only(file)
        _check_size(file, plugin)
        with under_name(file.path, file.name) as named:
            reading = _within_memory(plugin, named)
    if not file.member:
        return plugin, reading
    return plugin, replace(reading, metadata={**reading.metadata, "archive_member": file.member})


def title_of(name: str) -> str:
    """Return the title of a format, or the name when there is none of this name."""
    known = {**formats(), ARCHIVE.name: ARCHIVE}.get(name)
    return known.title if known is not None else name


def describe(seen: Sample) -> str:
    """Return what a file is, in a form that a person can read."""
    known = kind_of(seen)
    if known is not None:
        return known.words
    if seen.sheets:
        return f"a workbook with the sheets {', '.join(seen.sheets)}"
    text = decode(seen.head)
    if text and all(letter.isprintable() or letter.isspace() for letter in text):
        return f"“{clean_text(first_line(text), LINE_CHARACTERS)}”"
    return f"bytes {seen.head[:8].hex(' ')}"


def _refuse_archive(path: Path, name: str) -> None:
    """Raise FormatError that says why a zip archive cannot be listed."""
    with under_name(path, name) as named, open_archive(named):
        pass


def _unpack(path: Path, seen: Sample, target: IO[bytes]) -> str:
    """Write the only file of an archive; return its name."""
    with under_name(path, seen.name) as named:
        if seen.head.startswith(GZIP_MAGIC):
            gunzip(named, target)
            return last_part(re.sub(r"\.gz(ip)?$", "", seen.name, flags=re.IGNORECASE))
        with open_archive(named) as archive:
            (member,) = files_in(archive)
            copy_member(archive, member, target)
            return last_part(member.filename)


def _files(seen: Sample) -> list[str]:
    """Return the files of a person in a zip archive that is not one document."""
    return [] if is_document(seen) else [name for name in seen.members if is_useful(name)]


def _matches(seen: Sample) -> tuple[Format, ...]:
    """Return the formats that recognise a file; an archive is what nothing else recognises."""
    return _sniffed(seen) or ((ARCHIVE,) if ARCHIVE.sniff(seen) else ())


def _sniffed(seen: Sample) -> tuple[Format, ...]:
    return tuple(plugin for plugin in formats().values() if plugin.sniff(seen))


def _only(file: Opened) -> Format:
    if file.seen.size == 0:
        raise FormatError(
            f"{file.name} is empty",
            place="byte 0",
            found="0 bytes",
            expected="an instrument file",
            code="E_EMPTY_FILE",
        )
    if len(file.matches) == 1:
        return file.matches[0]
    if file.matches:
        raise FormatError(
            f"{file.name} could be of several formats",
            place="the start of the file",
            found=", ".join(plugin.title for plugin in file.matches),
            expected="exactly one format",
            code="E_AMBIGUOUS_FORMAT",
        )
    known = kind_of(file.seen)
    raise FormatError(
        f"{file.name} is of no known format" if known is None else f"{file.name} cannot be read",
        place="the start of the file",
        found=describe(file.seen),
        expected=_expected(file.name) if known is None else known.instead,
        code="E_UNKNOWN_FORMAT" if known is None else "E_UNSUPPORTED",
    )


def _expected(name: str) -> str:
    """Return which formats there are, or which one the ending of the name promises."""
    promised = [
        plugin.title for plugin in formats().values() if name.lower().endswith(plugin.suffixes)
    ]
    if 0 < len(promised) <= MOST_PROMISED:
        return f"a file of the kind {' or '.join(promised)}, as its ending says"
    return f"one of the {len(formats())} formats that are read"


def _check_size(file: Opened, plugin: Format) -> None:
    if file.seen.size > plugin.max_bytes:
        raise FormatError(
            f"{file.name} is too large to be read",
            place="the end of the file",
            found=f"{file.seen.size / 2**20:,.0f} MiB",
            expected=f"at most {plugin.max_bytes / 2**20:,.0f} MiB of {plugin.title}",
            code="E_TOO_LARGE",
        )


def _within_memory(plugin: Format, path: Path) -> Reading:
    """Read a file; FormatError when the memory of this process does not suffice."""
    try:
        return plugin.read(path)
    except (MemoryError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        raise FormatError(
            f"{path.name} is too large to be read",
            place="its data",
            found="data nested too deeply" if deep else "more data than the memory takes",
            expected="a smaller file, for example an export in parts",
            code="E_TOO_LARGE",
        ) from error


def _read_archive(path: Path) -> Reading:
    """Return the table of an archive's files; those that are archives are not opened."""

    def name_of(member: Path, name: str) -> str:
        seen = sample(member, name)
        return _only(Opened(member, name, seen, _sniffed(seen))).name

    return read_members(path, name_of)


ARCHIVE = Format(
    name="archive",
    title="Zip archive of several files",
    suffixes=(".zip",),
    kinds=(columns.ARCHIVE,),
    sniff=lambda seen: len(_files(seen)) > 1,
    read=_read_archive,
    max_bytes=4 * 2**30,
)
"""What formats leave: an archive, of which each file is recognised by itself."""
