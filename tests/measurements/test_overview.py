"""Few points that look like many."""

import numpy as np

from measurements.overview import overview


def test_a_single_spike_among_five_hundred_thousand_points_survives() -> None:
    x = np.arange(500_000.0)
    y = np.zeros_like(x)
    y[123_456] = 7.0
    shown_x, shown_y = overview(x, y, None, None)
    assert shown_x.size <= 2000
    assert shown_x[shown_y.argmax()] == 123_456
    assert shown_y.max() == 7.0


def test_a_stretch_of_sparse_sampling_keeps_its_points() -> None:
    x = np.concatenate([np.linspace(0, 1, 100_000), [50.0, 100.0]])
    shown_x, _ = overview(x, np.sin(x), None, None)
    assert {50.0, 100.0} <= set(shown_x.tolist())


def test_zooming_returns_every_point_of_a_short_range() -> None:
    x = np.arange(500_000.0)
    shown_x, shown_y = overview(x, -x, 1000.0, 1100.0)
    assert shown_x.tolist() == list(range(1000, 1101))
    assert shown_y[0] == -1000.0


def test_an_empty_range_gives_no_points() -> None:
    shown_x, _ = overview(np.arange(10.0), np.arange(10.0), 20.0, 30.0)
    assert shown_x.size == 0
