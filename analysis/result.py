"""The result object of ANALYSES 0.1 as JSON, for commands and the API."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from analysis.methods import Flag, Method, MethodError, Metric, Result
from analysis.vocabulary import unit_of


def metric_json(metric: Metric) -> dict[str, Any]:
    """Return one metric with its unit."""
    return asdict(metric) | {"unit": unit_of(metric.name)}


def flag_json(flag: Flag) -> dict[str, Any]:
    """Return one flag."""
    return {
        "code": flag.code,
        "severity": flag.severity,
        "message": flag.message,
        "context": dict(flag.context),
    }


def result_json(
    method: Method, params: Any, inputs: Mapping[str, str], result: Result
) -> dict[str, Any]:
    """Return the result of a run; ``inputs`` are file digests by role."""
    return {
        "analysis": method.name,
        "algorithm_version": method.version,
        "params": asdict(params),
        "inputs": dict(inputs),
        "status": result.status,
        "metrics": [metric_json(metric) for metric in result.metrics],
        "flags": [flag_json(flag) for flag in result.flags],
    }


def refusal_json(
    method: Method, params: Any, inputs: Mapping[str, str], error: MethodError
) -> dict[str, Any]:
    """Return the result of a run that was refused: no metric is published."""
    return {
        "analysis": method.name,
        "algorithm_version": method.version,
        "params": asdict(params) if params is not None else {},
        "inputs": dict(inputs),
        "status": "failed",
        "error": {"code": error.code, "message": error.message},
        "metrics": [],
        "flags": [
            {"code": error.code, "severity": "error", "message": error.message, "context": {}},
            *(flag_json(flag) for flag in error.flags),
        ],
    }
