"""The administration: every list and page opens, services store, nothing is deleted."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.facts import facts_of
from labsite.access.record_admin import RecordAdmin
from labsite.access.recording import void_record
from samples.models import Chemical, Coating, Electrode, Film
from tests import factories as make

OURS = ("access", "samples", "cells", "measurements", "analysis")
MAKERS = {
    "access.user": make.UserFactory,
    "access.project": make.ProjectFactory,
    "access.membership": make.MembershipFactory,
    "access.apikey": make.ApiKeyFactory,
    "access.codecounter": make.CodeCounterFactory,
    "access.rememberedanswer": make.RememberedAnswerFactory,
    "samples.chemical": make.ChemicalFactory,
    "samples.lot": make.LotFactory,
    "samples.template": make.TemplateFactory,
    "samples.electrolytebatch": make.BatchFactory,
    "samples.film": make.FilmFactory,
    "samples.coating": lambda: make.CoatingComponentFactory().coating,
    "samples.coatingcomponent": None,
    "samples.electrode": make.ElectrodeFactory,
    "samples.electrodeevent": make.ElectrodeEventFactory,
    "samples.processstep": make.StepFactory,
    "samples.consumption": make.ConsumptionFactory,
    "samples.stockentry": make.StockEntryFactory,
    "cells.cell": lambda: make.PlaceFactory().cell,
    "cells.cellelectrode": make.PlaceFactory,
    "cells.cellevent": make.CellEventFactory,
    "measurements.channeluse": make.ChannelUseFactory,
    "measurements.instrument": lambda: make.ChannelFactory().instrument,
    "measurements.channel": make.ChannelFactory,
    "measurements.labformat": make.LabFormatFactory,
    "measurements.sensor": make.SensorFactory,
    "measurements.measurement": lambda: make.RawFileFactory().measurement,
    "measurements.blob": make.BlobFactory,
    "measurements.rawfile": make.RawFileFactory,
    "measurements.attachment": make.AttachmentFactory,
    "analysis.analysisrun": lambda: make.FlagFactory(run=make.MetricFactory().run).run,
    "analysis.runinput": make.RunInputFactory,
    "analysis.metric": make.MetricFactory,
    "analysis.curve": make.CurveFactory,
    "analysis.flag": make.FlagFactory,
}
INLINE = {"samples.coatingcomponent"}
"""Edited with the record that they belong to."""


@pytest.fixture
def boss(db) -> Client:
    """A browser of a superuser."""
    client = Client()
    client.force_login(make.UserFactory(is_staff=True, is_superuser=True))
    return client


def page(name: str, which: str, *args) -> str:
    return reverse(f"admin:{name.replace('.', '_')}_{which}", args=args)


def change_page(name: str, pk) -> str:
    return page(name, "change", pk)


def test_every_model_is_in_the_administration():
    ours = {
        model._meta.label_lower
        for model in apps.get_models()
        if model._meta.app_label in OURS and not model.__name__.startswith("Historical")
    }
    assert ours == set(MAKERS)
    registered = {model._meta.label_lower for model in admin.site._registry}
    assert ours - registered == INLINE


@pytest.mark.parametrize("name", sorted(set(MAKERS) - INLINE))
def test_its_list_searches_and_its_page_opens(boss, name):
    row = MAKERS[name]()
    listed = boss.get(page(name, "changelist"))
    assert listed.status_code == 200
    assert row in listed.context["cl"].result_list
    assert boss.get(page(name, "changelist") + "?q=nothing+like+this").status_code == 200
    assert boss.get(change_page(name, row.pk)).status_code == 200


@pytest.mark.parametrize("name", sorted(set(MAKERS) - INLINE))
def test_its_list_takes_the_same_number_of_queries_for_more_rows(boss, name):
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert boss.get(page(name, "changelist")).status_code == 200
        return len(caught)

    MAKERS[name]()
    few = queries()
    for _ in range(4):
        MAKERS[name]()
    # a filter over choices may ask once more when there is more to choose from
    assert queries() <= few + 1


@pytest.mark.parametrize("name", sorted(set(MAKERS) - INLINE))
def test_nothing_but_keys_and_memberships_can_be_deleted(boss, name):
    row = MAKERS[name]()
    status = boss.get(page(name, "delete", row.pk)).status_code
    assert status == (200 if name in {"access.apikey", "access.membership"} else 403)


@pytest.mark.parametrize(
    "model", [model for model, one in admin.site._registry.items() if isinstance(one, RecordAdmin)]
)
def test_records_show_their_history(boss, model):
    name = model._meta.label_lower
    row = MAKERS[name]()
    assert boss.get(page(name, "history", row.pk)).status_code == 200


def test_a_record_made_here_gets_its_code_from_the_service(boss):
    answer = boss.post(
        page("samples.chemical", "add"),
        {"name": "silicon", "short_name": "Si", "role": "active_material"},
    )
    assert answer.status_code == 302, answer.context["errors"]
    chemical = Chemical.objects.get()
    assert chemical.code.startswith("CH-")
    assert chemical.created_by is not None


def test_an_electrode_made_here_has_its_first_event(boss):
    coating = make.CoatingFactory()
    moment = {"made_at_0": "2026-03-02", "made_at_1": "12:00"}
    sent = {"project": coating.project.pk, "coating": coating.pk, **moment}
    answer = boss.post(page("samples.electrode", "add"), sent)
    assert answer.status_code == 302, answer.context["errors"]
    assert Electrode.objects.get().events.get().state == "pristine"


def test_a_cell_is_not_put_together_here(boss):
    """It needs electrodes, which its page and the API ask for."""
    assert boss.get(page("cells.cell", "add")).status_code == 403


def test_a_change_counts_the_version_and_one_that_is_late_is_refused(boss):
    film = make.FilmFactory()
    form = {
        "project": film.project.pk,
        "batch": film.batch.pk,
        "form": "disc",
        "made_at_0": "2026-03-02",
        "made_at_1": "12:00",
        "thickness_um": 150,
        "seen_version": 1,
    }
    assert boss.post(change_page("samples.film", film.pk), form).status_code == 302
    film.refresh_from_db()
    assert (film.thickness_um, film.version) == (150, 2)
    late = boss.post(change_page("samples.film", film.pk), form | {"thickness_um": 1})
    assert late.status_code == 200
    assert "Somebody else has changed this record" in late.content.decode()
    assert Film.objects.get().thickness_um == 150


def test_ingredients_are_kept_with_their_coating(boss):
    coating = make.CoatingFactory()
    binder = make.ChemicalFactory()
    answer = boss.post(
        change_page("samples.coating", coating.pk),
        {
            "project": coating.project.pk,
            "active_material": coating.active_material.pk,
            "process": "cast",
            "made_at_0": "2026-03-02",
            "made_at_1": "12:00",
            "seen_version": 1,
            "components-TOTAL_FORMS": 1,
            "components-INITIAL_FORMS": 0,
            "components-0-chemical": binder.pk,
            "components-0-weight_parts": 10,
        },
    )
    assert answer.status_code == 302, answer.context["errors"]
    component = Coating.objects.get().components.get()
    assert (component.chemical, component.created_by is not None) == (binder, True)


def test_staff_see_only_what_they_may_read(db):
    clerk = make.MembershipFactory(user__is_staff=True).user
    clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(clerk)
    for name in ("samples.film", "measurements.measurement", "analysis.metric", "cells.cellevent"):
        row = MAKERS[name]()
        listed = client.get(page(name, "changelist"))
        assert list(listed.context["cl"].result_list) == [], name
        assert client.get(change_page(name, row.pk)).status_code == 302
    assert client.get(page("measurements.blob", "changelist")).status_code == 403


def test_failed_measurements_are_read_again(boss):
    failed, done = make.MeasurementFactory(failed=True), make.MeasurementFactory(done=True)
    boss.post(
        page("measurements.measurement", "changelist"),
        {"action": "read_again", "_selected_action": [failed.pk, done.pk]},
    )
    failed.refresh_from_db()
    done.refresh_from_db()
    assert (failed.status, done.status) == ("queued", "done")


@pytest.fixture
def clerk(db):
    """A browser of somebody of the staff with every right, who is in one project."""
    member = make.MembershipFactory(user__is_staff=True)
    member.user.user_permissions.set(Permission.objects.all())
    client = Client()
    client.force_login(member.user)
    client.project = member.project
    return client


@pytest.mark.parametrize("history", ["history", "simple_history"])
def test_the_history_of_a_foreign_record_is_not_shown(clerk, history):
    foreign = make.FilmFactory(notes="secret")
    version = [foreign.history.get().pk] if history == "simple_history" else []
    assert clerk.get(page("samples.film", history, foreign.pk, *version)).status_code == 403
    own = make.FilmFactory(project=clerk.project)
    version = [own.history.get().pk] if history == "simple_history" else []
    assert clerk.get(page("samples.film", history, own.pk, *version)).status_code == 200


def test_a_voided_record_is_only_shown(clerk):
    film = make.FilmFactory(project=clerk.project)
    user = film.project.members.get()
    void_record(record=film, by=user, reason="torn")
    address = change_page("samples.film", film.pk)
    assert clerk.get(address).status_code == 200
    assert clerk.post(address, {"thickness_um": 1}).status_code == 403


def test_a_channel_changed_here_marks_results_stale(boss):
    channel = make.ChannelFactory(current_range_a=1.0)
    instrument = channel.instrument
    measurement = make.MeasurementFactory(done=True, instrument=instrument, channel=channel)
    run = make.RunFactory(measurement=measurement, facts=facts_of(measurement))
    answer = boss.post(
        change_page("measurements.instrument", instrument.pk),
        {
            "name": instrument.name,
            "kind": instrument.kind,
            "seen_version": 1,
            "channels-TOTAL_FORMS": 1,
            "channels-INITIAL_FORMS": 1,
            "channels-0-id": channel.pk,
            "channels-0-instrument": instrument.pk,
            "channels-0-name": channel.name,
            "channels-0-current_range_a": 0.1,
        },
    )
    assert answer.status_code == 302, answer.context["errors"]
    run.refresh_from_db()
    assert "current_range_a" in run.stale_reason
