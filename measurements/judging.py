"""The worker's verdict on files that have come: do they belong to what was read before?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from labsite.lib.jobs import ExpectedError
from measurements.formats import Reading
from measurements.growth import compare
from measurements.models import RawFile

ACCEPTED, ASKED = RawFile.Verdict.ACCEPTED, RawFile.Verdict.ASKED
REFUSED, WAITING = RawFile.Verdict.REFUSED, RawFile.Verdict.WAITING


@dataclass(frozen=True)
class Read:
    """A file with what was read from it, and the name of the format."""

    file: RawFile
    format: str
    reading: Reading


@dataclass(frozen=True)
class Finding:
    """What was found about a file that waited."""

    file: RawFile
    verdict: str
    note: str
    rows: int | None = None

    def store(self) -> None:
        """Write the verdict, unless a person has decided meanwhile."""
        RawFile.objects.filter(pk=self.file.pk, verdict=self.file.verdict).update(
            verdict=self.verdict, verdict_note=self.note, rows=self.rows
        )


@dataclass(frozen=True)
class Part:
    """The revisions of one part: what counted before, what counts now, and the findings."""

    before: Read | None
    now: Read | None
    findings: tuple[Finding, ...]


Reader = Callable[[RawFile], Read]


def judge(files: Sequence[RawFile], read: Reader, *, settled: bool) -> Part:
    """Read the files of one part, oldest first, and say which one counts.

    ``settled``: there is a table, made from the accepted files; otherwise the first one that can be
    read is the base. Raises ExpectedError when the file that counts cannot be read, or none can
    and there is no table.
    """
    standing = [file for file in files if settled and file.verdict == ACCEPTED]
    before = now = read(standing[-1]) if standing else None
    findings: list[Finding] = []
    if before is not None and before.file.rows is None:
        findings.append(_finding(before, ACCEPTED, before.file.verdict_note))
    trouble: ExpectedError | None = None
    for file in files:
        if file in standing:
            continue
        try:
            found = read(file)
        except ExpectedError as error:
            trouble = error
            findings.append(Finding(file, REFUSED, error.message))
            continue
        finding = _compared(now, found)
        findings.append(finding)
        now = found if finding.verdict == ACCEPTED else now
    if now is None and trouble is not None and not settled:
        raise trouble
    return Part(before, now, tuple(findings))


def _compared(before: Read | None, found: Read) -> Finding:
    if before is None:
        return _finding(found, ACCEPTED, "")
    growth = compare(before.reading, found.reading)
    return _finding(found, ACCEPTED if growth.grown else ASKED, growth.note)


def _finding(read: Read, verdict: str, note: str) -> Finding:
    return Finding(read.file, verdict, note, len(read.reading.frame))
