"""Events of cells: quantities, order in time, and pressure readings."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from cells.events import log_event
from cells.models import Cell
from labsite.access.models import Project, User
from tests.factories import NOON, CellEventFactory, CellFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def cell(project: Project) -> Cell:
    cell = CellFactory(project=project, film__project=project)
    CellEventFactory(cell=cell)
    return cell


def test_an_event_has_the_quantities_of_its_kind(cell: Cell, user: User) -> None:
    pressed = log_event(
        cell=cell,
        kind="pressed",
        at=NOON + HOUR,
        by=user,
        planned={"pressure_mpa": 150, "time_s": 21_600},
        actual={"pressure_mpa": 149, "time_s": 21_600, "layer": "Li–In"},
    )
    pressed.refresh_from_db()
    assert pressed.planned == {"pressure_mpa": 150.0, "time_s": 21_600.0}
    assert pressed.actual == {"pressure_mpa": 149.0, "time_s": 21_600.0, "layer": "Li–In"}
    with pytest.raises(ValidationError, match="Bent has no quantity 'pressure_mpa'"):
        log_event(cell=cell, kind="bent", at=NOON + HOUR, by=user, actual={"pressure_mpa": 1})
    with pytest.raises(ValidationError, match="angle .* found 400 °; allowed: 0 ° to 360 °"):
        log_event(cell=cell, kind="bent", at=NOON + HOUR, by=user, actual={"angle_degree": 400})


def test_a_pressure_reading_becomes_what_the_cell_says(cell: Cell, user: User) -> None:
    read = {"built_in_pressure_kpa": 546, "built_in_pressure_kpa_u": 55, "pressure_method": "proxy"}
    log_event(cell=cell, kind="pressure", at=NOON + HOUR, by=user, actual=read)
    cell.refresh_from_db()
    assert cell.built_in_pressure_kpa == 546
    assert cell.built_in_pressure_kpa_u == 55
    assert (cell.pressure_method, cell.version) == ("proxy", 2)
    log_event(
        cell=cell, kind="pressure", at=NOON + 2 * HOUR, by=user, actual={"external_pressure_mpa": 2}
    )
    cell.refresh_from_db()
    assert (cell.external_pressure_mpa, cell.built_in_pressure_kpa) == (2, 546)


def test_a_new_reading_takes_no_uncertainty_from_an_older_one(cell: Cell, user: User) -> None:
    first = {
        "built_in_pressure_kpa": 546,
        "built_in_pressure_kpa_u": 55,
        "pressure_method": "proxy",
    }
    log_event(cell=cell, kind="pressure", at=NOON + HOUR, by=user, actual=first)
    second = {"built_in_pressure_kpa": 400}
    log_event(cell=cell, kind="pressure", at=NOON + 2 * HOUR, by=user, actual=second)
    cell.refresh_from_db()
    assert (cell.built_in_pressure_kpa, cell.built_in_pressure_kpa_u) == (400, None)
    assert cell.pressure_method == ""


def test_an_older_reading_that_is_logged_later_changes_nothing(cell: Cell, user: User) -> None:
    for hours, kpa in ((2, 546), (1, 300)):
        log_event(
            cell=cell,
            kind="pressure",
            at=NOON + hours * HOUR,
            by=user,
            actual={"built_in_pressure_kpa": kpa},
        )
    cell.refresh_from_db()
    assert cell.built_in_pressure_kpa == 546
    assert cell.events.filter(kind="pressure").count() == 2


def test_a_pressure_reading_says_a_pressure(cell: Cell, user: User) -> None:
    with pytest.raises(ValidationError, match="Say the pressure that was read"):
        log_event(
            cell=cell, kind="pressure", at=NOON + HOUR, by=user, actual={"temperature_celsius": 25}
        )


def test_nothing_happens_to_a_cell_before_its_assembly(cell: Cell, user: User) -> None:
    with pytest.raises(ValidationError, match="found “rest” on .*; the cell was assembled later"):
        log_event(cell=cell, kind="rest", at=NOON - HOUR, by=user)
    with pytest.raises(ValidationError, match="was assembled on 2026-03-02 .* already"):
        log_event(cell=cell, kind="assembled", at=NOON + HOUR, by=user)


@pytest.mark.parametrize(("last", "words"), [("ended", "ended"), ("opened", "opened")])
def test_nothing_happens_to_a_cell_after_its_end(
    cell: Cell, user: User, last: str, words: str
) -> None:
    log_event(cell=cell, kind=last, at=NOON + 2 * HOUR, by=user)
    for kind in ("rest", "on_test", "pressed", "ended"):
        with pytest.raises(ValidationError, match=f"the cell is {words} since"):
            log_event(cell=cell, kind=kind, at=NOON + 3 * HOUR, by=user)
    log_event(cell=cell, kind="rest", at=NOON + HOUR, by=user)


def test_a_cell_that_has_ended_may_be_opened_once(cell: Cell, user: User) -> None:
    log_event(cell=cell, kind="ended", at=NOON + HOUR, by=user)
    log_event(cell=cell, kind="opened", at=NOON + HOUR, by=user)
    with pytest.raises(ValidationError, match="the cell is ended since|the cell is opened since"):
        log_event(cell=cell, kind="opened", at=NOON + 2 * HOUR, by=user)


def test_a_cell_does_not_end_before_what_happened_to_it(cell: Cell, user: User) -> None:
    log_event(cell=cell, kind="on_test", at=NOON + 2 * HOUR, by=user)
    with pytest.raises(ValidationError, match="“on test” on .* would come after the end"):
        log_event(cell=cell, kind="ended", at=NOON + HOUR, by=user)


def test_a_time_typed_to_the_minute_comes_after_what_happened_in_that_minute(
    cell: Cell, user: User
) -> None:
    started = NOON + HOUR + timedelta(seconds=40)
    CellEventFactory(cell=cell, kind="on_test", at=started)
    event = log_event(cell=cell, kind="short", at=NOON + HOUR, by=user)
    assert event.at == started


def test_the_form_takes_units_and_shows_the_event_in_words(signed_in, cell: Cell) -> None:
    address = reverse("cells:cell-event", args=[cell.pk])
    page = signed_in.get(address, {"kind": "pressed"}).content.decode()
    assert 'name="actual-pressure_mpa"' in page
    typed = {
        "kind": "pressed",
        "shown": "pressed",
        "at": "2026-03-02T14:00",
        "planned-pressure_mpa": "300",
        "actual-pressure_mpa": "2,9 kbar",
        "planned-time_s": "5 min",
        "actual-time_s": "300",
    }
    answer = signed_in.post(address, typed)
    assert answer.status_code == 302
    event = cell.events.get(kind="pressed")
    assert event.actual == {"pressure_mpa": 290.0, "time_s": 300.0}
    assert event.planned == {"pressure_mpa": 300.0, "time_s": 300.0}
    detail = signed_in.get(answer.url).content.decode()
    assert "290 MPa" in detail
    assert "planned 300 MPa, −3.3 %" in detail


def test_the_form_does_not_offer_a_second_assembly(signed_in, cell: Cell) -> None:
    page = signed_in.get(reverse("cells:cell-event", args=[cell.pk])).content.decode()
    assert 'value="assembled"' not in page
    assert 'value="sealed"' in page


def test_a_reading_typed_in_other_units_stands_on_the_page_of_the_cell(signed_in, cell) -> None:
    typed = {
        "kind": "pressure",
        "shown": "pressure",
        "at": "2026-03-02T14:00",
        "actual-built_in_pressure_kpa": "5.46 bar",
        "actual-built_in_pressure_kpa_u": "55",
    }
    form = signed_in.get(reverse("cells:cell-event", args=[cell.pk]), {"kind": "pressure"})
    assert "#id_actual-built_in_pressure_kpa_u_understood" in form.content.decode()
    answer = signed_in.post(reverse("cells:cell-event", args=[cell.pk]), typed, follow=True)
    assert answer.status_code == 200
    assert "546 kPa" in answer.content.decode()
    cell.refresh_from_db()
    assert (cell.built_in_pressure_kpa, cell.built_in_pressure_kpa_u) == (546, 55)
