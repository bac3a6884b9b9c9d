"""The vocabulary: every metric's name, title, symbol, unit, meaning and ontology term."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

Kind = Literal["continuous", "count", "ratio", "boolean"]

TEXT_UNITS = frozenset({"S*s**alpha", "ohm*N**b"})
"""Units with a fitted exponent in them, for reading only; all others are pint's."""


@dataclass(frozen=True)
class Term:
    """One metric.

    ``title`` is the name as people write it; ``unit`` is pint's (empty for yes or no), ``ucum``
    the same in UCUM; ``meaning`` is one sentence; ``analyses`` are numbered as in the
    specification; ``term`` names the nearest ontology term, prefix E for EMMO electrochemistry,
    EMMO, CH for CHAMEO, BDF for a column.
    """

    name: str
    title: str
    symbol: str
    unit: str
    ucum: str
    kind: Kind
    meaning: str
    analyses: tuple[str, ...]
    term: str


def _read(path: Path) -> Mapping[str, Term]:
    """Return the terms by name; raises ValueError for a name given twice."""
    terms: dict[str, Term] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["name"] in terms:
                raise ValueError(f"{path.name} defines {row['name']!r} a second time")
            terms[row["name"]] = Term(
                name=row["name"],
                title=row["title"],
                symbol=row["symbol"],
                unit=row["unit"],
                ucum=row["ucum"],
                kind=cast(Kind, row["kind"]),
                meaning=row["meaning"],
                analyses=tuple(row["analyses"].split()),
                term=row["term"],
            )
    return MappingProxyType(terms)


VOCABULARY = _read(Path(__file__).with_name("vocabulary.csv"))


def unit_of(name: str) -> str:
    """Return the unit of a metric; raises KeyError for a name outside the vocabulary."""
    return VOCABULARY[name].unit
