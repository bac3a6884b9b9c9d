"""Findings about an impedance spectrum of a blocking cell, in words."""

import numpy as np

from analysis.methods import Flag
from analysis.methods._leads import Leads
from analysis.methods._spectrum import Spectrum
from analysis.science.blocking_cells import CellFit
from analysis.science.fitting import Fit
from analysis.science.impedance import Intercept, phase_degree
from analysis.science.lin_kk import LinKK

KK_LAG1 = 0.3
KK_TREND_RMS = 0.002
"""A trend is only seen in residuals above this rms; noise alone gives lag-1 ≤ 0.16 (95 %)."""

MISMATCH = 0.05
NO_INTERCEPT_DEGREE = 20.0
LOW_EXPONENT = 0.6
SMALL_OHM = 10.0
POOR_RMS = 0.01
POOR_RATIO = 2.0
"""A fit is poor above this rms residual, if Lin-KK describes the spectrum so much better."""

CORRELATED = 0.99
ILL_CONDITIONED = 1e8


def kk_flags(kk: LinKK, rms_percent: float, max_percent: float) -> tuple[Flag, ...]:
    """Return findings about Kramers-Kronig residuals: too large, or small but with a trend."""
    context = {
        "rms_percent": 100 * kk.rms,
        "max_percent": 100 * kk.maximum,
        "lag1": kk.lag1,
        "elements": kk.elements,
    }
    flags: tuple[Flag, ...] = ()
    if 100 * kk.rms > rms_percent or 100 * kk.maximum > max_percent:
        flags += (
            Flag(
                "EIS_KK_RESIDUAL_HIGH",
                "warn",
                f"Kramers-Kronig residuals are high: rms {100 * kk.rms:.2f} %, largest "
                f"{100 * kk.maximum:.2f} % (limits {rms_percent:g} and {max_percent:g} %).",
                context,
            ),
        )
    if kk.lag1 > KK_LAG1 and kk.rms > KK_TREND_RMS:
        flags += (
            Flag(
                "EIS_KK_TREND",
                "warn",
                "Kramers-Kronig residuals follow a trend along frequency (lag-1 autocorrelation "
                f"{kk.lag1:.2f}, limit {KK_LAG1}): the cell drifted during the sweep.",
                context,
            ),
        )
    return flags


def spectrum_flags(spectrum: Spectrum) -> tuple[Flag, ...]:
    """Return whether the highest frequencies are inductive."""
    if np.median(spectrum.impedance.imag[:3]) <= 0:
        return ()
    return (
        Flag(
            "EIS_INDUCTIVE_HF",
            "info",
            "The highest frequencies are inductive (Z'' > 0): the leads show.",
        ),
    )


def intercept_flags(
    spectrum: Spectrum, read: Intercept | None, resistance_ohm: float
) -> tuple[Flag, ...]:
    """Return findings about the intercept: not reached, or unlike the fitted resistance."""
    flags: tuple[Flag, ...] = ()
    flattest = float(np.min(np.abs(phase_degree(spectrum.impedance))))
    if flattest > NO_INTERCEPT_DEGREE or read is None:
        flags += (
            Flag(
                "EIS_NO_HF_INTERCEPT",
                "warn",
                "The spectrum does not show the high-frequency intercept (smallest phase "
                f"{flattest:.0f} degrees, limit {NO_INTERCEPT_DEGREE:g}): the bulk resistance is "
                "extrapolated.",
                {"min_phase_degree": flattest},
            ),
        )
    if read is not None and abs(read.value - resistance_ohm) > MISMATCH * resistance_ohm:
        flags += (
            Flag(
                "EIS_INTERCEPT_MISMATCH",
                "warn",
                f"The fitted resistance {resistance_ohm:.4g} Ω and the one read without a model "
                f"{read.value:.4g} Ω ({read.definition}) differ by more than {100 * MISMATCH:g} %.",
                {"fit_ohm": resistance_ohm, "model_free_ohm": read.value},
            ),
        )
    return flags


def lead_flags(leads: Leads, resistance_ohm: float) -> tuple[Flag, ...]:
    """Return that a small resistance holds an unknown one of the leads."""
    if leads.compensated or resistance_ohm >= SMALL_OHM:
        return ()
    return (
        Flag(
            "EIS_LEAD_NOT_COMPENSATED",
            "warn",
            f"The bulk resistance {resistance_ohm:.3g} Ω is below {SMALL_OHM:g} Ω and holds the "
            "leads: measure the shorted cell or enter lead_resistance_ohm.",
            {"bulk_resistance_ohm": resistance_ohm},
        ),
    )


def entangled(fit: Fit) -> str:
    """Return the parameters that the spectrum cannot tell apart, in words; empty if none."""
    pairs = ", ".join(f"{first} and {second}" for first, second in fit.correlated(CORRELATED))
    return pairs or ("some parameters" if fit.condition > ILL_CONDITIONED else "")


def fits_poorly(cell: CellFit, kk: LinKK) -> bool:
    """Return whether the circuit leaves much more than the noise of the spectrum."""
    return cell.fit.rms > max(POOR_RMS, POOR_RATIO * kk.rms)


def fit_flags(cell: CellFit, kk: LinKK) -> tuple[Flag, ...]:
    """Return findings about the fitted circuit."""
    fit, exponent = cell.fit, cell.fit.value("cpe_exponent")
    flags: list[Flag] = []
    if exponent < LOW_EXPONENT:
        flags.append(
            Flag(
                "CPE_EXPONENT_LOW",
                "warn",
                f"The exponent of the tail is {exponent:.2f}, below {LOW_EXPONENT}: the contact "
                "is hardly blocking.",
                {"cpe_exponent": exponent},
            )
        )
    if fits_poorly(cell, kk):
        flags.append(
            Flag(
                "EIS_FIT_POOR",
                "warn",
                f"Circuit {cell.circuit} leaves residuals of {100 * fit.rms:.1f} % (rms), the "
                f"spectrum itself only {100 * kk.rms:.1f} %: it does not describe the cell well "
                "and the interval of the resistance is too narrow.",
                {"fit_rms_percent": 100 * fit.rms, "kk_rms_percent": 100 * kk.rms},
            )
        )
    return (*flags, *_parameter_flags(cell))


def _parameter_flags(cell: CellFit) -> tuple[Flag, ...]:
    """Return findings about parameters at a bound or hardly told apart."""
    flags = [
        Flag(
            "PARAM_AT_BOUND",
            "warn" if name in cell.stuck else "info",
            f"The fit ends with {name} at its bound {cell.fit.value(name):.3g}, so it has no "
            "uncertainty.",
            {"parameter": name, "value": cell.fit.value(name)},
        )
        for name in cell.fit.at_bound
    ]
    if entangled(cell.fit):
        flags.append(
            Flag(
                "PARAMS_CORRELATED",
                "warn",
                f"The spectrum hardly tells apart {entangled(cell.fit)}; the interval of the bulk "
                "resistance is from its likelihood profile.",
                {"condition": cell.fit.condition},
            )
        )
    return tuple(flags)
