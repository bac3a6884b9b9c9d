"""Blocks of a rate test with known currents and capacities."""

import numpy as np
import pytest

from analysis.science.cycling import Cycles, rate_blocks
from analysis.science.rates import first_at_current, graded_side, rate_steps, slowest
from tests.science.test_cycling import halves


def cycles_of(currents: list[tuple[float, float]], complete: list[bool] | None = None) -> Cycles:
    """Cycles that open with a charge, with (opening, closing) currents in A."""
    half = halves(
        [1, -1] * len(currents), current=[current for both in currents for current in both]
    )
    first = np.arange(0, len(half), 2)
    done = np.array(complete if complete is not None else [True] * len(currents))
    return Cycles(half=half, first_sign=1, first=first, second=first + 1, complete=done)


def steps(cycles: Cycles, capacity: list[float], average="last_3"):
    return rate_steps(cycles, rate_blocks(cycles, 0.03), np.array(capacity), average)


FOUR = cycles_of([(1.0, 1.0)] * 4 + [(2.0, 2.0)] * 4)
CAPACITY = [10.0, 9.0, 8.0, 7.0, 4.0, 4.0, 4.0, 4.0]


@pytest.mark.parametrize(
    ("average", "mean", "sd"),
    [("last_3", 8.0, 1.0), ("all", 8.5, np.std([10, 9, 8, 7], ddof=1)), ("first", 10.0, None)],
)
def test_a_block_averages_its_last_three_all_or_its_first(average, mean, sd):
    block = steps(FOUR, CAPACITY, average)[0]
    assert block.capacity_ah == pytest.approx(mean)
    assert block.sd_ah == (None if sd is None else pytest.approx(sd))
    assert block.slope == pytest.approx(-1 / 8), "always of the last three"
    assert block.current_a == (1.0, 1.0)


def test_incomplete_cycles_count_for_nothing_and_blocks_without_any_are_left_out():
    complete = [True, True, True, False, False, False, False, False]
    cycles = cycles_of([(1.0, 1.0)] * 4 + [(2.0, 2.0)] * 4, complete)
    (block,) = steps(cycles, CAPACITY)
    assert (block.number, block.capacity_ah) == (1, 9.0)


def test_two_complete_cycles_are_short_and_have_no_slope():
    block = steps(cycles_of([(1.0, 1.0)] * 2 + [(2.0, 2.0)] * 3), [9.0, 8.0, 4.0, 4.0, 4.0])[0]
    assert block.short
    assert block.slope is None


def test_a_current_that_comes_back_within_3_percent_is_an_earlier_one():
    blocks = steps(
        cycles_of([(1.0, 1.0), (2.0, 2.0), (1.02, 0.98), (1.08, 1.0)]), [4.0, 3.0, 2.0, 1.0]
    )
    first = first_at_current(blocks, 0.03)
    assert [b.number for b in first] == [1, 2, 1, 4]
    assert slowest(blocks, 1, 0.03).number == 1


def test_the_rate_is_the_current_that_was_graded_else_that_of_the_second_half():
    both = steps(cycles_of([(1.0, 1.0), (2.0, 2.0)]), [4.0, 3.0])
    charge_only = steps(cycles_of([(1.0, 1.0), (2.0, 1.0)]), [4.0, 3.0])
    discharge_only = steps(cycles_of([(1.0, 1.0), (1.0, 2.0)]), [4.0, 3.0])
    assert [graded_side(b) for b in (both, charge_only, discharge_only)] == [1, 0, 1]
