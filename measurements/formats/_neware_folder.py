"""The folder of a test as a Neware server keeps it (``X.ndc``, ``X_runInfo.ndc`` ...), zipped.

Its members are those of an .ndax under other names; they are packed anew under these.
"""

import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from measurements.formats import FormatError
from measurements.formats._archive import member_names, open_archive
from measurements.formats._checks import short_list

SUFFIX = ".ndc"
STEM = "data"
FACTS_SUFFIX = ".xml"

KINDS = frozenset({1, 3, 5, 7, 9, 16, 18})
FIRST_ZERO, LAST_ZERO = 24, 128
"""First bytes of a .ndc: kind, 0, version, 0, 1, 0, 0, 0; further on its header is empty."""


def is_single(head: bytes) -> bool:
    """Tell by its first bytes whether a file is a .ndc outside of an archive."""
    return (
        len(head) > LAST_ZERO
        and head[0] in KINDS
        and head[1] == head[3] == 0
        and head[2] > 0
        and head[4:8] == b"\x01\x00\x00\x00"
        and not any(head[FIRST_ZERO:LAST_ZERO])
    )


@contextmanager
def as_ndax(path: Path) -> Iterator[Path]:
    """Yield the file, or one of the same name with the members of a folder packed as an .ndax.

    Raises FormatError for a single .ndc and for an archive of several tests.
    """
    with path.open("rb") as file:
        if is_single(file.read(LAST_ZERO + 1)):
            raise _refused(path.name, "the first bytes", "a single .ndc file")
    names = [name for name in member_names(path) if name.lower().endswith(SUFFIX)]
    if not names or any(name.startswith(STEM) for name in names):
        yield path
        return
    stem = _stem(path.name, names)
    with TemporaryDirectory() as folder:
        packed = Path(folder) / path.name
        with open_archive(path) as archive, zipfile.ZipFile(packed, "w") as target:
            for name in archive.namelist():
                new = _new_name(name, stem)
                if new and new not in target.namelist():
                    with archive.open(name) as source, target.open(new, "w") as copy:
                        shutil.copyfileobj(source, copy)
        yield packed


def _stem(archive: str, names: Sequence[str]) -> str:
    """Return what the names of all files of one test begin with."""
    stem = min(names, key=len)[: -len(SUFFIX)]
    if len(names) == 1 or not all(name.startswith((f"{stem}_", f"{stem}.")) for name in names):
        raise _refused(archive, "the list of members", short_list(names))
    return stem


def _new_name(name: str, stem: str) -> str:
    """Return the name of a member in an .ndax, empty for one that it does not have."""
    if name.lower().endswith(SUFFIX):
        return STEM + name[len(stem) : -len(SUFFIX)] + SUFFIX
    path = PurePosixPath(name)
    return path.name if path.suffix.lower() == FACTS_SUFFIX else ""


def _refused(name: str, place: str, found: str) -> FormatError:
    return FormatError(
        f"{name} is not the whole folder of one Neware test",
        place=place,
        found=found,
        expected="a zip archive of one test with all its .ndc files (X.ndc, X_runInfo.ndc, "
        "X_step.ndc ...), or an .ndax",
        code="E_UNSUPPORTED",
    )
