"""A mapping in words: how the table is written, what each column means."""

from measurements.mappings.layout import DECIMALS, ENCODINGS, SEPARATORS, THOUSANDS
from measurements.mappings.mapping import Column, Mapping
from measurements.mappings.quantities import NONE, QUANTITIES

CANONICAL_SIGNS = {
    "current_ampere": "Positive current charges the cell, negative discharges it.",
    "imaginary_impedance_ohm": "Im Z is negative where the cell is capacitive; many files give "
    "−Im Z: flip those.",
    "phase_degree": "The phase is negative where the cell is capacitive.",
}
"""What the sign of a quantity means, by canonical column."""


def layout_words(mapping: Mapping) -> list[str]:
    """Return sentences on how the table is written."""
    layout = mapping.layout
    if layout.sheet:
        lines = [f"Excel workbook, sheet {layout.sheet}."]
    else:
        separator = SEPARATORS[layout.separator]
        lines = [f"Text in {ENCODINGS[layout.encoding]}, columns parted by {separator}."]
    signs = f"Decimal {DECIMALS[layout.decimal]}"
    if layout.thousands:
        signs += f", thousands marked by {THOUSANDS[layout.thousands]}"
    lines.append(f"{signs}.")
    if layout.headings_line:
        lines.append(
            f"Headings in line {layout.headings_line}, data from line {layout.first_line} on."
        )
    else:
        lines.append(f"No headings, data from line {layout.first_line} on.")
    lines.append(_applied(mapping))
    return lines


def _applied(mapping: Mapping) -> str:
    part = f"whose name contains “{mapping.name_contains}”" if mapping.name_contains else ""
    if mapping.layout.headings_line:
        return f"Reads by itself every file {part + ' ' if part else ''}with the same headings."
    return (
        f"Reads by itself every file {part} of as many columns."
        if part
        else ("Never reads a file by itself: a table without headings has no mark of its own.")
    )


def column_words(column: Column) -> str:
    """Return what one column means."""
    quantity = QUANTITIES[column.quantity]
    words = quantity.label if column.unit == NONE else f"{quantity.label} in {column.unit}"
    if column.offset:
        words += f", {column.offset:+g} {column.unit} added"
    return f"{words}, sign flipped" if column.flip else words
