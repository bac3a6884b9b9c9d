"""The shape of a built-in template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Step = Mapping[str, Any]


@dataclass(frozen=True)
class Starter:
    """What a new record of a kind starts with, as the paper has it.

    ``values`` by field name in the unit of the field; chemicals by their short name; ``rows`` of
    ingredients; ``steps`` in order; ``notes`` say what the paper leaves open or contradicts.
    """

    key: str
    kind: str
    name: str
    values: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]] = ()
    steps: Sequence[Step] = ()
    notes: Sequence[str] = ()


def step(kind: str, **planned: object) -> Step:
    """Return a planned step; its quantities are those of samples.quantities."""
    return {"kind": kind, "planned": planned}
