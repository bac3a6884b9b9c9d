"""Metrics, flags, figures and table of a rate test."""

from collections.abc import Iterator

import numpy as np

from analysis.methods import Curve, Flag, Metric, Table, Trace
from analysis.methods._cycling_curves import MOST_POINTS, points, scale
from analysis.methods._cycling_evaluation import WORDS
from analysis.methods._cycling_metrics import times, with_interval
from analysis.methods._rate_blocks import MOST_LISTED, RateTest, Uncertain
from analysis.science.rates import LAST, RateBlock

SETTLED = 0.02
"""Change of capacity per cycle at which a block has not settled (ANALYSES A09)."""

MOST_BLOCKS = 40
"""Blocks that become metrics and rates that become lines; the table has all."""


def metrics(test: RateTest) -> Iterator[Metric]:
    """Yield capacity, ratio, recovery and current of each block, its number as index."""
    blocks = test.blocks[:MOST_BLOCKS]
    mass = test.evaluation.subject.mass_mg
    if mass is not None:
        for block in blocks:
            yield _capacity(test, block, mass)
    yield from _ratios(test, blocks)
    if mass is not None:
        for block in blocks:
            yield from _currents(test, block, mass)


def _capacity(test: RateTest, block: RateBlock, mass_mg: float) -> Metric:
    specific, u = block.capacity_ah * 1e6 / mass_mg, test.u_capacity(block)
    return _metric(test, block, "rate_capacity", specific, u, _words(test, block))


def _ratios(test: RateTest, blocks: tuple[RateBlock, ...]) -> Iterator[Metric]:
    for block in blocks:
        if block != test.lowest:
            yield _ratio(test, block, test.lowest, "rate_capacity_ratio")
    for block, first in test.returns:
        if block in blocks:
            yield _ratio(test, block, first, "rate_recovery_ratio")


def _ratio(test: RateTest, block: RateBlock, other: RateBlock, name: str) -> Metric:
    definition = (
        f"block {block.number} at {_rate(test, block)} over block {other.number} at "
        f"{_rate(test, other)}"
    )
    value = 100 * block.capacity_ah / other.capacity_ah
    return _metric(test, block, name, value, test.u_ratio(block, other), definition)


def _metric(
    test: RateTest, block: RateBlock, name: str, value: float, u: Uncertain, definition: str
) -> Metric:
    metric = Metric(
        name, value, times(u[0], value), n=len(block.used), index=block.number,
        qualifier="" if test.counting == "reversible" else test.counting, definition=definition,
    )  # fmt: skip
    return with_interval(metric, u[1])


def _currents(test: RateTest, block: RateBlock, mass_mg: float) -> Iterator[Metric]:
    subject = test.evaluation.subject
    specific = test.current_a(block) * 1e6 / mass_mg
    rel = test.u_specific(block, test.side)
    direction = WORDS[test.rate_direction]
    yield with_interval(
        Metric(
            "specific_current", specific, times(rel, specific), index=block.number,
            qualifier=direction, definition=f"of block {block.number}",
        )
    )  # fmt: skip
    if subject.one_c_ma_g:
        rate = specific / subject.one_c_ma_g
        yield with_interval(
            Metric(
                "c_rate", rate, times(rel, rate), index=block.number, qualifier=direction,
                definition=f"1C = {subject.one_c_ma_g:g} mA/g",
            )
        )  # fmt: skip


def _words(test: RateTest, block: RateBlock) -> str:
    """Say what was averaged."""
    first, last = int(block.used[0]) + 1, int(block.used[-1]) + 1
    cycles = f"cycle {first}" if first == last else f"cycles {first} to {last}"
    mass = test.evaluation.subject.mass_mg
    spread = ""
    if block.sd_ah is not None and mass is not None:
        spread = f", sd {block.sd_ah * 1e6 / mass:.2g} mAh/g"
    return (
        f"{test.counting} capacity at {_rate(test, block)}, mean of {len(block.used)} of "
        f"{len(block.complete)} complete cycles ({cycles}){spread}"
    )


def _rate(test: RateTest, block: RateBlock) -> str:
    """Write a rate: mA/g, which is what was set, and what that is in C."""
    subject, current = test.evaluation.subject, test.current_a(block)
    if subject.mass_mg is None:
        return f"{current * 1e3:.4g} mA"
    specific = current * 1e6 / subject.mass_mg
    in_c = f" ({specific / subject.one_c_ma_g:.3g} C)" if subject.one_c_ma_g else ""
    return f"{specific:.4g} mA/g{in_c}"


def block_flags(test: RateTest) -> Iterator[Flag]:
    """Yield which blocks are short or have not settled."""
    short = [block for block in test.blocks if block.short]
    if short:
        yield Flag(
            "BLOCK_SHORT",
            "warn",
            f"{len(short)} of {len(test.blocks)} blocks have fewer than {LAST} complete cycles: "
            f"{_listed(short)}. Their capacity may not have settled, and what one cycle scatters "
            "is not in its uncertainty.",
            {"blocks": [block.number for block in short][:100]},
        )
    drifting = [b for b in test.blocks if b.slope is not None and abs(b.slope) > SETTLED]
    if drifting:
        worst = max((b.slope for b in drifting if b.slope is not None), key=abs)
        yield Flag(
            "NOT_SETTLED",
            "warn",
            f"Capacity still changes by {100 * worst:+.1f} % a cycle at the end of "
            f"{len(drifting)} of {len(test.blocks)} blocks ({_listed(drifting)}); "
            f"{100 * SETTLED:g} % is allowed.",
            {"blocks": [block.number for block in drifting][:100], "largest_slope": worst},
        )


def _listed(blocks: list[RateBlock]) -> str:
    text = ", ".join(str(block.number) for block in blocks[:MOST_LISTED])
    return (
        f"block{'s' if len(blocks) > 1 else ''} {text}{' …' if len(blocks) > MOST_LISTED else ''}"
    )


def curves(test: RateTest) -> tuple[Curve, ...]:
    """Return capacity over cycles, one colour a current, and over the logarithm of current."""
    return _over_cycles(test), _over_current(test)


def _over_cycles(test: RateTest) -> Curve:
    evaluation = test.evaluation
    cycles = evaluation.cycles
    factor, unit = scale(evaluation)
    capacity = factor * cycles.counting(cycles.half.charge_ah, test.counting)
    traces = []
    for rate in test.first_passes[:MOST_BLOCKS]:
        alike = [b.complete for b, first in zip(test.blocks, test.first, strict=True)
                 if first == rate]  # fmt: skip
        shown = np.isin(np.arange(len(cycles)), np.concatenate(alike))
        traces.append(points(_rate(test, rate), cycles.number, capacity, shown))
    return Curve(
        name="rate_capacity",
        title="Capacity at each rate",
        x_title="Cycle",
        y_title=f"Capacity / {unit}",
        traces=tuple(traces),
    )


def _over_current(test: RateTest) -> Curve:
    factor, unit = scale(test.evaluation)
    mass = test.evaluation.subject.mass_mg
    per, current_unit = (1e3, "mA") if mass is None else (1e6 / mass, "mA/g")
    passes = {
        "first pass": test.first_passes,
        "back at an earlier current": [block for block, _first in test.returns],
    }
    traces = []
    for name, blocks in passes.items():
        if not blocks:
            continue
        ordered = sorted(blocks[:MOST_POINTS], key=test.current_a)
        known = [test.u_capacity(b)[0] if mass is not None else None for b in ordered]
        u = [factor * b.capacity_ah * r for b, r in zip(ordered, known, strict=True) if r]
        traces.append(
            Trace(
                name,
                per * np.array([test.current_a(b) for b in ordered]),
                factor * np.array([b.capacity_ah for b in ordered]),
                y_u=np.array(u) if len(u) == len(ordered) else None,
                mode="lines+markers" if name == "first pass" else "markers",
            )
        )
    return Curve(
        name="rate_dependence",
        title="Capacity over current",
        x_title=f"Current on {WORDS[test.rate_direction]} / {current_unit}",
        y_title=f"Capacity / {unit}",
        traces=tuple(traces),
        x_log=True,
    )


def table(test: RateTest) -> Table:
    """Return one row a block; NaN stands for what a block does not have."""
    blocks, subject = test.blocks, test.evaluation.subject
    capacity = np.array([b.capacity_ah for b in blocks])
    sd = np.array([np.nan if b.sd_ah is None else b.sd_ah for b in blocks])
    current = np.array([test.current_a(b) for b in blocks])
    pairs = zip(blocks, test.first, strict=True)
    first = np.array([np.nan if b == first else first.capacity_ah for b, first in pairs])
    columns = {
        "rate_block": np.array([b.number for b in blocks]),
        "first_lims_cycle": np.array([int(b.complete[0]) + 1 for b in blocks]),
        "last_lims_cycle": np.array([int(b.complete[-1]) + 1 for b in blocks]),
        "complete_cycles": np.array([len(b.complete) for b in blocks]),
        "averaged_cycles": np.array([len(b.used) for b in blocks]),
        "opening_current_ma": np.array([b.current_a[0] * 1e3 for b in blocks]),
        "closing_current_ma": np.array([b.current_a[1] * 1e3 for b in blocks]),
        "capacity_mah": capacity * 1e3,
        "capacity_sd_mah": sd * 1e3,
        "rate_capacity_ratio_percent": 100 * capacity / test.lowest.capacity_ah,
        "rate_recovery_ratio_percent": 100 * capacity / first,
        "slope_percent_per_cycle": 100
        * np.array([np.nan if b.slope is None else b.slope for b in blocks]),
    }
    if subject.mass_mg:
        columns["specific_current_ma_g"] = current * 1e6 / subject.mass_mg
        columns["rate_capacity_mah_g"] = capacity * 1e6 / subject.mass_mg
        if subject.one_c_ma_g:
            columns["c_rate_per_hour"] = columns["specific_current_ma_g"] / subject.one_c_ma_g
    return Table("rate_blocks", columns)
