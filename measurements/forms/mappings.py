"""The page on which a person says what the columns of a table mean."""

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from measurements.columns import REQUIRED
from measurements.formats import FormatError
from measurements.forms.layouts import LayoutForm
from measurements.mappings.document import MappingError, from_json, to_json
from measurements.mappings.guess import guess_layout
from measurements.mappings.headings import guess_columns, guess_kind, guess_unit
from measurements.mappings.layout import (
    Head,
    Layout,
    read_head,
    rows,
    sheets_of,
    width_of,
)
from measurements.mappings.mapping import Column, Mapping
from measurements.mappings.quantities import PLAIN, QUANTITIES, TIME_TEXTS, WORDS
from measurements.mappings.words import CANONICAL_SIGNS

SAMPLES = 3
"""Cells of a column that are shown beside it."""

Typed = AnyMapping[str, str]


@dataclass(frozen=True)
class Row:
    """One column of the file on the page: its first cells, what it is mapped to, what is wrong."""

    at: int
    heading: str
    cells: Sequence[str]
    column: Column
    errors: Sequence[str] = ()

    @property
    def units(self) -> Sequence[str]:
        """The units to choose from."""
        known = QUANTITIES.get(self.column.quantity)
        return known.allowed if known is not None else ()

    @property
    def signed(self) -> bool:
        """Whether the sign can be flipped."""
        known = QUANTITIES.get(self.column.quantity)
        return known is not None and known.signed

    @property
    def shifts(self) -> bool:
        """Whether a number can be added: not to counts, texts and dates."""
        known = QUANTITIES.get(self.column.quantity)
        counts = known is not None and known.units in (PLAIN, WORDS)
        return known is not None and not counts and self.column.unit not in TIME_TEXTS

    @property
    def sign(self) -> str:
        """What the sign of the quantity means."""
        return CANONICAL_SIGNS.get(self.column.quantity, "")


@dataclass
class MapForm:
    """What was typed, or guessed, about a table; ``mapping`` is None as long as it is not valid."""

    settings: LayoutForm
    rows: Sequence[Row] = ()
    mapping: Mapping | None = None
    errors: list[str] = field(default_factory=list)
    groups: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()

    @property
    def headless(self) -> bool:
        """Whether the table has no headings."""
        return str(self.settings["headings_line"].value()) == "0"


def map_form(
    path: Path, typed: Typed | None, *, kind: str = "", start: Mapping | None = None
) -> MapForm:
    """Return the form of a file: as typed, as ``start`` says, or as guessed.

    ``kind`` is what the file was sent as.
    """
    try:
        sheets = sheets_of(path)
        if typed is not None:
            settings = LayoutForm(typed, sheets=sheets)
            return _typed(path, settings, typed, kind)
        return _started(path, sheets, kind, start)
    except FormatError as error:
        settings = LayoutForm(typed or _initial(kind, Layout()), sheets=[])
        return MapForm(settings, _rows_typed(typed or {}), errors=[str(error)])


def _started(path: Path, sheets: Sequence[str], kind: str, start: Mapping | None) -> MapForm:
    layout = start.layout if start is not None else guess_layout(path)
    if layout is None:
        settings = LayoutForm(_initial(kind, Layout()), sheets=sheets)
        words = _("Nothing in this file looks like a table of numbers.")
        return MapForm(settings, errors=[str(words)])
    head = read_head(path, layout, width_of(path, layout))
    columns = start.columns if start is not None else guess_columns(head, kind)
    guessed = kind or guess_kind([one.quantity for one in columns])
    found = start.kind if start is not None else guessed
    settings = LayoutForm(_initial(found, layout), sheets=sheets)
    wanted = {one.heading: one for one in columns}
    return _filled(path, settings, layout, head, wanted, found)


def _initial(kind: str, layout: Layout) -> dict[str, str]:
    return {"kind": kind, **{name: str(value) for name, value in vars(layout).items()}}


def _typed(path: Path, settings: LayoutForm, typed: Typed, kind: str) -> MapForm:
    if not settings.is_valid():
        return MapForm(settings, _rows_typed(typed))
    layout, found = settings.layout(), settings.cleaned_data["kind"]
    if kind and found != kind:
        settings.add_error("kind", _("The file was sent as %(kind)s.") % {"kind": kind})
    head = read_head(path, layout, width_of(path, layout))
    known = _columns_typed(typed)
    guessed = {one.heading: one for one in guess_columns(head, found)}
    wanted = {
        heading: known.get(heading) or guessed.get(heading) or Column(heading, "", "")
        for heading in head.headings
    }
    return _filled(path, settings, layout, head, wanted, found)


def _columns_typed(typed: Typed) -> dict[str, Column]:
    """Return the columns of the page by heading; a number that cannot be read becomes NaN."""
    found: dict[str, Column] = {}
    at = 0
    while (heading := typed.get(f"column-{at}-heading")) is not None:
        part = f"column-{at}-"
        quantity = typed.get(f"{part}quantity", "")
        found[heading] = Column(
            heading,
            quantity,
            _unit_typed(heading, quantity, typed.get(f"{part}unit", "")),
            f"{part}flip" in typed and quantity in QUANTITIES and QUANTITIES[quantity].signed,
            _number(typed.get(f"{part}offset", "")),
        )
        at += 1
    return found


def _rows_typed(typed: Typed) -> list[Row]:
    """Return the columns of the page as they were typed, when the file cannot be seen so."""
    known = _columns_typed(typed).values()
    return [Row(at, column.heading, (), column) for at, column in enumerate(known)]


def _unit_typed(heading: str, quantity: str, unit: str) -> str:
    """Return the chosen unit if the quantity has it, else what the heading says."""
    known = QUANTITIES.get(quantity)
    if known is None:
        return ""
    return unit if unit in known.allowed else guess_unit(heading, quantity)


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", ".") or 0)
    except ValueError:
        return float("nan")


def _filled(
    path: Path,
    settings: LayoutForm,
    layout: Layout,
    head: Head,
    wanted: AnyMapping[str, Column],
    kind: str,
) -> MapForm:
    """Return the form with a row for every column, and the mapping if it is valid."""
    cells = _cells(path, layout, head.headings)
    lines = [
        Row(at, heading, cells.get(heading, ()), wanted.get(heading) or Column(heading, "", ""))
        for at, heading in enumerate(head.headings)
    ]
    form = MapForm(settings, lines, groups=quantity_groups(kind))
    mapped = [row for row in lines if row.column.quantity]
    mapping = Mapping(kind, layout, tuple(row.column for row in mapped), head.headings, head.units)
    try:
        form.mapping = from_json(to_json(mapping))
    except MappingError as error:
        _spread(form, mapped, error.errors)
    if settings.is_bound and settings.errors:
        form.mapping = None
    return form


def _spread(form: MapForm, mapped: Sequence[Row], errors: AnyMapping[str, str]) -> None:
    """Put the sentences of a wrong mapping beside what they are about."""
    beside: dict[int, list[str]] = {}
    for path, words in errors.items():
        part, _dot, rest = path.partition(".")
        if part == "columns" and rest:
            beside.setdefault(mapped[int(rest.split(".")[0])].at, []).append(words)
        elif part == "layout" and rest in form.settings.fields and form.settings.is_bound:
            form.settings.add_error(rest, words)
        else:
            form.errors.append(words)
    form.rows = [replace(row, errors=beside.get(row.at, ())) for row in form.rows]


def _cells(path: Path, layout: Layout, headings: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return the first cells of every column as the file has them."""
    first = layout.first_line - 1
    found = list(islice(rows(path, layout), first, first + SAMPLES))
    return {
        heading: [str(row[at]) for row in found if at < len(row) and row[at] not in (None, "")]
        for at, heading in enumerate(headings)
    }


def quantity_groups(kind: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the quantities to choose from, those of the kind first."""
    needed = {name for way in REQUIRED.get(kind, ()) for name in way}
    options = [(name, quantity.label) for name, quantity in QUANTITIES.items()]
    return [
        (str(_("Needed")), [one for one in options if one[0] in needed]),
        (str(_("Others")), [one for one in options if one[0] not in needed]),
    ]
