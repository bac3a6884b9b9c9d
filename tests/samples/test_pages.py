"""Lists and details of samples: found, scoped, with a constant number of queries."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from labsite.access.models import Membership
from samples.views import KINDS
from tests import factories

OWNED = {
    "batch": factories.BatchFactory,
    "film": factories.FilmFactory,
    "coating": factories.CoatingFactory,
    "electrode": factories.ElectrodeFactory,
}
SHARED = {"chemical": factories.ChemicalFactory, "lot": factories.LotFactory}


def make(name, project):
    """Make a record of a kind."""
    return OWNED[name](project=project) if name in OWNED else SHARED[name]()


def rows(answer):
    """The records that a list shows."""
    return [row.record for row in answer.context["table"].rows]


@pytest.fixture(params=[kind.name for kind in KINDS])
def name(request):
    """The name of a kind."""
    return request.param


def test_the_list_shows_code_and_count(signed_in, project, name):
    records = [make(name, project) for _ in range(3)]
    answer = signed_in.get(reverse(f"samples:{name}-list"))
    page = answer.content.decode()
    assert all(record.code in page for record in records)
    assert answer.context["table"].paginator.count == len(type(records[0]).objects.all())


def test_the_number_of_queries_of_a_list_does_not_grow_with_its_rows(signed_in, project, name):
    counts = []
    for more in (2, 10):
        for _ in range(more):
            make(name, project)
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(reverse(f"samples:{name}-list"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_detail_page_says_what_the_record_is(signed_in, project, name):
    record = make(name, project)
    page = signed_in.get(reverse(f"samples:{name}-detail", args=[record.pk])).content.decode()
    assert record.code in page
    assert "Make-up" in page
    assert "History" in page


@pytest.mark.parametrize("route", ["detail", "edit", "duplicate", "label", "void"])
@pytest.mark.parametrize("name", OWNED)
def test_a_stranger_finds_nothing(client, stranger, project, name, route):
    record = make(name, project)
    client.force_login(stranger)
    assert client.get(reverse(f"samples:{name}-{route}", args=[record.pk])).status_code == 404
    assert record.code not in client.get(reverse(f"samples:{name}-list")).content.decode()


@pytest.mark.parametrize("name", OWNED)
def test_a_stranger_may_not_log_anything(client, stranger, name):
    client.force_login(stranger)
    assert client.get(reverse(f"samples:{name}-add")).status_code == 403


def test_a_viewer_reads_but_does_not_write(client, viewer, project):
    batch = factories.BatchFactory(project=project)
    client.force_login(viewer)
    page = client.get(reverse("samples:batch-detail", args=[batch.pk])).content.decode()
    assert reverse("samples:batch-edit", args=[batch.pk]) not in page
    for route in ("edit", "void", "step"):
        url = reverse(f"samples:batch-{route}", args=[batch.pk])
        assert client.get(url).status_code == 403
        assert client.post(url).status_code == 403
    assert client.get(reverse("samples:batch-add")).status_code == 403


def test_a_member_reads_lots_and_only_a_manager_writes_them(client, user, manager):
    lot = factories.LotFactory()
    url = reverse("samples:lot-edit", args=[lot.pk])
    client.force_login(user)
    assert client.get(reverse("samples:lot-detail", args=[lot.pk])).status_code == 200
    assert client.get(url).status_code == 403
    client.force_login(manager)
    assert client.get(url).status_code == 200


def test_who_is_not_signed_in_is_sent_to_the_sign_in_page(client, db, name):
    answer = client.get(reverse(f"samples:{name}-list"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_a_record_of_a_foreign_project_in_the_lineage_shows_no_access(signed_in, project):
    foreign = factories.BatchFactory()
    film = factories.FilmFactory(project=project, batch=foreign)
    detail = signed_in.get(reverse("samples:film-detail", args=[film.pk])).content.decode()
    listed = signed_in.get(reverse("samples:film-list")).content.decode()
    for page in (detail, listed):
        assert foreign.code not in page
        assert "no access" in page


def test_filters_stay_in_the_address_and_show_as_chips(signed_in, project):
    liquid = factories.BatchFactory(project=project, kind="liquid", composition="LP57")
    elastic = factories.BatchFactory(project=project)
    answer = signed_in.get(reverse("samples:batch-list"), {"kind": "liquid", "sort": "code"})
    page = answer.content.decode()
    assert liquid.code in page
    assert elastic.code not in page
    (chip,) = answer.context["chips"]
    assert (chip.label, chip.value, chip.url) == ("Kind", "other liquid", "?sort=code")


def test_every_word_of_a_search_must_occur(signed_in, project):
    found = factories.BatchFactory(project=project, aliases="Pan-17", notes="yellow after curing")
    factories.BatchFactory(project=project, notes="yellow")
    answer = signed_in.get(reverse("samples:batch-list"), {"q": "pan yellow"})
    assert rows(answer) == [found]


def test_a_list_may_be_asked_for_25_rows_but_not_for_a_million(signed_in, project):
    for asked, given in (("25", 25), ("1000000", 50), ("x", 50)):
        answer = signed_in.get(reverse("samples:batch-list"), {"per_page": asked})
        assert answer.context["table"].paginator.per_page == given


def test_voided_records_are_hidden_until_asked_for(client, user, project):
    client.force_login(user)
    batch = factories.BatchFactory(project=project)
    client.post(reverse("samples:batch-void", args=[batch.pk]), {"reason": "spilled"})
    batch.refresh_from_db()
    assert batch.void_reason == "spilled"
    url = reverse("samples:batch-list")
    assert rows(client.get(url)) == []
    assert rows(client.get(url, {"voided": "on"})) == [batch]


def test_voiding_needs_a_reason(signed_in, project):
    batch = factories.BatchFactory(project=project)
    answer = signed_in.post(reverse("samples:batch-void", args=[batch.pk]), {"reason": " "})
    assert "Say why" in answer.content.decode()
    batch.refresh_from_db()
    assert batch.voided_at is None


def test_an_empty_list_says_what_belongs_there_and_gives_the_button(signed_in):
    page = signed_in.get(reverse("samples:film-list")).content.decode()
    assert "made from an electrolyte batch" in page
    assert reverse("samples:film-add") in page


def test_htmx_gets_the_list_alone_and_history_the_whole_page(signed_in):
    url = reverse("samples:batch-list")
    part = signed_in.get(url, headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert "HX-Request" in part.headers["Vary"]
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert b"<html" in signed_in.get(url, headers=restored).content


def test_a_list_is_given_as_csv_with_plain_numbers(signed_in, project):
    batch = factories.BatchFactory(project=project, mole_fraction_am=0.87)
    answer = signed_in.get(reverse("samples:batch-list"), {"as": "csv"})
    head, row = answer.content.decode().splitlines()
    assert head.startswith("Code,Make-up,x")
    assert row.startswith(f"{batch.code},")
    assert ",0.87," in row


def test_the_lot_of_a_step_stands_in_the_lineage_with_what_was_weighed(signed_in, project):
    batch = factories.BatchFactory(project=project)
    step = factories.StepFactory(batch=batch)
    lot = factories.LotFactory()
    factories.ConsumptionFactory(
        step=step, lot=lot, amount=2.304, amount_u=0.001, planned_amount=2.31
    )
    page = signed_in.get(reverse("samples:batch-detail", args=[batch.pk])).content.decode()
    assert lot.code in page
    assert "2.3040 ± 0.0010 g (planned 2.31)" in page
    used_for = signed_in.get(reverse("samples:lot-detail", args=[lot.pk])).content.decode()
    assert batch.code in used_for


def test_the_label_carries_a_qr_code_and_no_inline_style(signed_in, project):
    batch = factories.BatchFactory(project=project)
    page = signed_in.get(reverse("samples:batch-label", args=[batch.pk])).content.decode()
    assert "<svg" in page
    assert batch.code in page
    assert not re.search(r"\sstyle=|<script>", page)


def test_two_projects_show_only_their_own(client, user, project):
    other = factories.ProjectFactory()
    theirs = factories.BatchFactory(project=other)
    client.force_login(user)
    url = reverse("samples:batch-list")
    assert theirs.code not in client.get(url).content.decode()
    factories.MembershipFactory(user=user, project=other, role=Membership.Role.VIEWER)
    assert theirs.code in client.get(url).content.decode()
