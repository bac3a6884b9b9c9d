"""Transference number after Bruce, Vincent and Evans (A03)."""

import math

import numpy as np
import pytest

from analysis.science.transference import (
    Measured,
    Polarisation,
    bruce_vincent,
    initial_sqrt_t,
    steady_state,
    transference,
)

STEP_V, TRUTH = 0.010, 0.44


def steady_of(initial: float, before: float, after: float, number: float = TRUTH) -> float:
    """The steady current for which eq. 4 gives the number."""
    share = number * initial
    return share * STEP_V / (STEP_V - initial * before + share * after)


def cell(
    bulk: float = 100.0,
    before: float = 200.0,
    after: float = 210.0,
    u_r: float = 0.01,
    u_i: float = 0.002,
    ohmic: bool = False,
    seed: int | None = None,
) -> Polarisation:
    """FX-BV: a cell whose transference number is 0.44, with errors where a seed is given."""
    initial = STEP_V / (bulk + before)
    exact = [
        (STEP_V, 0.0),
        (steady_of(initial, before, after), u_i),
        *((resistance, u_r) for resistance in (bulk, bulk, before, after)),
        *([] if ohmic else [(initial, u_i)]),
    ]
    error = np.zeros(7) if seed is None else np.random.default_rng(seed).normal(size=7)
    values = [value * (1 + u * e) for (value, u), e in zip(exact, error, strict=False)]
    parts = [Measured(v, u * true) for v, (true, u) in zip(values, exact, strict=True)]
    return Polarisation(*parts)


@pytest.mark.parametrize("ohmic", [True, False])
def test_the_cell_of_the_specification_gives_its_number(ohmic: bool) -> None:
    """ΔV 10 mV, R_0 200, R_s 210, R_b 100 Ω, I_0 33.3333 µA, I_s 22.8690 µA."""
    initial = None if ohmic else Measured(33.3333e-6, 0.0)
    ohm = [Measured(r, 0.0) for r in (100.0, 100.0, 200.0, 210.0)]
    found = transference(
        Polarisation(Measured(STEP_V, 0.0), Measured(22.8690e-6, 0.0), *ohm, initial)
    )
    assert found.number.value == pytest.approx(0.440000, abs=1e-5)
    assert found.ratio.value == pytest.approx(0.6861, abs=5e-5)
    assert found.amplification == pytest.approx(2.0, abs=1e-4)
    assert found.initial_current.value == pytest.approx(33.3333e-6, rel=2e-6)
    assert (found.number.low, found.number.high) == pytest.approx((0.44, 0.44), abs=1e-5)


def test_ohms_law_makes_eq_4_the_share_of_the_bulk() -> None:
    exact = cell(ohmic=True)
    steady = exact.steady_current.value
    expected = steady * 100 / (STEP_V - steady * 210)
    assert transference(exact).number.value == pytest.approx(expected, rel=1e-12)


def test_total_resistances_in_the_place_of_the_interfacial_ones_give_nothing() -> None:
    initial = np.array([STEP_V / 300])
    none = bruce_vincent(np.array([STEP_V]), initial, 0.6 * initial, *np.array([[300.0], [310.0]]))
    assert none == pytest.approx([0], abs=1e-12)


@pytest.mark.parametrize(
    ("ratio", "half_width"), [(1, 0.010), (2, 0.020), (5, 0.049), (10, 0.097), (20, 0.20)]
)
def test_errors_grow_with_the_share_of_the_interfaces(ratio: float, half_width: float) -> None:
    """1 % errors of R, 0.2 % of I, resistances independent of each other."""
    found = transference(cell(before=100 * ratio, after=100 * ratio), correlation=0.0)
    number = found.number
    assert (number.high - number.low) / 2 == pytest.approx(half_width, rel=0.05)
    assert number.u == pytest.approx(half_width / 1.96, rel=0.06)
    assert found.amplification == pytest.approx(ratio)


def test_a_film_beside_large_interfaces_says_nothing() -> None:
    """FX-BV-BAD: 65 mV at 0.1 mA/cm² and 2 mS/cm in 200 µm."""
    bad = cell(bulk=8.84, before=566, after=580)
    assert bad.initial_current.value == pytest.approx(17.3961e-6, rel=1e-5)
    assert bad.steady_current.value == pytest.approx(16.6641e-6, rel=1e-5)
    found = transference(bad, correlation=0.0)
    assert found.number.value == pytest.approx(0.44, abs=1e-6)
    assert found.amplification == pytest.approx(64, abs=0.1)
    assert found.number.low == pytest.approx(-0.13, abs=0.02)
    assert found.number.high == pytest.approx(1.44, abs=0.05)


def test_correlated_errors_of_the_interfaces_partly_cancel() -> None:
    wide, narrow = (transference(cell(before=1000, after=1000), c).number.u for c in (0.0, 0.9))
    assert narrow < 0.65 * wide


def test_an_upper_limit_is_left_out_where_draws_leave_no_voltage() -> None:
    number = transference(cell(bulk=8.84, before=566, after=580, u_r=0.05)).number
    assert number.high is None
    assert number.low < 0


def test_a_change_of_the_bulk_is_taken_along_by_watanabe() -> None:
    exact = cell()
    thinner = Polarisation(
        exact.voltage,
        exact.steady_current,
        exact.bulk_before,
        Measured(110.0, 1.1),
        exact.interfaces_before,
        exact.interfaces_after,
        exact.initial_current,
    )
    found = transference(thinner)
    assert found.with_bulk.value == pytest.approx(1.1 * found.number.value)
    relative = math.hypot(found.number.u / found.number.value, 0.01 * math.sqrt(2))
    assert found.with_bulk.u == pytest.approx(relative * found.with_bulk.value, rel=0.05)


def relaxing(time):
    """The current of FX-BV-OK while a concentration profile forms, τ = 400 s.

    The first sample is that part of the way from 33.33 to 22.87 µA that a sheet has taken up by
    diffusion (Crank, The Mathematics of Diffusion, eq. 4.18).
    """
    odd = np.arange(1, 2001, 2)[:, None] ** 2
    done = 1 - 8 / math.pi**2 * np.sum(np.exp(-odd * time / 400) / odd, axis=0)
    initial, steady = STEP_V / 300, steady_of(STEP_V / 300, 200, 210)
    return initial + (steady - initial) * done


@pytest.mark.parametrize(("late_s", "biased"), [(1.0, 0.454), (10.0, 0.486)])
def test_an_initial_current_read_late_makes_the_number_too_high(
    late_s: float, biased: float
) -> None:
    """The [V] numbers do not say how the current falls, hence 0.003."""
    exact = cell()
    late = Measured(float(relaxing(np.array([late_s]))[0]), 0.0)
    found = transference(Polarisation(*list(vars(exact).values())[:-1], late))
    assert found.number.value == pytest.approx(biased, abs=0.003)


def test_the_current_is_extrapolated_over_the_root_of_time() -> None:
    time = np.arange(0.1, 60, 0.1)
    noise = np.random.default_rng(0).normal(0, 2e-8, time.size)
    found = initial_sqrt_t(time, relaxing(time) + noise)
    assert found.value == pytest.approx(STEP_V / 300, abs=3 * found.u)
    assert 1e-9 < found.u < 1e-8
    assert initial_sqrt_t(time[::60], relaxing(time[::60])) is None


def test_the_steady_current_is_the_mean_of_the_last_part() -> None:
    time = np.arange(0, 20_000, 10.0)
    noise = np.random.default_rng(1).normal(0, 1e-8, time.size)
    found = steady_state(time, relaxing(time) + noise)
    exact = steady_of(STEP_V / 300, 200, 210)
    assert exact == pytest.approx(22.8690e-6, rel=2e-6)
    assert found.current.value == pytest.approx(exact, abs=3 * found.current.u)
    assert found.current.u == pytest.approx(1e-8 / math.sqrt(100), rel=0.3)
    assert found.since == pytest.approx(19_000, abs=20)
    assert found.slope_per_hour.low < 0 < found.slope_per_hour.high


def test_a_current_that_still_falls_is_told_by_its_slope() -> None:
    """2 % an hour, over the last hour of ten, sampled every minute."""
    time = np.arange(0, 36_000, 60.0)
    current = 2e-5 * (1 - 0.02 * (time - time[-1]) / 3600)
    found = steady_state(time, current)
    assert found.slope_per_hour.value == pytest.approx(-0.02, rel=0.02)


def test_at_least_ten_points_make_the_mean() -> None:
    time = np.arange(0, 100.0)
    found = steady_state(time, np.r_[np.zeros(90), np.full(10, 2e-5)])
    assert found.current.value == pytest.approx(2e-5)
    assert found.since == 90


@pytest.mark.parametrize(("before", "after", "when"), [(300, 310, "initial"), (200, 500, "steady")])
def test_interfaces_that_take_the_whole_step_are_refused(
    before: float, after: float, when: str
) -> None:
    ohm = [Measured(r, 1.0) for r in (100.0, 100.0, before, after)]
    currents = Measured(22.869e-6, 1e-8), Measured(STEP_V / 300, 1e-8)
    with pytest.raises(ValueError, match=f"the {when} current .* whole step of 10 mV"):
        transference(Polarisation(Measured(STEP_V, 0.0), currents[0], *ohm, currents[1]))


def test_the_same_seed_gives_the_same_draws() -> None:
    first, second, other = (transference(cell(), seed=seed).draws for seed in (3, 3, 4))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)
    assert first.shape == (20_000,)


@pytest.mark.parametrize("ohmic", [True, False])
def test_intervals_hold_the_truth_in_95_of_100_cases(ohmic: bool) -> None:
    inside = 0
    for seed in range(200):
        number = transference(cell(before=500, after=510, ohmic=ohmic, seed=seed), 0.0).number
        inside += number.low <= TRUTH <= number.high
    assert 0.90 * 200 <= inside <= 0.99 * 200
