"""Labelled data records of a JCAMP-DX file: its blocks, each with labels and at most one table.

Source: JCAMP-DX 4.24 and 5.01, http://jcamp-dx.org/protocols.html
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from measurements.formats import FormatError
from measurements.formats._checks import clean_text
from measurements.formats._text import number

LISTED = "VARDIM"
TABLES = ("XYDATA", "XYPOINTS", "PEAKTABLE", "PEAKASSIGNMENTS", "DATATABLE")
LABEL = re.compile(r"\s*##([^=]*)(?:=(.*))?$")
PAIR = re.compile(r"\s*[-+.\d]\S*[\s,;]+[-+.\d]\S*\s*")
"""A line of two numbers, which some programs write below the last label without naming a table."""

Lines = list[tuple[int, str]]
"""Lines of a table: their numbers in the file, their texts."""


@dataclass
class Table:
    """A table: its label, the form of its lines such as (XY..XY), its lines."""

    label: str
    form: str
    lines: Lines = field(default_factory=list)


@dataclass
class Block:
    """One block from ``TITLE`` to ``END``: texts by label (first line), its tables."""

    line: int
    labels: dict[str, str] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    open: Lines = field(default_factory=list)
    """Further lines of the label or the table that came last."""

    def text(self, *labels: str) -> str:
        """Return the text of the first label that has one."""
        return next((self.labels[label] for label in labels if self.labels.get(label)), "")

    def number(self, name: str, label: str) -> float | None:
        """Return the number of a label, None for an empty one; FormatError for no number.

        Of the sizes of NTUPLES, which are a list, it is the first.
        """
        text = self.text(label)
        text = (text.partition(",")[0] if label == LISTED else text).strip()
        value = number(text)
        if text and value is None:
            raise FormatError(
                f"{name} has a label without a number",
                place=f"{label} of the block at line {self.line}",
                found=f"“{clean_text(text, 40)}”",
                expected="a number",
                code="E_VALUE",
            )
        return value


def blocks_of(lines: Sequence[str]) -> list[Block]:
    """Return the blocks that hold a table, in the order in which they begin."""
    opened: list[Block] = []
    found: list[Block] = []
    for at, line in enumerate(lines, start=1):
        text = line.partition("$$")[0]
        label = LABEL.match(text)
        if label is None:
            _go_on(opened, at, text)
            continue
        name = label_key(label[1])
        if name == "TITLE":
            opened.append(Block(at))
            found.append(opened[-1])
        if name == "END":
            del opened[-1:]
        elif opened:
            _record(opened[-1], name, (label[2] or "").strip())
    for block in found:
        if not block.tables and block.open and all(PAIR.fullmatch(text) for _, text in block.open):
            block.tables.append(Table("", "(XY..XY)", block.open))
    return [block for block in found if block.tables]


def label_key(label: str) -> str:
    """Return a label without the signs that do not count; its letters are capitals."""
    return re.sub(r"[\s/_\\-]", "", unicodedata.normalize("NFKC", label)).upper()


def _record(block: Block, name: str, text: str) -> None:
    block.open = []
    if name in TABLES:
        block.tables.append(Table(name, re.sub(r"\s", "", text).upper(), block.open))
    else:
        block.labels.setdefault(name, text)


def _go_on(opened: Sequence[Block], at: int, text: str) -> None:
    """Add a line without a label to the table or the label above."""
    if opened and text.strip():
        opened[-1].open.append((at, text))
