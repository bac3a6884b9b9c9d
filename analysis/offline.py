"""Analyses without a database: read files, compute, return the result object."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.methods import ArrayFrame, Fact, Flag, Inputs, Method, MethodError
from analysis.params import build_params
from analysis.result import refusal_json, result_json
from measurements.discovery import read_file
from measurements.formats import FormatError, Reading


def analyse_files(
    method: Method,
    files: Mapping[str, Path],
    facts: Mapping[str, Fact],
    params: Mapping[str, object],
) -> dict[str, Any]:
    """Return the result of a method on files by role, as JSON-ready object.

    An expected error gives an object of status failed that says why.
    """
    hashes = {role: _sha256(path) for role, path in files.items()}
    chosen: Any = None
    try:
        chosen = build_params(method, params)
        readings = {role: _read(path) for role, path in files.items()}
        inputs = Inputs(
            frames={role: _frame(reading) for role, reading in readings.items()},
            facts=facts,
            metadata=readings[method.roles[0]].metadata,
            seed=int(hashes[method.roles[0]][:8], 16),
        )
        _check_kind(method, readings[method.roles[0]], files[method.roles[0]])
        result = method.run(inputs, chosen)
        result = replace(result, flags=(*_notices(readings), *result.flags))
    except MethodError as error:
        return refusal_json(method, chosen, hashes, error)
    return result_json(method, chosen, hashes, result)


def _read(path: Path) -> Reading:
    try:
        _format, reading = read_file(path, path.name)
    except FormatError as error:
        raise MethodError(error.code, str(error)) from error
    except OSError as error:
        raise MethodError("E_NO_FILE", f"{path}: {error.strerror}.") from error
    return reading


def _notices(readings: Mapping[str, Reading]) -> Iterator[Flag]:
    """Yield what readers noticed about the files."""
    for reading in readings.values():
        for notice in reading.notices:
            yield Flag(notice.code, "info", notice.message)


def _frame(reading: Reading) -> ArrayFrame:
    return ArrayFrame({str(name): column.to_numpy() for name, column in reading.frame.items()})


def _check_kind(method: Method, reading: Reading, path: Path) -> None:
    if reading.kind not in method.kinds:
        raise MethodError(
            "E_WRONG_KIND",
            f"{path.name}: found {reading.kind} data; {method.name} needs "
            f"{' or '.join(method.kinds)} data.",
        )


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
