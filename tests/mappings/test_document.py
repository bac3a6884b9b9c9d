"""Mappings as JSON: in and out, every wrong field with its sentence; when they apply themselves."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from measurements.mappings.document import MappingError, from_json, to_json
from measurements.mappings.guess import guess_layout
from measurements.mappings.layout import Layout, read_head, width_of
from measurements.mappings.mapping import Column, Mapping
from measurements.mappings.signature import applies

CYCLING = Mapping(
    "cycling",
    Layout(separator=";", decimal=","),
    (
        Column("t", "test_time_second", "h", offset=-1.5),
        Column("U", "voltage_volt", "mV"),
        Column("I", "current_ampere", "mA", flip=True),
    ),
    headings=("t", "U", "I"),
)
TEXT = "t;U;I\n0,5;3500;1,5\n1,5;3500;1,5\n2,5;3500;1,5\n"


def test_a_mapping_survives_json() -> None:
    assert from_json(to_json(CYCLING)) == CYCLING


@pytest.mark.parametrize(
    ("path", "value", "field", "sentence"),
    [
        ("kind", "cycles", "kind", "Found 'cycles'; allowed are: cycling"),
        ("kind", "dsc", "columns", "Say which column is Temperature and which Heat flow"),
        ("layout.separator", "x", "layout.separator", "allowed are: '\\t', ';', ',', '|', ' '"),
        ("layout.separator", ",", "layout.separator", "part the columns and mark the decimals"),
        ("layout.thousands", ",", "layout.thousands", "cannot mark decimals and thousands"),
        ("layout.encoding", "utf-7", "layout.encoding", "allowed are: utf-8, cp1252"),
        ("layout.first_line", 1, "layout.first_line", "begins below the headings"),
        ("layout.headings_line", 10**9, "layout.headings_line", "whole number from 0 to 500"),
        ("layout.headings_line", True, "layout.headings_line", "whole number"),
        ("headings", ["t", "U\0"], "headings", "Expected texts"),
        ("units", ["\ud800"], "units", "Expected texts"),
        ("columns.1.offset", 10**400, "columns.1.offset", "finite number"),
        ("layout", [], "layout", "Expected a JSON object"),
        ("layout.eval", "1", "layout.eval", "Unknown; known are"),
        ("columns", "U", "columns", "Expected a list"),
        ("columns.1", 7, "columns.1", "Expected a JSON object"),
        ("columns.1.heading", "t", "columns.1.heading", "mapped already"),
        ("columns.1.quantity", "voltage", "columns.1.quantity", "Found 'voltage'; allowed are"),
        ("columns.1.quantity", "current_ampere", "columns.1.unit", "mV is no unit of Current"),
        ("columns.1.unit", "", "columns.1.unit", "Choose the unit of Voltage"),
        ("columns.1.unit", "kg", "columns.1.unit", "kg is no unit of Voltage; allowed are: V, mV"),
        ("columns.0.flip", True, "columns.0.flip", "Test time is never negative"),
        ("columns.0.flip", "yes", "columns.0.flip", "true or false"),
        ("columns.0.unit", "hh:mm:ss", "columns.0.offset", "Nothing can be added"),
        ("columns.0.offset", float("nan"), "columns.0.offset", "finite number"),
        ("columns.0.heading", "x" * 200, "columns.0.heading", "at most 120 letters"),
        ("headings", [1], "headings", "Expected texts"),
        ("name_contains", "a", "name_contains", "at least 3 letters"),
    ],
)
def test_a_wrong_field_is_named(path: str, value: object, field: str, sentence: str) -> None:
    sent: Any = deepcopy(to_json(CYCLING))
    *way, last = path.split(".")
    part = sent
    for step in way:
        part = part[int(step)] if step.isdigit() else part[step]
    part[int(last) if last.isdigit() else last] = value

    with pytest.raises(MappingError) as caught:
        from_json(sent)

    assert field in caught.value.errors
    assert sentence in caught.value.errors[field]


def test_two_columns_of_one_quantity_are_refused() -> None:
    sent = to_json(CYCLING)
    sent["columns"].append({"heading": "U2", "quantity": "voltage_volt", "unit": "V"})

    with pytest.raises(MappingError, match=r"columns.3.quantity: Another column is mapped"):
        from_json(sent)


def test_what_is_no_object_is_refused() -> None:
    for sent in (None, [], "mapping", 7):
        with pytest.raises(MappingError, match="mapping: Expected a JSON object"):
            from_json(sent)


@pytest.mark.parametrize(
    ("text", "applied"),
    [
        (TEXT, True),
        (TEXT.replace("t;U;I", " t ; U;I "), True),
        (TEXT.replace("t;U;I", "t;U;J"), False),
        (TEXT.replace("t;U;I", "t;u;I"), False),
        (TEXT.replace("t;U;I", "t;U;I;T"), False),
        (TEXT.replace(";", "\t"), False),
        ("Title\n" + TEXT, False),
        (TEXT.replace(",", "."), False),
        (TEXT.replace("t;U;I\n", "t;U;I\nh;V;A\n"), False),
        ("", False),
        ("t;U;I\n", True),
    ],
)
def test_a_mapping_applies_itself_to_the_same_table_only(
    tmp_path: Path, text: str, applied: bool
) -> None:
    path = tmp_path / "other.csv"
    path.write_text(text)

    assert applies(path, "other.csv", CYCLING) is applied


def test_a_table_without_headings_is_known_by_its_name_only(tmp_path: Path) -> None:
    path = tmp_path / "Pull_17.csv"
    path.write_text("0.5,1.5\n0.6,1.6\n0.7,1.7\n")
    layout = guess_layout(path)
    assert layout is not None
    headings = read_head(path, layout, width_of(path, layout)).headings
    mapped = (Column("Column 1", "force_newton", "kN"), Column("Column 2", "extension_mm", "mm"))
    unnamed = Mapping("mechanical", layout, mapped, headings)
    named = Mapping("mechanical", layout, mapped, headings, name_contains="pull_")

    assert not applies(path, "Pull_17.csv", unnamed)
    assert applies(path, "Pull_17.csv", named)
    assert not applies(path, "sample.csv", named)


def test_units_below_the_headings_are_part_of_what_a_table_is(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text("t;U;I\nh;mV;mA\n0,5;3500;1,5\n1,5;3500;1,5\n")
    layout = Layout(separator=";", decimal=",", first_line=3)
    known = Mapping("cycling", layout, CYCLING.columns, ("t", "U", "I"), ("h", "mV", "mA"))

    assert applies(path, "units.csv", known)
    path.write_text("t;U;I\nh;mV;A\n0,5;3500;1,5\n1,5;3500;1,5\n")
    assert not applies(path, "units.csv", known)
