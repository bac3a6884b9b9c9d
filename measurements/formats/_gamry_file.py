"""The parts of a Gamry .DTA: tagged header lines and tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from measurements.formats import Notice
from measurements.formats._checks import clean_text
from measurements.formats._dates import start_of
from measurements.formats._text import facts, headings_of, quantity

TABLE = "TABLE"
ABORTED = "EXPERIMENTABORTED"
CALIBRATIONS = ("DCCALDATE", "ACCALDATE")
NAMES = {
    "TAG": "technique",
    "TITLE": "title",
    "PSTAT": "instrument",
    "PSTATSERIALNO": "serial_number",
    "FRAMEWORKVERSION": "framework_version",
    "INSTRUMENTVERSION": "firmware_version",
}
QUANTITIES = {
    "AREA": "area_in_file_cm2",
    "VAC": "amplitude_mv",
    "EOC": "open_circuit_voltage_volt",
    "SCANRATE": "scan_rate_mv_s",
    "SAMPLETIME": "sample_time_second",
}
"""Tag -> metadata, as text and as number; VAC is in mV rms."""


@dataclass(frozen=True)
class Table:
    """A table; ``begin`` is the position of its first row among the lines of the file."""

    name: str
    announced: int | None
    headings: tuple[str, ...]
    units: tuple[str, ...]
    begin: int
    rows: list[str]


@dataclass
class Contents:
    """What a file holds: values of the header by tag, notes, tables, number of lines."""

    lines: int
    facts: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    @property
    def tag(self) -> str:
        """The short name of the experiment."""
        return self.facts.get("TAG", "").strip().upper()

    @property
    def aborted(self) -> bool:
        """Whether somebody or a limit ended the experiment."""
        return self.facts.get(ABORTED, "F").strip().upper().startswith("T")


def parse(lines: Sequence[str]) -> Contents:
    """Return header and tables; rows begin with a tab or a space and end with the next tag."""
    contents = Contents(len(lines))
    at = 0
    while at < len(lines):
        cells = [cell.strip() for cell in lines[at].split("\t")]
        end = _block_end(lines, at + 1)
        if len(cells) > 1 and cells[1] == TABLE:
            contents.tables.append(_table(cells, lines[at + 1 : end], at + 1))
        elif len(cells) > 1 and cells[1] == "NOTES":
            contents.notes += [line.strip() for line in lines[at + 1 : end] if line.strip()]
        elif len(cells) > 1 and cells[0]:
            label = cells[0] == "TAG" or len(cells) == len(("tag", "value"))
            contents.facts.setdefault(cells[0], cells[1] if label else cells[2])
        at = max(at + 1, end)
    return contents


def _block_end(lines: Sequence[str], at: int) -> int:
    """Return where the lines that belong to a tag end: at the next one that is not indented."""
    while at < len(lines) and (lines[at][:1] in ("\t", " ") or not lines[at].strip()):
        at += 1
    return at


def _table(cells: Sequence[str], lines: Sequence[str], at: int) -> Table:
    """Return a table from the cells of its tag and its lines, the first of which is at ``at``."""
    titles, units, *rows = [*lines, "", ""][: max(2, len(lines))]
    headings = headings_of(titles.strip("\t "), "\t")
    below = [unit.strip() for unit in units.strip("\r\n").split("\t")[1:]]
    announced = (
        int(cells[2]) if len(cells) > len(("name", TABLE)) and cells[2].isdecimal() else None
    )
    return Table(
        name=cells[0].upper(),
        announced=announced,
        headings=headings,
        units=tuple([*below, *[""] * len(headings)][: len(headings)]),
        begin=at + 2,
        rows=rows if any(row.strip() for row in rows) else [],
    )


def header_facts(contents: Contents) -> tuple[dict[str, object], list[Notice]]:
    """Return metadata and notices of the header; numbers may have decimal commas."""
    pairs = contents.facts
    start, notices = start_of(
        pairs.get("DATE", ""),
        pairs.get("TIME", ""),
        like=[pairs[tag] for tag in CALIBRATIONS if tag in pairs],
    )
    metadata = facts(pairs, NAMES) | start
    for tag, key in QUANTITIES.items():
        metadata |= quantity(pairs.get(tag), key)
    comment = clean_text("\n".join(contents.notes))
    return metadata | ({"comment": comment} if comment else {}), notices
