"""Findings about the onset of oxidation in words."""

import re
from collections.abc import Iterator

import numpy as np

from analysis.methods import Flag
from analysis.methods._lsv_onsets import NOISE_FACTOR, THRESHOLD_SHARE, Onsets
from analysis.science.onset import pre_peaks

DROP_V = 0.010
PEAK_SHARE = 0.02
"""A maximum below this share of the threshold is no peak, however quiet the current."""

LARGE_SURFACE = ("carbon", "c", "composite", "porous", "superp", "mesh", "foam", "cnt", "kb")
PLANAR_ALL_THE_SAME = "glassy"


def onset_flags(onsets: Onsets) -> tuple[Flag, ...]:
    """Return the flags of ANALYSES A07."""
    return (
        *_not_reached(onsets),
        *_noise(onsets),
        *_baseline(onsets),
        *_peaks(onsets),
        *_drop(onsets),
        *_electrode(onsets),
        *_uncertainty(onsets),
    )


def _listed(levels: tuple[float, ...]) -> str:
    return ", ".join(f"{level:g}" for level in levels)


def _not_reached(onsets: Onsets) -> Iterator[Flag]:
    levels = tuple(level for level, crossed in onsets.found.items() if crossed is None)
    if levels:
        yield Flag(
            "LSV_NO_ONSET",
            "info",
            f"The current density never stays above {_listed(levels)} µA/cm² over its baseline for "
            f"{onsets.params.consecutive_points} points up to {onsets.end_v:.3f} V: these onsets "
            "are lower limits, without an uncertainty.",
            {"thresholds_ua_cm2": list(levels), "end_v": onsets.end_v},
        )


def _noise(onsets: Onsets) -> Iterator[Flag]:
    noise = onsets.scan.sweep.noise
    wanted = {onsets.params.threshold_ua_cm2, 1.0, 100.0}
    drowned = tuple(sorted(level for level in wanted if level not in onsets.found))
    levels = tuple(sorted({*onsets.noisy, *drowned}))
    if levels:
        omitted = f" Not given, below the noise: {_listed(drowned)} µA/cm²." if drowned else ""
        severe = onsets.params.threshold_ua_cm2 in levels
        yield Flag(
            "LSV_NOISE",
            "warn" if severe else "info",
            f"The noise is {noise:.3g} µA/cm²; {NOISE_FACTOR:g} times that is above the "
            f"threshold of {_listed(levels)} µA/cm².{omitted}",
            {"noise_ua_cm2": noise, "thresholds_ua_cm2": list(levels)},
        )


def _baseline(onsets: Onsets) -> Iterator[Flag]:
    line, threshold = onsets.lines[0], onsets.params.threshold_ua_cm2
    low, high = onsets.window
    potential = onsets.scan.sweep.potential
    onset_v = float(potential[onsets.first_row])
    change = line.slope * (onset_v - (low + high) / 2)
    if abs(change) > THRESHOLD_SHARE * threshold:
        yield Flag(
            "LSV_BASELINE_SLOPED",
            "warn",
            f"The baseline changes by {change:+.3g} µA/cm² from the middle of its window to "
            f"{onset_v:.3f} V, more than {THRESHOLD_SHARE:.0%} of the threshold "
            f"({threshold:g} µA/cm²): the onset depends on how it is continued.",
            {"slope_ua_cm2_v": line.slope, "change_ua_cm2": change},
        )
    level = float(line.at(np.array([(low + high) / 2]))[0])
    if abs(level) > threshold:
        yield Flag(
            "LSV_BACKGROUND_HIGH",
            "warn",
            f"The background of {level:.4g} µA/cm² is above the threshold of {threshold:g} µA/cm². "
            "Leakage, side reactions, or a wrong unit of current or area?",
            {"background_ua_cm2": level},
        )
    if onset_v < high:
        yield Flag(
            "LSV_ONSET_IN_BASELINE",
            "warn",
            f"Oxidation sets in at {onset_v:.3f} V, within the baseline window up to {high:.3f} V: "
            "lower baseline_to_v.",
            {"onset_v": onset_v, "window_end_v": high},
        )


def _peaks(onsets: Onsets) -> Iterator[Flag]:
    rows = slice(onsets.start, onsets.first_row + 1)
    sweep, least = onsets.scan.sweep, PEAK_SHARE * onsets.params.threshold_ua_cm2
    peaks = pre_peaks(sweep, onsets.lines[0], rows, least)
    if peaks.size:
        rise = sweep.smooth - onsets.lines[0].at(sweep.potential)
        largest = int(peaks[rise[peaks].argmax()])
        yield Flag(
            "LSV_PRE_PEAK",
            "warn",
            f"{peaks.size} maxima of the current before the onset, the largest of "
            f"{rise[largest]:.3g} µA/cm² at {sweep.potential[largest]:.3f} V: an impurity or a "
            "film on the electrode is oxidised first.",
            {"peaks_v": [float(sweep.potential[row]) for row in peaks[:10]]},
        )


def _drop(onsets: Onsets) -> Iterator[Flag]:
    scan = onsets.scan
    crossed = [crossing for crossing in onsets.found.values() if crossing is not None]
    if not crossed or onsets.params.correct_ir:
        return
    row = max(crossing.row for crossing in crossed)
    drop = float(scan.sweep.smooth[row]) * 1e-6 * scan.area.value * scan.resistance_ohm
    if drop > DROP_V:
        yield Flag(
            "IR_DROP",
            "warn",
            f"Over {scan.resistance_ohm:g} Ω the current at the last onset drops "
            f"{1e3 * drop:.3g} mV (limit {1e3 * DROP_V:g} mV), which is not corrected: the true "
            "onset is lower by that. Set correct_ir.",
            {"drop_v": drop, "resistance_ohm": scan.resistance_ohm},
        )


def _electrode(onsets: Onsets) -> Iterator[Flag]:
    words = re.split(r"[^a-z]+", onsets.scan.electrode.lower().replace("super p", "superp"))
    if PLANAR_ALL_THE_SAME in words or not set(words) & set(LARGE_SURFACE):
        yield Flag(
            "PLANAR_ELECTRODE",
            "info",
            f"On a planar electrode ({onsets.scan.electrode}) oxidation shows later than on the "
            "large surface of a composite: the stability is overestimated. Compare only the same "
            "electrode, rate and definition.",
        )


def _uncertainty(onsets: Onsets) -> Iterator[Flag]:
    missing = [onsets.scan.area.assumed] if onsets.scan.area.assumed else []
    if onsets.scan.voltage_u_v is None:
        missing.append("voltage_accuracy_v unknown, taken as 0")
    if missing:
        yield Flag(
            "UNCERTAINTY_INCOMPLETE",
            "info",
            f"No uncertainty was entered for some inputs; assumed: {', '.join(missing)}.",
            {"assumed": missing},
        )
    if onsets.unbounded:
        yield Flag(
            "LSV_ONSET_AT_END",
            "warn",
            f"The sweep ends at {onsets.end_v:.3f} V, so soon after the onset at "
            f"{_listed(onsets.unbounded)} µA/cm² that its uncertainty is bounded below only.",
            {"thresholds_ua_cm2": list(onsets.unbounded)},
        )
