"""Times of files: a naive time is read in the instrument's zone."""

from datetime import UTC, datetime

import pytest
from django.test import override_settings

from measurements.ingest import _start_time
from measurements.models import Instrument

NAIVE = {"start_time": "2026-01-15T09:00:00"}


def test_a_naive_time_is_read_in_the_instruments_zone() -> None:
    started_at, notices = _start_time(NAIVE, Instrument(time_zone="Asia/Shanghai"))
    assert started_at is not None
    assert started_at.astimezone(UTC) == datetime(2026, 1, 15, 1, tzinfo=UTC)
    assert notices == ()


@override_settings(LAB_TIME_ZONE="Europe/Berlin")
def test_without_the_instruments_zone_the_labs_is_assumed_and_said() -> None:
    started_at, notices = _start_time(NAIVE, None)
    assert started_at is not None
    assert started_at.astimezone(UTC) == datetime(2026, 1, 15, 8, tzinfo=UTC)
    assert [notice.code for notice in notices] == ["ZONE_ASSUMED"]
    assert "Europe/Berlin" in notices[0].message


@pytest.mark.parametrize("metadata", [{}, {"start_time": None}])
def test_a_file_without_a_time_gives_none(metadata: dict[str, object]) -> None:
    assert _start_time(metadata, None) == (None, ())
