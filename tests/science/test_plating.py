"""Voltages and events of symmetric cells whose fate is known."""

import numpy as np
import pytest

from analysis.science.half_cycles import dead_band, half_cycles
from analysis.science.plating import current_blocks, drops, find_events, voltages
from analysis.science.stretches import Record
from tests.methods.plating_runs import AREA_CM2, Programme, cycled, steady

SEEDS = 100


def as_record(columns):
    return Record(columns["test_time_second"], columns["voltage_volt"], columns["current_ampere"])


def found(columns, limit_v=None):
    record = as_record(columns)
    resting = dead_band(record.current_a, 1e-3)
    half = half_cycles(record, resting)
    volts = voltages(record, half, resting)
    return half, volts, find_events(volts, half.current_a, limit_v)


def events(eta, seed=0, density=0.1, limit_v=None):
    return found(cycled(eta, density, seed, Programme(points=30)), limit_v)[2]


def test_voltages_of_a_ramped_half_cycle():
    """|V| rises from 50 to 90 mV in 1 h: second half 80 mV, 40 mV/h."""
    time = np.linspace(0, 3600, 361)
    volt = 0.05 + 0.04 * time / 3600
    columns = {
        "test_time_second": np.concatenate([time + 3610 * k for k in range(4)]),
        "voltage_volt": np.concatenate([volt, -volt] * 2),
        "current_ampere": np.repeat([1e-4, -1e-4] * 2, 361),
    }
    half, volts, _events = found(columns)
    np.testing.assert_allclose(volts.eta, 0.08, atol=1e-9)
    np.testing.assert_allclose(volts.signed, 0.08, atol=1e-9)
    np.testing.assert_allclose(volts.slope, 0.04, rtol=1e-9)
    np.testing.assert_allclose(volts.peak, 0.09)
    np.testing.assert_allclose(volts.opening, 0.05, atol=5e-4)
    np.testing.assert_allclose(volts.noise, 0, atol=1e-12)
    assert volts.count.tolist() == [181] * 4
    assert half.sign.tolist() == [1, -1, 1, -1]


def test_the_noise_of_a_record_is_measured():
    _half, volts, _events = found(cycled(steady(), programme=Programme(points=120, noise_v=1e-3)))
    assert volts.noise.mean() == pytest.approx(1e-3, rel=0.05)


def test_rests_do_not_count():
    columns = cycled(steady(20), programme=Programme(rest_h=0.5))
    half, volts, happened = found(columns)
    assert len(half) == 20
    np.testing.assert_allclose(volts.eta, 0.065, atol=3e-4)
    np.testing.assert_allclose(half.charge_ah, 0.1e-3 * AREA_CM2, rtol=1e-3)
    assert happened.failed is None


def test_a_good_cell_has_no_events():
    """200 cycles with 0.3 mV of noise: no event in any of 100 seeds (ANALYSES A04)."""
    for seed in range(SEEDS):
        happened = events(steady(), seed)
        assert happened.drops == ()
        assert happened.soft == ()
        assert happened.failed is None
        assert not happened.jumped.any()


@pytest.mark.parametrize("short_v", [0.0, 0.003, 0.010, 0.016])
def test_a_hard_short_is_found_where_it_begins(short_v):
    eta = steady()
    eta[240:] = short_v
    assert events(eta).hard == 240
    assert events(eta).failed == 240


def test_what_is_no_hard_short():
    lasting, brief = steady(), steady()
    lasting[240:] = 0.017
    brief[396:] = 0.003
    recovers = steady()
    recovers[240:390] = 0.003
    assert [events(eta).hard for eta in (lasting, brief, recovers)] == [None] * 3


def test_a_dip_of_six_half_cycles_is_one_soft_short():
    eta = steady()
    eta[100:106] *= 0.55
    happened = events(eta)
    assert happened.soft == (100,)
    (drop,) = happened.drops
    assert (drop.first, drop.last, drop.recovered) == (100, 105, True)
    assert drop.share == pytest.approx(0.55, abs=0.01)
    assert happened.failed is None


def test_random_spikes_are_counted():
    """A fifth of the half-cycles lose half of their voltage; neighbours are one event."""
    for seed in range(10):
        eta = steady()
        spikes = 20 + np.sort(np.random.default_rng(seed).choice(375, 90, replace=False))
        eta[spikes] *= 0.5
        runs = 1 + int(np.count_nonzero(np.diff(spikes) > 1))
        assert len(events(eta, seed).soft) == runs
        assert runs >= 60


def test_spikes_within_half_cycles_are_counted_when_frequent():
    for share, counted in ((10, 39), (40, 0)):
        columns = cycled(steady(), programme=Programme(points=60))
        volt = columns["voltage_volt"].reshape(400, 60)
        volt[share::share, 30:33] *= 0.5
        happened = found(columns | {"voltage_volt": volt.ravel()})[2]
        assert len(happened.soft) == counted
        assert happened.jumped.sum() == 400 // share - 1


def test_a_jump_with_the_current_is_none():
    columns = cycled(steady(40))
    for name in ("voltage_volt", "current_ampere"):
        values = columns[name].reshape(40, 60)
        values[:, 30:] *= 0.5
        columns[name] = values.ravel()
    assert not found(columns)[2].jumped.any()


def test_an_exponential_fade_is_a_creeping_short():
    """Half of the value of half-cycles 3 to 13 (the 8th): 7 + 200 ln 2."""
    happened = events(steady() * np.exp(-np.arange(400) / 200))
    assert happened.creeping == pytest.approx(7 + 200 * np.log(2), abs=2)
    assert happened.drops == ()
    assert happened.failed == happened.creeping


def test_what_does_not_creep():
    settled = steady() * (0.6 + 0.4 * np.exp(-np.arange(400) / 20))
    recovered = steady() * (1 - 0.6 * np.exp(-(((np.arange(400) - 200) / 60) ** 2)))
    abrupt = steady()
    abrupt[200:] *= 0.45
    for eta in (settled, recovered, abrupt):
        assert events(eta).creeping is None
    (drop,) = events(abrupt).drops
    assert (drop.first, drop.recovered) == (200, False)


def test_growth_is_a_polarisation_failure():
    """1 + k/50 exceeds 5 after k = 200."""
    happened = events(steady() * (1 + np.arange(400) / 50))
    assert happened.polarised == pytest.approx(201, abs=1)
    assert not happened.polarised_at_limit
    assert events(steady() * (1 + np.arange(400) / 110)).polarised is None


def test_the_voltage_limit_is_a_polarisation_failure():
    eta = steady()
    eta[150] = 0.2
    happened = events(eta, limit_v=0.2)
    assert (happened.polarised, happened.polarised_at_limit) == (150, True)
    assert events(eta, limit_v=0.25).polarised is None


def test_conditioning_in_the_first_half_cycles_is_no_event():
    eta = steady()
    eta[:3] = 0.3, 0.15, 0.09
    happened = events(eta)
    assert happened.drops == ()
    assert happened.failed is None


def test_stepped_currents_are_no_events():
    """An ohmic cell at 0.1, 0.2, ... mA/cm², back to 0.1."""
    density = np.repeat([0.1, 0.2, 0.5, 1.0, 0.1], 20)
    happened = events(0.065 * density / 0.1, density=density)
    assert happened.drops == ()
    assert happened.failed is None
    assert current_blocks(density).tolist() == np.repeat(np.arange(5), 20).tolist()


def test_an_overpotential_that_grows_less_than_the_current_is_no_short():
    """Butler-Volmer: 50 mV per factor e, 20 times the current, and back."""
    density = np.repeat([*np.arange(0.1, 2.05, 0.1), 0.1], 6)
    eta = 0.05 * np.arcsinh(density / 0.02)
    happened = events(eta, density=density)
    assert happened.drops == ()
    assert happened.failed is None
    eta[-30:] *= 0.1
    assert events(eta, density=density).hard == len(eta) - 30


def test_a_drop_is_measured_against_half_cycles_that_did_not_drop():
    eta = np.array([1.0] * 10 + [0.5, 1.0] * 10 + [0.6] * 4)
    blocks = np.zeros(len(eta), dtype=np.int64)
    found = drops(eta, blocks)
    assert [drop.first for drop in found] == [*range(10, 30, 2), 30]
    assert [drop.recovered for drop in found] == [True] * 10 + [False]
    blocks[30:] = 1
    assert [drop.first for drop in drops(eta, blocks)] == [*range(10, 30, 2)]
