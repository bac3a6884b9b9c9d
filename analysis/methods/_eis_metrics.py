"""Metrics of a fitted spectrum beside R_b and σ: intercept, tail, leads, residuals."""

import math

from analysis.methods import Metric
from analysis.science.blocking_cells import CellFit
from analysis.science.impedance import Intercept
from analysis.science.lin_kk import LinKK
from analysis.science.uncertainty import effective_dof, factor_interval, interval, quadrature

BULK = "bulk"
GRAINS = (BULK, "grain_boundary")
"""Qualifiers of the parts of a pellet's resistance."""


def intercept_metric(read: Intercept, u_leads_ohm: float, count: int) -> Metric:
    """Return the resistance at Z'' = 0 in ohm, of ``count`` points."""
    u = quadrature(read.u, u_leads_ohm)
    dof = effective_dof([(read.u, read.dof), (u_leads_ohm, math.inf)])
    lower, upper = interval(read.value, u, dof)
    return Metric(
        "high_frequency_intercept",
        read.value,
        u,
        lower,
        upper,
        n=count,
        definition=read.definition,
    )


def fit_metrics(cell: CellFit, count: int) -> tuple[Metric, ...]:
    """Return exponent and prefactor of the tail, and the inductance where there is one."""
    prefactor, u = cell.prefactor()
    lower, upper = factor_interval(prefactor, u, cell.fit.dof)
    metrics = [
        _fitted(cell, "cpe_exponent", count),
        Metric("cpe_prefactor", prefactor, u, lower, upper, n=count),
    ]
    if "lead_inductance" not in cell.fit.at_bound:
        metrics.append(_fitted(cell, "lead_inductance", count))
    return tuple(metrics)


def grain_metrics(cell: CellFit, u_leads_ohm: float, count: int) -> tuple[Metric, ...]:
    """Return the resistances of bulk and of grain boundaries in ohm where M3 was fitted.

    Leads are in series with both, but only the bulk takes in what is not known of them.
    """
    if cell.circuit != "M3":
        return ()
    parts = zip(GRAINS, cell.grains(), (u_leads_ohm, 0.0), strict=True)
    metrics = []
    for name, (value, u_fit), u_leads in parts:
        u = quadrature(u_fit, u_leads)
        dof = effective_dof([(u_fit, cell.fit.dof), (u_leads, math.inf)])
        lower, upper = factor_interval(value, u, dof)
        metrics.append(
            Metric(
                "bulk_resistance",
                value,
                u,
                lower,
                upper,
                n=count,
                qualifier=name,
                definition=f"{'faster' if name == BULK else 'slower'} arc of circuit M3",
            )
        )
    return tuple(metrics)


def kk_metrics(kk: LinKK) -> tuple[Metric, ...]:
    """Return rms and maximum in percent, and lag-1 autocorrelation, of the residuals."""
    count = kk.residuals.size
    return (
        Metric(
            "kk_residual_rms",
            100 * kk.rms,
            100 * kk.rms_u,
            *_percent(factor_interval(kk.rms, kk.rms_u, kk.dof)),
            n=count,
        ),
        Metric(
            "kk_residual_max",
            100 * kk.maximum,
            100 * kk.maximum_u,
            *_percent(factor_interval(kk.maximum, kk.maximum_u)),
            n=count,
        ),
        Metric("kk_residual_lag1", kk.lag1, kk.lag1_u, *interval(kk.lag1, kk.lag1_u), n=count),
    )


def _fitted(cell: CellFit, name: str, count: int) -> Metric:
    lower, upper = cell.fit.interval(name) or (None, None)
    return Metric(name, cell.fit.value(name), cell.fit.u(name), lower, upper, n=count)


def _percent(limits: tuple[float, float]) -> tuple[float, float]:
    return 100 * limits[0], 100 * limits[1]
