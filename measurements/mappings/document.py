"""A mapping as JSON, in and out: every field is checked, errors are beside the field."""

import sys
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from typing import Any

from measurements import columns
from measurements.formats._checks import clean_text
from measurements.mappings.layout import (
    DECIMALS,
    ENCODINGS,
    MAX_COLUMNS,
    MAX_HEADER_LINES,
    SEPARATORS,
    THOUSANDS,
    Layout,
)
from measurements.mappings.mapping import Column, Mapping
from measurements.mappings.quantities import KINDS, QUANTITIES, Quantity

LENGTH = 120
"""Letters of a heading, a sheet's name and the like."""

LARGEST = sys.float_info.max

NAME_PART = 3
"""Letters that a part of a file's name must have at least."""

Json = dict[str, Any]


class MappingError(ValueError):
    """A mapping that is not valid: a sentence for each field, as "columns.2.unit"."""

    def __init__(self, errors: AnyMapping[str, str]) -> None:
        """Keep the sentences."""
        super().__init__("; ".join(f"{name}: {words}" for name, words in errors.items()))
        self.errors = dict(errors)


def to_json(mapping: Mapping) -> Json:
    """Return a mapping as JSON."""
    return {
        "kind": mapping.kind,
        "layout": vars(mapping.layout).copy(),
        "columns": [vars(column).copy() for column in mapping.columns],
        "headings": list(mapping.headings),
        "units": list(mapping.units),
        "name_contains": mapping.name_contains,
    }


def from_json(sent: object) -> Mapping:
    """Return a mapping from JSON; raises MappingError with a sentence for every wrong field."""
    fields = _Fields(sent, "", set(to_json(_EMPTY)))
    layout = _layout(fields.part("layout"))
    kind = fields.choice("kind", KINDS)
    mapped = [_column(one) for one in fields.parts("columns")]
    headings = fields.texts("headings")
    units = fields.texts("units")
    name_contains = fields.text("name_contains", "").strip()
    if name_contains and len(name_contains) < NAME_PART:
        fields.wrong("name_contains", f"Give at least {NAME_PART} letters, or none.")
    if not fields.errors:
        fields.errors |= _together(kind, mapped)
    if fields.errors:
        raise MappingError(fields.errors)
    return Mapping(kind, layout, tuple(mapped), headings, units, name_contains)


def _layout(fields: "_Fields") -> Layout:
    headings_line = fields.whole("headings_line", 1, 0)
    first_line = fields.whole("first_line", headings_line + 1, 1)
    layout = Layout(
        encoding=fields.choice("encoding", ENCODINGS, "utf-8"),
        separator=fields.choice("separator", SEPARATORS, ","),
        decimal=fields.choice("decimal", DECIMALS, "."),
        thousands=fields.choice("thousands", THOUSANDS, ""),
        headings_line=headings_line,
        first_line=first_line,
        sheet=fields.text("sheet", ""),
    )
    for name, words in contradictions(layout).items():
        fields.wrong(name, words)
    return layout


def contradictions(layout: Layout) -> dict[str, str]:
    """Return what of a layout cannot be together: a sentence by the name of the field."""
    errors: dict[str, str] = {}
    if layout.first_line <= layout.headings_line:
        errors["first_line"] = "The data begins below the headings."
    if layout.decimal == layout.thousands:
        errors["thousands"] = "The same sign cannot mark decimals and thousands."
    if not layout.sheet and layout.separator == layout.decimal:
        errors["separator"] = "A comma cannot part the columns and mark the decimals."
    if not layout.sheet and layout.separator == layout.thousands == " ":
        errors["thousands"] = "Spaces cannot part the columns and mark the thousands."
    return errors


def _column(fields: "_Fields") -> Column:
    heading = fields.text("heading", "")
    if not heading:
        fields.wrong("heading", "Say which column of the file.")
    name = fields.choice("quantity", QUANTITIES)
    quantity = QUANTITIES.get(name)
    unit, flip = fields.text("unit", ""), fields.yes("flip")
    offset = fields.number("offset")
    if quantity is not None:
        for field, words in _unfit(quantity, unit, flip=flip, offset=offset):
            fields.wrong(field, words)
    return Column(heading, name, unit, flip, offset)


def _unfit(
    quantity: Quantity, unit: str, *, flip: bool, offset: float
) -> Sequence[tuple[str, str]]:
    """Return what of a column does not fit its quantity."""
    label, allowed = quantity.label, ", ".join(quantity.allowed)
    wrong = []
    if not unit:
        wrong.append(("unit", f"Choose the unit of {label}: the file does not say it."))
    elif unit not in quantity.allowed:
        found = clean_text(unit, 20)
        wrong.append(("unit", f"{found} is no unit of {label}; allowed are: {allowed}."))
    if flip and not quantity.signed:
        wrong.append(("flip", f"{label} is never negative; its sign cannot be flipped."))
    if offset and unit not in quantity.units:
        wrong.append(("offset", f"Nothing can be added to {label} as {clean_text(unit, 30)}."))
    return wrong


def _together(kind: str, mapped: Sequence[Column]) -> dict[str, str]:
    """Return what is wrong with the columns as a whole."""
    errors: dict[str, str] = {}
    for at, column in enumerate(mapped):
        if any(other.quantity == column.quantity for other in mapped[:at]):
            label = QUANTITIES[column.quantity].label
            errors[f"columns.{at}.quantity"] = f"Another column is mapped to {label} already."
        if any(other.heading == column.heading for other in mapped[:at]):
            errors[f"columns.{at}.heading"] = "This column is mapped already."
    names = {column.quantity for column in mapped}
    if errors or any(set(way) <= names for way in _ways(kind)):
        return errors
    lacking = [
        QUANTITIES[name].label for name in columns.required(kind, names) if name not in names
    ]
    ways = [" and ".join(QUANTITIES[name].label for name in way) for way in _ways(kind)]
    others = f" (needed are {', or '.join(ways)})" if len(ways) > 1 else ""
    return {"columns": f"Say which column is {' and which '.join(lacking)}{others}."}


def _ways(kind: str) -> tuple[tuple[str, ...], ...]:
    """Return the quantities of which a table needs one set."""
    polar = ((columns.FREQUENCY, columns.ABSOLUTE_IMPEDANCE, columns.PHASE),)
    return columns.REQUIRED[kind] + (polar if kind == columns.IMPEDANCE else ())


class _Fields:
    """A JSON object that is read field by field; what is wrong is collected under its path."""

    def __init__(
        self, sent: object, path: str, known: set[str], errors: dict[str, str] | None = None
    ) -> None:
        self.errors = {} if errors is None else errors
        self.path = path
        self.sent: Json = sent if isinstance(sent, dict) else {}
        if not isinstance(sent, dict):
            self.errors[path.rstrip(".") or "mapping"] = "Expected a JSON object."
        for name in set(self.sent) - known:
            self.wrong(clean_text(name, 40), f"Unknown; known are: {', '.join(sorted(known))}.")

    def wrong(self, name: str, words: str) -> None:
        self.errors.setdefault(f"{self.path}{name}", words)

    def part(self, name: str) -> "_Fields":
        known = set(vars(Layout()))
        return _Fields(self.sent.get(name, {}), f"{self.path}{name}.", known, self.errors)

    def parts(self, name: str) -> "list[_Fields]":
        known = set(vars(_EMPTY_COLUMN))
        return [
            _Fields(one, f"{self.path}{name}.{at}.", known, self.errors)
            for at, one in enumerate(self._list(name))
        ]

    def texts(self, name: str) -> tuple[str, ...]:
        found = self._list(name)
        if not all(_is_text(one) for one in found):
            self.wrong(name, f"Expected texts of at most {LENGTH} letters.")
            return ()
        return tuple(found)

    def _list(self, name: str) -> list[Any]:
        found = self.sent.get(name, [])
        if not isinstance(found, list) or len(found) > MAX_COLUMNS:
            self.wrong(name, f"Expected a list of at most {MAX_COLUMNS}.")
            return []
        return found

    def text(self, name: str, default: str) -> str:
        found = self.sent.get(name, default)
        if not _is_text(found):
            self.wrong(name, f"Expected a text of at most {LENGTH} letters.")
            return default
        return str(found)

    def choice(self, name: str, allowed: Sequence[str] | Json, default: str = "") -> str:
        found = self.sent.get(name, default)
        if not isinstance(found, str) or found not in allowed:
            shown = ", ".join(repr(one) if len(one) <= 1 else one for one in allowed)
            self.wrong(name, f"Found {clean_text(found, 40)!r}; allowed are: {shown}.")
            return default
        return str(found)

    def whole(self, name: str, default: int, low: int) -> int:
        found = self.sent.get(name, default)
        fits = isinstance(found, int) and not isinstance(found, bool)
        if not fits or not low <= found <= MAX_HEADER_LINES:
            self.wrong(name, f"Expected a whole number from {low} to {MAX_HEADER_LINES}.")
            return default
        return int(found)

    def number(self, name: str) -> float:
        found = self.sent.get(name, 0.0)
        number = isinstance(found, (int, float)) and not isinstance(found, bool)
        if not number or not abs(found) <= LARGEST:
            self.wrong(name, "Expected a finite number.")
            return 0.0
        return float(found)

    def yes(self, name: str) -> bool:
        found = self.sent.get(name, False)
        if not isinstance(found, bool):
            self.wrong(name, "Expected true or false.")
        return found is True


def _is_text(found: object) -> bool:
    return isinstance(found, str) and len(found) <= LENGTH and found.isprintable()


_EMPTY = Mapping("", Layout(), ())
_EMPTY_COLUMN = Column("", "", "")
