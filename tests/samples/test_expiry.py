"""A lot's expiry is told of everything that was made from it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from labsite.access.models import Project, User
from labsite.access.viewers import Viewer
from samples.expiry import ExpiryLine, Sample, expiry_lines, lots_in
from samples.lotstates import CONDITIONS, LotState, lots_wanting, states_of
from samples.models import Lot
from tests.factories import (
    NOON,
    BatchFactory,
    CellFactory,
    ChemicalFactory,
    CoatingFactory,
    ConsumptionFactory,
    ElectrodeFactory,
    FilmFactory,
    LotFactory,
    PlaceFactory,
    StepFactory,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)


def put_into(sample: Sample, lot: Lot | None = None, at: datetime | None = NOON, **more) -> Lot:
    """Log that a step of the sample used a lot, or a batch."""
    lot = lot if lot or "batch" in more else LotFactory()
    name = {"ElectrolyteBatch": "batch"}.get(type(sample).__name__, type(sample).__name__.lower())
    step = StepFactory(**{"batch": None, name: sample}, performed_at=at)
    ConsumptionFactory(step=step, lot=lot, **more)
    return lot


def found(*samples: Sample) -> set[Lot]:
    return {use.lot for use in lots_in(samples)}


def only_line(viewer: User, *samples: Sample) -> ExpiryLine:
    (line,) = expiry_lines(Viewer(viewer), samples)
    return line


def test_a_film_has_the_lots_of_its_batch_and_of_what_that_was_made_from(project: Project) -> None:
    dem, batch = BatchFactory(project=project), BatchFactory(project=project)
    film = FilmFactory(project=project, batch=batch)
    salt, monomer, fep = put_into(dem), put_into(batch), put_into(film)
    put_into(batch, batch=dem)
    put_into(BatchFactory(project=project))
    assert found(film) == {salt, monomer, fep}
    assert found(batch) == {salt, monomer}
    assert found(dem) == {salt}


def test_an_infiltrated_electrode_has_the_lots_of_coating_and_electrolyte(
    project: Project,
) -> None:
    batch, coating = BatchFactory(project=project), CoatingFactory(project=project)
    electrode = ElectrodeFactory(project=project, coating=coating)
    monomer, silicon = put_into(batch), put_into(coating)
    put_into(electrode, batch=batch)
    assert found(electrode) == {monomer, silicon}
    assert found(coating) == {silicon}


def test_batches_that_contain_each_other_are_walked_once(project: Project) -> None:
    one, other = BatchFactory(project=project), BatchFactory(project=project)
    lot = put_into(one)
    put_into(one, batch=other)
    put_into(other, batch=one)
    assert [use.lot for use in lots_in([one])] == [lot]


def test_what_is_only_planned_is_not_in_it(project: Project) -> None:
    batch = BatchFactory(project=project)
    put_into(batch, at=None)
    assert found(batch) == set()


@pytest.mark.parametrize(
    ("expires", "tone", "words"),
    [
        (TODAY - timedelta(days=1), "warning", "expired when used: good until 2026-03-01, used"),
        (TODAY, "quiet", "expired 2026-03-02, after it was used"),
        (date(2099, 12, 2), "quiet", "expires 2099-12-02"),
    ],
)
def test_the_line_tells_whether_the_lot_was_good_on_the_day_of_its_use(
    project: Project, user: User, expires: date, tone: str, words: str
) -> None:
    batch = BatchFactory(project=project)
    lot = put_into(batch, LotFactory(expires_on=expires, chemical__short_name="FEC"))
    line = only_line(user, FilmFactory(project=project, batch=batch))
    assert (line.tone, line.chemical) == (tone, "FEC")
    assert line.words.startswith(words)
    assert lot.code in line.lot
    assert batch.code in line.sample


def test_the_day_of_the_use_is_that_of_the_labs_zone(project: Project, user: User) -> None:
    batch = BatchFactory(project=project)
    put_into(batch, LotFactory(expires_on=TODAY), at=datetime(2026, 3, 2, 20, tzinfo=UTC))
    with timezone.override("Asia/Shanghai"):
        assert only_line(user, batch).words.endswith("good until 2026-03-02, used 2026-03-03")
    with timezone.override("UTC"):
        assert only_line(user, batch).tone == "quiet"


def test_of_several_uses_of_a_lot_the_last_one_counts(project: Project, user: User) -> None:
    batch, lot = BatchFactory(project=project), LotFactory(expires_on=TODAY)
    put_into(batch, lot, at=NOON + timedelta(days=3))
    put_into(batch, lot)
    assert only_line(user, batch).tone == "warning"


def test_expired_lots_come_first_and_lots_without_a_date_are_left_out(
    project: Project, user: User
) -> None:
    batch = BatchFactory(project=project)
    good = put_into(batch, LotFactory(expires_on=TODAY))
    bad = put_into(batch, LotFactory(expires_on=TODAY - timedelta(days=1)))
    put_into(batch)
    lines = expiry_lines(Viewer(user), [batch])
    assert [lot.code in line.lot for lot, line in zip((bad, good), lines, strict=True)] == [
        True,
        True,
    ]


def test_a_batch_of_a_foreign_project_is_not_named(project: Project, user: User) -> None:
    foreign = BatchFactory()
    lot = put_into(foreign, LotFactory(expires_on=TODAY))
    line = only_line(user, FilmFactory(project=project, batch=foreign))
    assert line.sample == "no access"
    assert lot.code in line.lot


@pytest.mark.parametrize("make", [BatchFactory, FilmFactory, CoatingFactory, ElectrodeFactory])
def test_each_page_tells_it(signed_in: Client, project: Project, make: type) -> None:
    sample = make(project=project)
    lot = put_into(sample, LotFactory(expires_on=TODAY - timedelta(days=1)))
    name = {"ElectrolyteBatch": "batch"}.get(type(sample).__name__, type(sample).__name__.lower())
    page = signed_in.get(reverse(f"samples:{name}-detail", args=[sample.pk])).content.decode()
    assert "expired when used: good until 2026-03-01, used 2026-03-02" in page
    assert lot.code in page


def test_the_page_of_a_cell_tells_of_electrolyte_and_electrodes(
    signed_in: Client, project: Project
) -> None:
    cell = CellFactory(project=project)
    place = PlaceFactory(cell=cell)
    lots = [
        put_into(sample, LotFactory(expires_on=TODAY))
        for sample in (cell.film.batch, place.electrode.coating)
    ]
    page = signed_in.get(reverse("cells:cell-detail", args=[cell.pk])).content.decode()
    part = page.partition("Expiry of the lots in it")[2]
    assert all(lot.code in part for lot in lots)


def test_the_number_of_queries_does_not_grow_with_the_electrodes(
    project: Project, user: User
) -> None:
    batch = BatchFactory(project=project)
    put_into(batch, LotFactory(expires_on=TODAY))
    electrodes, counts = [], []
    for more in (1, 6):
        for _ in range(more):
            electrode = ElectrodeFactory(project=project)
            put_into(electrode.coating, LotFactory(expires_on=TODAY))
            put_into(electrode, batch=batch)
            electrodes.append(electrode)
        viewer = Viewer(user)
        with CaptureQueriesContext(connection) as queries:
            assert len(expiry_lines(viewer, electrodes)) == len(electrodes) + 1
        counts.append(len(queries))
    assert counts == [3, 3], "what the person may read, electrodes and coatings, the batch"


@pytest.mark.parametrize(
    ("facts", "states"),
    [
        ({}, ["in_use"]),
        ({"expires_on": TODAY}, ["expires_soon"]),
        ({"expires_on": TODAY + timedelta(days=30)}, ["expires_soon"]),
        ({"expires_on": TODAY + timedelta(days=31)}, ["in_use"]),
        ({"expires_on": TODAY - timedelta(days=1)}, ["expired"]),
        ({"expires_on": TODAY - timedelta(days=1), "remaining_amount": 0}, ["empty"]),
        ({"minimum_amount": 5, "remaining_amount": 4.9}, ["low"]),
        ({"minimum_amount": 5, "remaining_amount": 5}, ["in_use"]),
        ({"minimum_amount": 5}, ["in_use"]),
        (
            {"minimum_amount": 5, "remaining_amount": 1, "expires_on": TODAY},
            ["expires_soon", "low"],
        ),
    ],
)
def test_the_states_of_a_lot_and_their_filters_agree(facts: dict, states: list[str]) -> None:
    lot = LotFactory(**facts)
    assert states_of(lot, TODAY) == states
    for state in LotState:
        if state != LotState.IN_USE:
            kept = Lot.objects.filter(CONDITIONS[state](TODAY)).exists()
            assert kept == (state in states), state
    wanting = {"expired", "expires_soon", "low"} & set(states)
    assert lots_wanting(TODAY).exists() == bool(wanting)


def test_a_voided_lot_wants_nothing(manager: User) -> None:
    LotFactory(expires_on=TODAY, voided_at=NOON, void_reason="wrong label", voided_by=manager)
    assert not lots_wanting(TODAY).exists()


def test_the_list_of_lots_is_filtered_by_state(signed_in: Client) -> None:
    today, chemical = timezone.localdate(), ChemicalFactory()
    lots = {
        "expired": LotFactory(chemical=chemical, expires_on=today - timedelta(days=1)),
        "expires_soon": LotFactory(chemical=chemical, expires_on=today),
        "low": LotFactory(chemical=chemical, remaining_amount=1, minimum_amount=2),
        "empty": LotFactory(chemical=chemical, remaining_amount=0),
    }
    for state, lot in lots.items():
        answer = signed_in.get(reverse("samples:lot-list"), {"state": state})
        assert [row.record for row in answer.context["table"].rows] == [lot]
        assert str(LotState(state).label) in answer.content.decode()
