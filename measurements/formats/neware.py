"""Neware .nda, .ndax and zipped .ndc folders through fastnda (BSD-3), cycles as it counted.

Here stand recognition, the calls of the library and the checks; ``_neware_container`` guards
against cut-off and oversized files, ``_neware_table`` and ``_neware_metadata`` rename.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import (
    DROPPABLE_FRACTION,
    Source,
    clean_text,
    finish,
    no_rows,
    under_name,
)
from measurements.formats._clock import LOCAL_TIME, WITHOUT_ZONE
from measurements.formats._neware_container import (
    NDA_MAGIC,
    ZIP_MAGIC,
    Container,
    inspect_container,
    library_errors,
    reason,
)
from measurements.formats._neware_folder import as_ndax, is_single
from measurements.formats._neware_metadata import from_nda, from_ndax
from measurements.formats._neware_table import to_frame

if TYPE_CHECKING:
    import polars as pl

NET_STEPS = frozenset({"PULSE", "SIM"})
FIRST_MEMBERS = (b"data.ndc", b"Step.xml", b"EditStep.xml", b"TestInfo.xml", b"VersionInfo.xml")
ZIP_NAME_AT = 30
"""Names of a first member of an .ndax, and where that name stands in a zip archive."""

SAID = {
    "Raw cycle column missing": (
        "CYCLE_COUNTED",
        "The file has no cycle numbers: they are counted from the order of the half-cycles.",
    ),
    "negative jumps": (
        "CLOCK_JUMPS",
        "The clock of the file jumps back; the test time is not affected.",
    ),
    "aux channels": (
        "AUXILIARY_LOST",
        "The auxiliary channels are left out: TestInfo.xml does not describe them.",
    ),
    "Aux files found": (
        "AUXILIARY_LOST",
        "The auxiliary channels are left out: TestInfo.xml cannot be read.",
    ),
    "has not been checked": (
        "UNVERIFIED_VERSION",
        "This version of the file format has not been checked against an export of the vendor.",
    ),
    "not been verified": (
        "UNVERIFIED_VERSION",
        "This version of the file format has not been checked against an export of the vendor.",
    ),
}
"""Part of a message of fastnda -> notice."""

UNHELPFUL = "has not been thoroughly tested"
UNREADABLE_METADATA = "Facts beside the records (channel, start time ...) are left out:"


def sniff(sample: Sample) -> bool:
    """Tell a Neware file by its magic, or a zip archive by the names of its members."""
    if sample.head.startswith(NDA_MAGIC) or is_single(sample.head):
        return True
    if not sample.head.startswith(ZIP_MAGIC):
        return False
    return sample.head[ZIP_NAME_AT:].startswith(FIRST_MEMBERS) or b".ndc" in sample.tail


def read(path: Path) -> Reading:
    """Read a Neware file; FormatError when it is damaged, cut off, empty or of unknown version."""
    with as_ndax(path) as whole:
        return _read(whole)


def _read(path: Path) -> Reading:
    container = inspect_container(path)
    name = path.name if path.suffix.lower() == container.suffix else f"file{container.suffix}"
    with under_name(path, name) as typed, _hear_library() as said:
        frame = to_frame(
            _read_records(typed, path.name, container), local_clock=container.local_clock
        )
        metadata = _read_metadata(typed, container, said)
    source = Source(path.name, "record")
    if frame.empty:
        raise no_rows(source)
    notices = [*container.notices, *_notices(said)]
    _check_records(source, frame, notices)
    return finish(
        source,
        columns.CYCLING,
        frame,
        metadata=metadata,
        notices=notices,
        strict_time=True,
    )


class _Listener(logging.Handler):
    """Keeps the texts of warnings and worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextmanager
def _hear_library() -> Iterator[list[str]]:
    """Yield the list of what fastnda logs or warns meanwhile; complete at the end."""
    logger = logging.getLogger("fastnda")
    listener = _Listener()
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(listener)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            yield listener.said
        listener.said.extend(str(warning.message) for warning in warned)
    finally:
        logger.removeHandler(listener)
        logger.propagate = propagate


def _read_records(path: Path, name: str, container: Container) -> "pl.DataFrame":
    """Let the library read the records; every way in which it fails becomes a FormatError."""
    import fastnda

    try:
        table: pl.DataFrame = fastnda.read(path, cycle_mode="raw", raw_categories=True)
    except NotImplementedError as error:
        raise FormatError(
            f"{name} is of a Neware version that cannot be read",
            place="the header",
            found=f"version {container.version} ({reason(error)})",
            expected="a version that BTS 5 to 9 writes; please export it as .csv or .ndax",
            code="E_UNSUPPORTED",
        ) from error
    except library_errors() as error:
        raise FormatError(
            f"{name} is damaged: its records cannot be read",
            place="the records",
            found=reason(error),
            expected=f"complete records of Neware version {container.version}",
            code="E_DAMAGED",
        ) from error
    return table


def _read_metadata(path: Path, container: Container, said: list[str]) -> dict[str, object]:
    """Return the facts beside the records; damaged ones are left out with a notice."""
    import fastnda

    kind = "nda_version" if container.suffix == ".nda" else "ndc_version"
    version: dict[str, object] = {kind: container.version}
    try:
        nda = container.suffix == ".nda"
        facts = from_nda(fastnda.read_metadata(path)) if nda else from_ndax(path)
    except library_errors() as error:
        said.append(f"{UNREADABLE_METADATA} {reason(error)}")
        return version
    return version | facts


def _notices(said: list[str]) -> list[Notice]:
    """Return notices for what the library said; unknown sayings in its own words."""
    notices: dict[str, Notice] = {}
    for text in said:
        if UNHELPFUL in text:
            continue
        known = next((notice for part, notice in SAID.items() if part in text), None)
        code, message = known or ("READER_SAYS", clean_text(text, 300))
        notices.setdefault(code if known else message, Notice(code, message))
    return list(notices.values())


def _check_records(source: Source, frame: pd.DataFrame, notices: list[Notice]) -> None:
    """Refuse what only damage can do to the counters of a cycler; notice lost records."""
    _check_record_numbers(source, frame, notices)
    for name in (columns.CYCLE, columns.STEP):
        _refuse_decrease(source, frame, name, np.ones(len(frame), dtype=bool))
    if {columns.STEP, columns.STEP_TIME} <= set(frame):
        same_step = frame[columns.STEP].diff().to_numpy() == 0
        _refuse_decrease(source, frame, columns.STEP_TIME, same_step)
    if columns.STEP_TYPE in frame and NET_STEPS.intersection(frame[columns.STEP_TYPE].unique()):
        notices.append(
            Notice(
                "NET_STEP_CAPACITY",
                "Pulse and SIM steps charge and discharge: their step capacities are net values.",
            )
        )
    if LOCAL_TIME in frame:
        notices.append(WITHOUT_ZONE)


def _check_record_numbers(source: Source, frame: pd.DataFrame, notices: list[Notice]) -> None:
    """Notice gaps in the numbers of the records; FormatError when more than 1 % are missing."""
    numbers = frame[columns.RECORD].to_numpy(dtype=np.float64)
    missing = int(numbers[-1] - numbers[0]) + 1 - len(numbers)
    if missing == 0:
        return
    before = int(np.flatnonzero(np.diff(numbers) != 1)[0])
    place = source.place(before)
    if missing < 0 or missing > DROPPABLE_FRACTION * len(numbers):
        raise FormatError(
            f"{source.name} is damaged: records are missing",
            place=f"the gap after {place}",
            found=f"{len(numbers)} records numbered {numbers[0]:.0f} to {numbers[-1]:.0f}",
            expected="records numbered without gaps",
            code="E_DAMAGED",
        )
    notices.append(
        Notice("RECORDS_MISSING", f"Records are missing: {missing}, the first after {place}.")
    )


def _refuse_decrease(
    source: Source, frame: pd.DataFrame, name: str, within: NDArray[np.bool_]
) -> None:
    """Raise FormatError where a counter falls between two rows, the second being ``within``."""
    if name not in frame:
        return
    values = frame[name].to_numpy(dtype=np.float64)
    back = np.flatnonzero((np.diff(values) < 0) & within[1:]) + 1
    if back.size:
        raise FormatError(
            f"{source.name} is damaged: {name} goes down",
            place=source.place(int(back[0])),
            found=f"{values[back[0] - 1]:.10g}, then {values[back[0]]:.10g}",
            expected="a number that never goes down" + (" within a step" * (not within.all())),
            code="E_DAMAGED",
        )


FORMAT = Format(
    name="neware",
    title="Neware .nda/.ndax",
    suffixes=(".nda", ".ndax"),
    kinds=(columns.CYCLING,),
    sniff=sniff,
    read=read,
)
