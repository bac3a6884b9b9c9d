"""Onsets of a sweep by every definition, each with its uncertainty, as metrics."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.methods import MethodError, Metric
from analysis.methods._lsv_params import Params
from analysis.methods._lsv_sweep import CHARGING_V, NARROWEST_V, Scan
from analysis.science.onset import (
    Crossing,
    Doubt,
    Floats,
    Line,
    Scatter,
    Tangent,
    baseline,
    crossing,
    largest_curvature,
    scatter,
    tangent,
)
from analysis.science.uncertainty import interval, quadrature

ALWAYS_UA_CM2 = (1.0, 100.0)
"""Thresholds reported beside the chosen one."""

WINDOW_V = 0.2
THRESHOLD_SHARE = 0.2
"""Half-widths over which ends of the baseline window and the threshold are drawn (ANALYSES A07)."""

WINDOWS, DRAWS = 20, 50
"""Baselines drawn, and draws of noise and threshold with each."""

TAIL = (2.5, 97.5)
NOISE_FACTOR = 3.0
ONSET = "oxidation_onset_potential"


@dataclass(frozen=True)
class Onsets:
    """What a sweep shows: the first of ``lines`` is its baseline over ``window`` (V).

    ``found`` holds by threshold (µA/cm²) the crossing, None where the sweep never passes it.
    """

    scan: Scan
    params: Params
    window: tuple[float, float]
    lines: tuple[Line, ...]
    start: int
    found: dict[float, Crossing | None]
    scatters: dict[float, Scatter]
    tangent: Tangent | None
    tangents: Floats
    bend: tuple[float, Floats] | None

    @property
    def rise(self) -> Floats:
        """Current density above the baseline (n,) in µA/cm²."""
        sweep = self.scan.sweep
        return sweep.density - self.lines[0].at(sweep.potential)

    @property
    def end_v(self) -> float:
        """Where the sweep ends."""
        return float(self.scan.sweep.potential[-1])

    @property
    def first_row(self) -> int:
        """Row at which the chosen threshold is passed, that of the end where it never is."""
        crossed = self.found.get(self.params.threshold_ua_cm2)
        return len(self.rise) - 1 if crossed is None else crossed.row

    @property
    def noisy(self) -> tuple[float, ...]:
        """Thresholds below three standard deviations of the noise."""
        noise = self.scan.sweep.noise
        return tuple(level for level in self.found if NOISE_FACTOR * noise > level)

    @property
    def unbounded(self) -> tuple[float, ...]:
        """Thresholds passed so near to the end of the sweep that nothing bounds them above."""
        limit = 1 - TAIL[1] / 100
        return tuple(level for level, drawn in self.scatters.items() if drawn.missed > limit)


def find_onsets(scan: Scan, params: Params, seed: int) -> Onsets:
    """Return baseline and onsets; raises MethodError without half a volt of baseline."""
    sweep = scan.sweep
    window = _window(scan, params)
    rng = np.random.default_rng(seed)
    lines = _baselines(scan, window, rng)
    start = int(np.argmax(sweep.potential >= window[0]))
    rise = (sweep.density - lines[0].at(sweep.potential))[start:]
    _require_oxidation(scan, rise, params.threshold_ua_cm2)
    run = params.consecutive_points
    found: dict[float, Crossing | None] = {}
    scatters = {}
    scale_u = scan.area.u / scan.area.value
    doubt = Doubt(THRESHOLD_SHARE, scale_u, scan.voltage_u_v or 0.0, run)
    for level in sorted({params.threshold_ua_cm2, *ALWAYS_UA_CM2}):
        crossed = crossing(sweep.potential[start:], rise, level, run)
        if crossed is None:
            found[level] = None
        elif sweep.noise <= level:
            found[level] = Crossing(crossed.potential, crossed.row + start)
            scatters[level] = scatter(sweep, lines, start, level, doubt, rng, DRAWS)
    risen = found.get(params.threshold_ua_cm2) is not None
    tangents = [tangent(sweep, line) for line in lines] if risen else [None]
    return Onsets(
        scan=scan,
        params=params,
        window=window,
        lines=lines,
        start=start,
        found=found,
        scatters=scatters,
        tangent=tangents[0],
        tangents=np.array([other.potential for other in tangents[1:] if other]),
        bend=largest_curvature(sweep, window[0], rng, WINDOWS * 5) if params.curvature else None,
    )


def _window(scan: Scan, params: Params) -> tuple[float, float]:
    """Return the baseline window, clear of the charging at the start."""
    begin, end = float(scan.sweep.potential[0]), float(scan.sweep.potential[-1])
    low, high = max(params.baseline_from_v, begin + CHARGING_V), min(params.baseline_to_v, end)
    if high - low < NARROWEST_V:
        raise MethodError(
            "E_NO_BASELINE",
            f"The sweep from {begin:.3f} to {end:.3f} V leaves {max(high - low, 0):.3f} V of "
            f"baseline between {low:.3f} and {params.baseline_to_v:g} V; at least "
            f"{NARROWEST_V:g} V are needed. Choose baseline_from_v and baseline_to_v, or sweep "
            "further.",
        )
    return low, high


def _baselines(
    scan: Scan, window: tuple[float, float], rng: np.random.Generator
) -> tuple[Line, ...]:
    """Return the baseline and those of windows whose ends are drawn within ±0.2 V."""
    sweep = scan.sweep
    begin, end = float(sweep.potential[0]), float(sweep.potential[-1])
    shifts = rng.uniform(-WINDOW_V, WINDOW_V, (WINDOWS, 2))
    windows = [window] + [
        (max(window[0] + low, begin), min(window[1] + high, end)) for low, high in shifts
    ]
    return tuple(baseline(sweep.potential, sweep.density, chosen) for chosen in windows)


def _require_oxidation(scan: Scan, rise: Floats, threshold: float) -> None:
    """Refuse a current that falls where oxidation would raise it: its sign is reversed."""
    last = float(np.median(rise[-max(len(rise) // 20, 5) :]))
    limit = max(threshold, NOISE_FACTOR * scan.sweep.noise)
    if last < -limit:
        raise MethodError(
            "E_WRONG_KIND",
            f"The current density falls to {last:.4g} µA/cm² below its baseline at the end of the "
            "rising sweep; oxidation raises it. The sign of the current is reversed, or the "
            "baseline window holds another process.",
        )


def onset_metrics(onsets: Onsets) -> tuple[Metric, ...]:
    """Return the onset by every definition, and the background current density."""
    found = [_of_threshold(onsets, level) for level in onsets.found]
    if onsets.tangent is not None:
        found.append(_of_tangent(onsets, onsets.tangent))
    if onsets.bend is not None:
        value, drawn = onsets.bend
        u = quadrature(float(np.std(drawn - value)), _voltage_u(onsets))
        words = _words(onsets, "where the logarithm of the current density bends upwards most")
        found.append(_metric(value, u, "maximum curvature", words, interval(value, u)))
    return (*found, _background(onsets))


def _words(onsets: Onsets, how: str) -> str:
    scan, params = onsets.scan, onsets.params
    drop = f", iR-corrected for {scan.resistance_ohm:g} Ω" if params.correct_ir else ""
    return f"{how}; {scan.declared_mv_s:g} mV/s, {scan.electrode}, vs Li+/Li{drop}"


def _metric(
    value: float, u: float | None, definition: str, words: str, bounds: Sequence[float | None]
) -> Metric:
    return Metric(ONSET, value, u, bounds[0], bounds[1], qualifier=definition, definition=words)


def _voltage_u(onsets: Onsets) -> float:
    return onsets.scan.voltage_u_v or 0.0


def _of_threshold(onsets: Onsets, level: float) -> Metric:
    crossed, run = onsets.found[level], onsets.params.consecutive_points
    definition = f"{level:g} µA/cm²"
    words = _words(
        onsets, f"first potential {level:g} µA/cm² above the baseline for {run} points in a row"
    )
    if crossed is None:
        return Metric(
            ONSET, _passed_nowhere(onsets, level), censored="lower", qualifier=definition,
            definition=words,
        )  # fmt: skip
    drawn = onsets.scatters[level].differences
    low, high = (crossed.potential + float(tail) for tail in np.percentile(drawn, TAIL))
    if level in onsets.unbounded:
        return _metric(crossed.potential, None, definition, words, (low, None))
    u = math.sqrt(float(np.mean(drawn**2)))
    return _metric(crossed.potential, u, definition, words, (low, high))


def _passed_nowhere(onsets: Onsets, level: float) -> float:
    """Return the potential up to which the density certainly stayed below a threshold.

    Points above it at the very end are fewer than a run, but show where it may begin.
    """
    below = np.flatnonzero(onsets.rise < level)
    return float(onsets.scan.sweep.potential[below[-1]])


def _of_tangent(onsets: Onsets, found: Tangent) -> Metric:
    drawn = onsets.tangents - found.potential
    window_u = math.sqrt(float(np.mean(drawn**2))) if drawn.size else 0.0
    u = quadrature(found.u, window_u, _voltage_u(onsets))
    words = _words(
        onsets,
        "baseline meets the line through 10 to 50 % of the rise at the end of the sweep, "
        f"{onsets.end_v:.3f} V, on which it depends",
    )
    return _metric(found.potential, u, "tangent", words, interval(found.potential, u))


def _background(onsets: Onsets) -> Metric:
    scan, (low, high) = onsets.scan, onsets.window
    middle = np.array([(low + high) / 2])
    values = np.array([float(line.at(middle)[0]) for line in onsets.lines])
    inside = (scan.sweep.potential >= low) & (scan.sweep.potential <= high)
    count = int(np.count_nonzero(inside))
    u = quadrature(
        math.sqrt(float(np.mean((values[1:] - values[0]) ** 2))),
        scan.sweep.noise / math.sqrt(count),
        scan.area.u / scan.area.value * float(values[0]),
    )
    bounds = interval(float(values[0]), u)
    return Metric(
        "background_current_density", float(values[0]), u, *bounds, n=count,
        definition=f"baseline (Theil-Sen) in the middle of {low:.2f} to {high:.2f} V",
    )  # fmt: skip
