"""The files of a measurement as its page shows them: parts, versions, what can be decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measurements.models import Measurement, RawFile

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

ACCEPTED, ASKED = RawFile.Verdict.ACCEPTED, RawFile.Verdict.ASKED
REFUSED, WAITING = RawFile.Verdict.REFUSED, RawFile.Verdict.WAITING


@dataclass(frozen=True)
class Act:
    """Something that a person can do with a file: name in the address, and words."""

    name: str
    words: "StrPromise"


@dataclass(frozen=True)
class FileLine:
    """A file with its state (tone, word) and what can be done with it."""

    file: RawFile
    tone: str
    word: str
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True)
class PartLines:
    """A part with its versions, the newest first; ``counts`` when one of them is in the table."""

    number: int
    lines: tuple[FileLine, ...]
    counts: bool
    follows: bool


def part_lines(measurement: Measurement) -> list[PartLines]:
    """Return the parts of a measurement in their order."""
    files = list(measurement.raw_files.select_related("blob", "created_by", "decided_by"))
    accepted = [file for file in files if file.verdict == ACCEPTED]
    parts: list[PartLines] = []
    for number, group in groupby(files, key=lambda file: file.part):
        versions = list(group)[::-1]
        newest = next((file for file in versions if file.verdict == ACCEPTED), None)
        parts.append(
            PartLines(
                number,
                tuple(_line(file, newest, accepted) for file in versions),
                counts=newest is not None,
                follows=any(part.counts for part in parts),
            )
        )
    return parts


def _line(file: RawFile, newest: RawFile | None, accepted: Sequence[RawFile]) -> FileLine:
    if file.verdict == ACCEPTED and file != newest:
        return FileLine(file, "quiet", _("earlier version"))
    if file.verdict == ACCEPTED:
        others = len(accepted) > 1
        return FileLine(file, "ok", _("counts"), (_LEAVE,) if others else ())
    newer = newest is not None and newest.revision > file.revision
    take = () if newer or file.rows is None else (_TAKE,)
    if file.verdict == ASKED:
        return FileLine(file, "warning", _("please decide"), (*take, _SEPARATE, _LEAVE))
    if file.verdict == WAITING:
        failed = file.measurement.status == Measurement.Status.FAILED
        word = _("could not be read") if failed else _("not read yet")
        acts = (_LEAVE,) if failed and accepted else ()
        return FileLine(file, "failed" if failed else "quiet", word, acts)
    if file.decided_by is not None:
        return FileLine(file, "off", _("left out"), (*take, _SEPARATE))
    return FileLine(file, "failed", _("could not be used"), (*take, _SEPARATE, _LEAVE))


_TAKE = Act("accept", gettext_lazy("Take as the newer version"))
_SEPARATE = Act("separate", gettext_lazy("Make it a measurement of its own"))
_LEAVE = Act("leave", gettext_lazy("Leave it out"))
