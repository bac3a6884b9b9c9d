"""Human codes are unique in the whole lab and never drawn twice."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from labsite.access.codes import draw_code


@pytest.mark.django_db
def test_codes_count_up_within_kind_and_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 5, 1, tzinfo=UTC))
    assert [draw_code("EB"), draw_code("EB"), draw_code("FI")] == [
        "EB-2026-0001",
        "EB-2026-0002",
        "FI-2026-0001",
    ]


@pytest.mark.django_db
@override_settings(LAB_TIME_ZONE="Asia/Shanghai")
def test_the_year_is_that_of_the_labs_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 31, 20, tzinfo=UTC))
    assert draw_code("EB") == "EB-2027-0001"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_different_codes() -> None:
    drawn: list[str] = []

    def draw() -> None:
        with transaction.atomic():
            drawn.append(draw_code("EB"))
        connection.close()

    threads = [threading.Thread(target=draw) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(drawn)) == 8
