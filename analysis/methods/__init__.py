"""The contract of an analysis.

One module in this folder, ending in ``METHOD = Method(...)``, is one analysis. A method turns
tables and facts about the subject into metrics with uncertainty, flags and curves. Nothing here
imports Django; modules whose name starts with an underscore are shared by several methods.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Fact = float | str
Severity = Literal["info", "warn", "error"]
Status = Literal["ok", "warning", "failed"]
Censored = Literal["none", "lower", "upper"]


class Frame(Protocol):
    """A table whose columns are read when asked for; arrays of shape (rows,)."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""

    @property
    def rows(self) -> int:
        """Number of rows."""

    def __getitem__(self, column: str) -> NDArray[np.generic]:
        """Return one column; raises KeyError."""


@dataclass(frozen=True)
class Flag:
    """A finding in words: code, severity, a sentence, and the numbers behind it."""

    code: str
    severity: Severity
    message: str
    context: Mapping[str, object] = field(default_factory=dict)


class MethodError(Exception):
    """The analysis refuses: a code and a sentence for the user; no metric is published."""

    def __init__(self, code: str, message: str, flags: tuple[Flag, ...] = ()) -> None:
        """Keep the code, the sentence and the flags found before the refusal."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.flags = flags


@dataclass(frozen=True)
class Metric:
    """A number in the vocabulary's unit with its standard uncertainty (k = 1) and 95 % interval.

    ``u`` is None only when a flag says why. ``index`` is a cycle, peak or step number;
    ``qualifier`` a phase, definition or threshold. Never NaN or infinite.
    """

    name: str
    value: float
    u: float | None = None
    lo95: float | None = None
    hi95: float | None = None
    n: int | None = None
    censored: Censored = "none"
    index: int | None = None
    qualifier: str = ""
    definition: str = ""


@dataclass(frozen=True)
class Trace:
    """One line or set of points of a curve; x, y (and y_u) of one shape, at most 2,000 points."""

    name: str
    x: Floats
    y: Floats
    y_u: Floats | None = None
    mode: Literal["lines", "markers", "lines+markers"] = "lines"
    axis: Literal["y", "y2"] = "y"


@dataclass(frozen=True)
class Curve:
    """A figure ready to draw: axis titles with quantity and unit, traces, shaded ranges, levels."""

    name: str
    title: str
    x_title: str
    y_title: str
    traces: tuple[Trace, ...]
    y2_title: str = ""
    x_log: bool = False
    y_log: bool = False
    equal_axes: bool = False
    y2_range: tuple[float, float] | None = None
    shaded: tuple[tuple[float, float, str], ...] = ()
    levels: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Table:
    """A table beside the run, e.g. one row a cycle: column name (unit in the name) -> array."""

    name: str
    columns: Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True)
class Result:
    """What a method found. ``status`` is warning when a flag of severity warn or error stands."""

    metrics: tuple[Metric, ...]
    flags: tuple[Flag, ...] = ()
    curves: tuple[Curve, ...] = ()
    tables: tuple[Table, ...] = ()
    log: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """``ok`` or ``warning``; a refusal is a MethodError."""
        return "warning" if any(flag.severity != "info" for flag in self.flags) else "ok"


@dataclass(frozen=True)
class Inputs:
    """What a method gets.

    ``frames`` by role (the first role of the method is the main one), ``facts`` about subject and
    measurement under the names of ANALYSES amendment 11 (unit in the name, each may come with
    ``..._u``), ``metadata`` of the main file, ``seed`` derived from the input hashes.
    """

    frames: Mapping[str, Frame]
    facts: Mapping[str, Fact]
    metadata: Mapping[str, object] = field(default_factory=dict)
    seed: int = 0


@dataclass(frozen=True)
class Method:
    """An analysis: when it applies, what it needs, how it runs.

    ``triggers(kind, facts)`` says whether an arriving measurement of that kind starts it;
    ``params`` is a frozen dataclass whose fields all have defaults and
    ``metadata={"help": ..., "min": ..., "max": ..., "choices": ...}``; ``run(inputs, params)``
    returns a Result or raises MethodError.
    """

    name: str
    version: str
    title: str
    summary: str
    kinds: tuple[str, ...]
    params: type
    triggers: Callable[[str, Mapping[str, Fact]], bool]
    run: Callable[..., Result]
    roles: tuple[str, ...] = ("main",)
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class ArrayFrame:
    """A Frame over arrays in memory."""

    arrays: Mapping[str, NDArray[np.generic]]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.arrays)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.arrays.values()), ()))

    def __getitem__(self, column: str) -> NDArray[np.generic]:
        """Return one column; raises KeyError."""
        return self.arrays[column]
