"""Metrics, flags, figures and tables of voltage profiles and dQ/dV."""

from collections.abc import Iterator, Sequence

import numpy as np

from analysis.methods import Curve, Flag, Metric, Table, Trace
from analysis.methods._cycling_curves import MOST_POINTS, scale, trace_name
from analysis.methods._cycling_evaluation import WORDS, Evaluation
from analysis.methods._cycling_metrics import mean_voltages, with_interval
from analysis.methods._cycling_uncertainty import Errors
from analysis.methods._profile_halves import FEWEST_POINTS, Half, Halves, Smoothing
from analysis.science.profiles import min_max_rows
from analysis.science.uncertainty import quadrature

AREA = 0.01
"""By how much the area of dQ/dV may miss the charge (ANALYSES A10)."""

SPACING_V = 0.005
COARSE = 0.5
"""A digit of this share of the grid's step, or more, shows in dQ/dV."""

REVERSED_V = 0.005
REVERSED_NOISE = 6.0
"""A voltage that goes back by this much and by this many times its noise is no noise."""


def metrics(
    evaluation: Evaluation, errors: Errors, halves: Halves, numbers: Sequence[int]
) -> Iterator[Metric]:
    """Yield the potentials of the peaks, and mean voltages of complete cycles, by cycle."""
    for half in halves.drawn:
        for place, peak in enumerate(half.peaks, start=1):
            accuracy = errors.voltage_v
            yield with_interval(
                Metric(
                    "dqdv_peak_potential", peak.potential_v,
                    None if accuracy is None else quadrature(accuracy, peak.u_v),
                    index=half.number, qualifier=f"{WORDS[half.sign]}, peak {place}",
                    definition=f"maximum of |dQ/dV|, {place} of {len(half.peaks)} by potential: "
                    f"{peak.height * 1e3:.4g} mAh/V, prominence {peak.prominence * 1e3:.3g} mAh/V",
                )
            )  # fmt: skip
    complete = evaluation.cycles.complete
    for number in numbers:
        if complete[number - 1]:
            for metric in mean_voltages(evaluation, errors, number - 1):
                yield with_interval(metric)


def half_flags(evaluation: Evaluation, halves: Halves, smoothing: Smoothing) -> Iterator[Flag]:
    """Yield which half-cycles have no dQ/dV or no peak, and whose dQ/dV is to be doubted."""
    yield from _missing(evaluation, halves, smoothing)
    area = [half for half in halves.drawn if half.curve.area_error > AREA]
    if area:
        worst = max(half.curve.area_error for half in area)
        yield Flag(
            "DQDV_AREA",
            "warn",
            f"The area of dQ/dV misses the charge by up to {100 * worst:.1f} % "
            f"({100 * AREA:g} % allowed) in {_told(evaluation, area)}: near an end it has features "
            f"narrower than the window of {smoothing.points * smoothing.step_v * 1e3:g} mV.",
            {"half_cycles": len(area), "largest_share": worst},
        )
    yield from _undersampled(evaluation, halves, smoothing)
    turned = [half for half in halves.drawn if half.curve.reversed_v > _usual_reversal(half)]
    if turned:
        most = max(half.curve.reversed_v for half in turned)
        yield Flag(
            "PROFILE_NOT_MONOTONIC",
            "info",
            f"The voltage goes against its direction by up to {most * 1e3:.1f} mV in "
            f"{_told(evaluation, turned)}; dQ/dV takes it as constant there.",
            {"half_cycles": len(turned), "largest_v": most},
        )


def _missing(evaluation: Evaluation, halves: Halves, smoothing: Smoothing) -> Iterator[Flag]:
    if halves.bare:
        names = [trace_name(evaluation, *place) for place in halves.bare]
        yield Flag(
            "DQDV_TOO_FEW_POINTS",
            "info",
            f"No dQ/dV of {_listed(names)}: fewer than {FEWEST_POINTS} points beside held voltage, "
            f"or voltages over less than {smoothing.least_v * 1e3:.0f} mV.",
            {"half_cycles": len(names)},
        )
    without = [half for half in halves.drawn if not half.peaks]
    if without:
        yield Flag(
            "DQDV_NO_PEAK",
            "info",
            f"dQ/dV has no peak in {_told(evaluation, without)} with a prominence above "
            f"{100 * smoothing.prominence:g} % of its maximum and above its noise.",
            {"half_cycles": len(without)},
        )


def _undersampled(evaluation: Evaluation, halves: Halves, smoothing: Smoothing) -> Iterator[Flag]:
    """Records too far apart, or on digits as coarse as the grid where the voltage hardly moves."""
    sparse = [half for half in halves.drawn if half.sampling.spacing_v > SPACING_V]
    coarse = [
        half
        for half in halves.drawn
        if (digit := half.sampling.digit_v) is not None
        and half.sampling.spacing_v <= digit * (1 + COARSE)
        and digit >= COARSE * smoothing.step_v
    ]
    reasons = []
    if sparse:
        widest = max(half.sampling.spacing_v for half in sparse)
        reasons.append(
            f"records are up to {widest * 1e3:.3g} mV apart (median, {SPACING_V * 1e3:g} mV "
            f"allowed) in {_told(evaluation, sparse)}"
        )
    if coarse:
        digit = max(half.sampling.digit_v or 0.0 for half in coarse)
        reasons.append(
            f"the voltage moves by no more than a digit of {digit * 1e3:.3g} mV from record to "
            f"record in {_told(evaluation, coarse)}"
        )
    if reasons:
        yield Flag(
            "DQDV_UNDERSAMPLED",
            "warn",
            f"dQ/dV is limited by the recording: {' and '.join(reasons)}. Heights and small peaks "
            "are not to be trusted.",
            {"sparse": len(sparse), "coarse": len(coarse)},
        )


def _usual_reversal(half: Half) -> float:
    """How far noise takes a voltage back, and what is never worth a note."""
    return max(REVERSED_V, REVERSED_NOISE * half.sampling.noise_v)


def _told(evaluation: Evaluation, halves: Sequence[Half]) -> str:
    return _listed([trace_name(evaluation, half.number, half.h) for half in halves])


def _listed(names: Sequence[str], most: int = 4) -> str:
    return "; ".join(names[:most]) + (" …" if len(names) > most else "")


def differential_curve(evaluation: Evaluation, halves: Halves) -> Curve:
    """Return dQ/dV over voltage, positive on charge and negative on discharge."""
    factor, _unit = scale(evaluation)
    basis = evaluation.subject.basis if evaluation.subject.mass_mg else None
    traces = []
    for half in halves.drawn:
        value = half.sign * factor * half.curve.slope
        rows = min_max_rows(value, MOST_POINTS)
        name = trace_name(evaluation, half.number, half.h)
        traces.append(Trace(name, half.curve.voltage_v[rows], value[rows]))
    top = [(h.sign * factor * p.height, p.potential_v) for h in halves.drawn for p in h.peaks]
    if top:
        heights, potentials = np.array(top).T
        traces.append(Trace("peaks", potentials, heights, mode="markers"))
    return Curve(
        name="dqdv",
        title="Differential capacity",
        x_title="Voltage / V",
        y_title="dQ/dV / mAh/V" if basis is None else f"dQ/dV / mAh/(g V) of {basis}",
        traces=tuple(traces),
    )


def tables(evaluation: Evaluation, halves: Halves) -> tuple[Table, ...]:
    """Return dQ/dV by cycle, direction and voltage, and the peaks."""
    drawn, mass = halves.drawn, evaluation.subject.mass_mg
    lengths = [len(half.curve.voltage_v) for half in drawn]
    slope = np.concatenate([half.sign * half.curve.slope for half in drawn])
    curve = {
        "lims_cycle": np.repeat([half.number for half in drawn], lengths),
        "direction": np.repeat([WORDS[half.sign] for half in drawn], lengths),
        "voltage_v": np.concatenate([half.curve.voltage_v for half in drawn]),
        "capacity_mah": np.concatenate([half.curve.capacity_ah for half in drawn]) * 1e3,
        "dqdv_mah_v": slope * 1e3,
    }
    found = [(half, peak) for half in drawn for peak in half.peaks]
    peaks = {
        "lims_cycle": np.array([half.number for half, _peak in found], dtype=np.int64),
        "direction": np.array([WORDS[half.sign] for half, _peak in found], dtype=np.str_),
        "potential_v": np.array([peak.potential_v for _half, peak in found]),
        "potential_v_noise_u": np.array([peak.u_v for _half, peak in found]),
        "height_mah_v": np.array([half.sign * peak.height * 1e3 for half, peak in found]),
        "prominence_mah_v": np.array([peak.prominence * 1e3 for _half, peak in found]),
    }
    if mass:
        curve["dqdv_mah_g_v"] = slope * 1e6 / mass
        peaks["height_mah_g_v"] = peaks["height_mah_v"] * 1e3 / mass
    return Table("dqdv", curve), Table("dqdv_peaks", peaks)
