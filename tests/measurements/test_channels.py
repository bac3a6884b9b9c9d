"""A channel holds one cell, a cell is on one channel; the board and the cell agree."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from cells.events import log_event
from labsite.access.recording import void_record
from measurements.board import channels
from measurements.channelling import put_on_channel, take_off_channel
from measurements.channelnames import channel_names
from measurements.models import Channel, ChannelUse
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def cell(project):
    return factories.CellFactory(project=project)


@pytest.fixture
def channel():
    return factories.ChannelFactory(name="1-3", instrument__name="Cycler 1")


def place_of(user, channel):
    return next(place for row in channels(user) for place in row.places if place.channel == channel)


def test_a_cell_goes_on_test_and_off_with_its_channel(user, cell, channel):
    use = put_on_channel(cell=cell, channel=channel, by=user, at=LATER, note="formation")
    take_off_channel(use=use, by=user, at=LATER + timedelta(days=2))
    events = [(event.kind, event.at, event.note) for event in cell.events.all()]
    assert events == [
        ("on_test", LATER, "formation"),
        ("off_test", LATER + timedelta(days=2), "Cycler 1 1-3"),
    ]
    assert put_on_channel(cell=cell, channel=channel, by=user).ended_at is None


def test_a_taken_channel_names_the_other_cell_only_to_those_who_may_read_it(
    user, project, cell, channel
):
    put_on_channel(cell=cell, channel=channel, by=user, at=LATER)
    second = factories.CellFactory(project=project)
    with pytest.raises(ValidationError, match=f"Cycler 1 1-3 is taken by {cell.code} since"):
        put_on_channel(cell=second, channel=channel, by=user)
    stranger = factories.MembershipFactory()
    foreign = factories.CellFactory(project=stranger.project)
    with pytest.raises(ValidationError, match="is taken by a cell of another project"):
        put_on_channel(cell=foreign, channel=channel, by=stranger.user)
    assert not second.events.exists()


def test_a_cell_on_a_channel_is_not_put_on_another(user, cell, channel):
    put_on_channel(cell=cell, channel=channel, by=user, at=LATER)
    other = factories.ChannelFactory(instrument=channel.instrument)
    with pytest.raises(ValidationError, match=f"{cell.code} is on Cycler 1 1-3 already"):
        put_on_channel(cell=cell, channel=other, by=user)
    assert ChannelUse.objects.count() == cell.events.count() == 1


def test_a_channel_is_in_use_by_one_cell_at_a_time(user, project, cell, channel):
    use = put_on_channel(cell=cell, channel=channel, by=user, at=LATER)
    take_off_channel(use=use, by=user, at=LATER + timedelta(days=2))
    second = factories.CellFactory(project=project)
    with pytest.raises(ValidationError, match=f"{cell.code} was on Cycler 1 1-3 from .* until"):
        put_on_channel(cell=second, channel=channel, by=user, at=LATER + timedelta(days=1))
    with pytest.raises(ValidationError, match="was taken off Cycler 1 1-3 already"):
        take_off_channel(use=ChannelUse.objects.get(), by=user)
    early = put_on_channel(cell=second, channel=channel, by=user, at=LATER + timedelta(days=2))
    with pytest.raises(ValidationError, match="is on Cycler 1 1-3 since"):
        take_off_channel(use=early, by=user, at=LATER)


def test_a_test_that_is_over_is_logged_in_one_go_also_of_a_cell_that_was_opened_since(
    user, project, cell, channel
):
    log_event(cell=cell, kind="opened", at=NOON + timedelta(days=9), by=user)
    until = LATER + timedelta(days=2)
    use = put_on_channel(cell=cell, channel=channel, by=user, at=LATER, until=until)
    assert use.ended_at == until
    assert [event.kind for event in cell.events.all()] == ["on_test", "off_test", "opened"]
    second = factories.CellFactory(project=project)
    for at, end in ((NOON, LATER + timedelta(days=1)), (until - timedelta(hours=1), None)):
        with pytest.raises(ValidationError, match="was on Cycler 1 1-3 from"):
            put_on_channel(cell=second, channel=channel, by=user, at=at, until=end)
    put_on_channel(cell=second, channel=channel, by=user, at=NOON, until=LATER)
    with pytest.raises(ValidationError, match="is on Cycler 1 1-3 since"):
        put_on_channel(cell=second, channel=channel, by=user, at=until, until=LATER)


def test_a_viewer_moves_nothing(viewer, user, cell, channel):
    with pytest.raises(PermissionDenied):
        put_on_channel(cell=cell, channel=channel, by=viewer)
    use = put_on_channel(cell=cell, channel=channel, by=user, at=LATER)
    with pytest.raises(PermissionDenied):
        take_off_channel(use=use, by=viewer)


@pytest.mark.parametrize("kind", ["off_test", "ended", "opened"])
def test_a_cell_that_ends_leaves_its_channel(user, cell, channel, kind):
    use = put_on_channel(cell=cell, channel=channel, by=user, at=LATER)
    log_event(cell=cell, kind=kind, at=LATER + timedelta(days=1), by=user)
    use.refresh_from_db()
    assert use.ended_at == LATER + timedelta(days=1)
    if kind != "off_test":
        with pytest.raises(ValidationError):
            put_on_channel(cell=cell, channel=channel, by=user)
        assert ChannelUse.objects.filter(ended_at=None).count() == 0


def test_a_voided_cell_leaves_its_channel(user, cell, channel):
    use = put_on_channel(cell=cell, channel=channel, by=user, at=LATER)
    void_record(record=cell, by=user, reason="logged twice")
    use.refresh_from_db()
    assert use.ended_at == cell.voided_at


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("contested", ["channel", "cell"])
def test_of_several_who_do_it_at_once_one_succeeds(contested):
    member = factories.MembershipFactory()
    instrument = factories.InstrumentFactory()
    cells = [factories.CellFactory(project=member.project) for _ in range(4)]
    rows = [factories.ChannelFactory(instrument=instrument) for _ in range(4)]
    pairs = [
        (cells[0 if contested == "cell" else n], rows[0 if contested == "channel" else n])
        for n in range(4)
    ]
    barrier, refused = threading.Barrier(4), []

    def put(cell, channel):
        barrier.wait()
        try:
            with transaction.atomic():
                put_on_channel(cell=cell, channel=channel, by=member.user)
        except ValidationError as error:
            refused.append(" ".join(error.messages))
        connection.close()

    threads = [threading.Thread(target=put, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    use = ChannelUse.objects.get()
    assert use.cell.events.count() == 1
    assert sum(cell.events.count() for cell in cells) == 1
    words = "is taken by" if contested == "channel" else "already. Take it off first."
    assert [words in sentence for sentence in refused] == [True] * 3


def test_the_board_shows_the_logged_cell_before_any_file_came(user, cell, channel):
    put_on_channel(cell=cell, channel=channel, by=user)
    place = place_of(user, channel)
    assert (place.cell, place.tone, place.measurement) == (cell, "on-test", None)


def test_a_logged_cell_that_sends_nothing_for_days_is_silent(user, cell, channel):
    put_on_channel(cell=cell, channel=channel, by=user, at=timezone.now() - timedelta(days=4))
    assert place_of(user, channel).tone == "silent"


def test_without_a_log_the_last_file_of_a_cell_on_test_counts(user, cell, channel):
    factories.CellEventFactory(cell=cell, kind="on_test")
    factories.MeasurementFactory(cell=cell, channel=channel, instrument=channel.instrument)
    assert place_of(user, channel).cell == cell
    moved = factories.ChannelFactory(instrument=channel.instrument)
    put_on_channel(cell=cell, channel=moved, by=user)
    assert place_of(user, channel).tone == "free"
    assert place_of(user, moved).cell == cell


def test_a_strangers_cell_is_not_named_but_its_channel_is_not_free(user, cell, channel, stranger):
    put_on_channel(cell=cell, channel=channel, by=user, at=timezone.now())
    place = place_of(stranger, channel)
    assert (place.cell, place.tone) == (None, "on-test")


def test_the_page_filters_and_links_what_can_be_done(signed_in, user, cell, channel):
    free = factories.ChannelFactory(instrument=channel.instrument, name="1-10")
    factories.ChannelFactory(instrument=channel.instrument, name="1-4")
    put_on_channel(cell=cell, channel=channel, by=user)
    page = signed_in.get(reverse("measurements:channels"))
    names = [place.channel.name for place in page.context["board"][0].places]
    assert names == ["1-3", "1-4", "1-10"]
    html = page.content.decode()
    assert f"?channel={free.pk}" in html
    assert cell.code in html
    only = signed_in.get(reverse("measurements:channels"), {"state": "on-test"})
    assert [place.cell for row in only.context["board"] for place in row.places] == [cell]
    none = signed_in.get(reverse("measurements:channels"), {"instrument": str(cell.pk)})
    assert none.context["board"] == []


def test_a_cell_is_put_on_and_taken_off_on_the_pages(signed_in, cell, channel):
    put = reverse("measurements:channel-put")
    typed = {"cell": cell.pk, "channel": channel.pk, "at": "2026-03-03T12:00"}
    assert signed_in.post(f"{put}?cell={cell.pk}", typed).url == f"/cells/{cell.pk}/"
    use = ChannelUse.objects.get()
    page = signed_in.get(f"/cells/{cell.pk}/").content.decode()
    off = reverse("measurements:channel-off", args=[use.pk])
    assert f"{off}?back=cell" in page
    twice = signed_in.post(put, typed)
    assert "is on Cycler 1 1-3 already" in twice.content.decode()
    early = signed_in.post(off, {"at": "2026-03-01T12:00"})
    assert "is on Cycler 1 1-3 since" in early.context["form"].errors["at"][0]
    assert signed_in.post(off, {"at": "2026-03-04T12:00"}).url == reverse("measurements:channels")
    assert signed_in.get(f"/cells/{cell.pk}/").context["state"][1] == "off test"


def test_a_stranger_takes_nothing_off(client, stranger, user, cell, channel):
    use = put_on_channel(cell=cell, channel=channel, by=user, at=LATER)
    client.force_login(stranger)
    assert client.get(reverse("measurements:channel-off", args=[use.pk])).status_code == 404


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1-1 … 1-8", [f"1-{n}" for n in range(1, 9)]),
        ("ch 9..ch 11", ["ch 9", "ch 10", "ch 11"]),
        ("1-1, 2-1 to 2-2; A", ["1-1", "2-1", "2-2", "A"]),
    ],
)
def test_many_channels_are_named_in_one_go(text, names):
    assert channel_names(text) == names


@pytest.mark.parametrize("text", ["", " , ", "1-8 … 1-1", "1-1, 1-1", "1 … 9000", "x" * 31])
def test_names_that_cannot_be_meant_are_refused(text):
    with pytest.raises(ValidationError):
        channel_names(text)


def test_channels_are_added_all_or_none(client, manager, user, channel):
    address = reverse("measurements:channels-add", args=[channel.instrument.pk])
    client.force_login(user)
    assert client.post(address, {"names": "2-1 … 2-8"}).status_code == 403
    client.force_login(manager)
    answer = client.post(address, {"names": "1-1 … 1-8"})
    assert "has these already: 1-3" in answer.content.decode()
    assert Channel.objects.count() == 1
    assert client.post(address, {"names": "2-1 … 2-8"}).status_code == 302
    assert channel.instrument.channels.count() == 9


def test_the_api_puts_cells_on_channels_and_takes_them_off(client, user, cell, channel):
    from rest_framework.test import APIClient  # noqa: PLC0415

    api = APIClient()
    api.force_authenticate(user)
    sent = {"cell": cell.code, "channel": str(channel.pk), "started_at": "2026-03-03T12:00:00Z"}
    made = api.post("/api/v1/channel-uses/", sent)
    assert made.status_code == 201, made.json()
    assert (made.json()["channel_name"], made.json()["ended_at"]) == ("1-3", None)
    again = api.post("/api/v1/channel-uses/", sent)
    assert again.status_code == 400
    assert "Take it off first" in again.json()["detail"]
    now = api.get("/api/v1/channel-uses/?now=true").json()["results"]
    assert [row["cell"]["code"] for row in now] == [cell.code]
    off = api.post(f"{made.json()['url']}take-off/", {"at": "2026-03-04T12:00:00Z"})
    assert off.json()["ended_at"] == "2026-03-04T12:00:00Z", off.json()
    assert api.get("/api/v1/channel-uses/?now=true").json()["results"] == []
