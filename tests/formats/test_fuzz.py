"""A short walk of damage over every reader; ``make fuzz`` takes the long one."""

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measurements.discovery import formats
from tests.fuzz.mutations import mutated
from tests.fuzz.seeds import seeds
from tests.fuzz.target import check

SHORT_BYTES = 16 * 1024
EXAMPLES = 250


@cache
def short_seeds(name: str) -> tuple[bytes, ...]:
    return tuple(seed for seed in seeds(name) if len(seed) <= SHORT_BYTES) or tuple(
        seed[:SHORT_BYTES] for seed in seeds(name)
    )


@pytest.mark.parametrize("name", formats())
def test_damaged_bytes_give_a_table_or_a_refusal(name: str) -> None:
    plugin = formats()[name]

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(short_seeds(name)).flatmap(mutated))
    def walk(data: bytes) -> None:
        check(plugin, data)

    walk()
