"""Pages of steps: log with the quantities of the kind, plan, do, correct, take off the plan."""

import pytest
from django.urls import reverse

from samples.models import ProcessStep
from samples.processing import StepDetails, Use, log_step, plan_steps
from samples.stock import create_lot
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
USES = {"uses-TOTAL_FORMS": "1", "uses-INITIAL_FORMS": "0", "uses-0-unit": "g"}


@pytest.fixture
def film(project):
    return factories.FilmFactory(project=project)


def new(sample, kind="film"):
    return reverse(f"samples:{kind}-step", args=[sample.pk])


def about(step, page):
    return reverse(f"samples:step-{page}", args=[step.pk])


def typed(kind, **more):
    return {"kind": kind, "shown": kind, "performed_at": "2026-03-02T12:00", **USES, **more}


def test_quantities_are_typed_with_units_planned_beside_actual(signed_in, film):
    more = {
        "planned-uv_time_s": "5 min",
        "actual-uv_time_s": "310",
        "actual-uv_intensity_mw_cm2": "10",
        "actual-lamp": "UV LED",
        "actual-atmosphere": "argon",
        "actual-dew_point_celsius": "-40",
    }
    answer = signed_in.post(new(film), typed("uv_cure", **more))
    assert answer.status_code == 302
    step = film.steps.get()
    assert step.planned == {"uv_time_s": 300.0}
    assert step.actual == {
        "uv_time_s": 310.0,
        "uv_intensity_mw_cm2": 10.0,
        "uv_dose_mj_cm2": 3100.0,
        "lamp": "UV LED",
        "atmosphere": "argon",
        "dew_point_celsius": -40.0,
    }
    page = signed_in.get(answer.url).content.decode()
    for words in ("UV time", "310 s", "planned 300 s, +3.3 %", "-40 °C", "argon glove box"):
        assert words in page
    assert "uv_time_s" not in page


def test_choosing_a_kind_swaps_the_quantities_and_keeps_what_was_typed(signed_in, film):
    page = signed_in.get(new(film), {"kind": "pressing"}).content.decode()
    assert 'name="actual-pressure_mpa"' in page
    assert 'name="actual-uv_time_s"' not in page
    said = typed("drying", swap="yes", **{"shown": "pressing"})
    said["actual-temperature_celsius"] = "80 °C"
    part = signed_in.post(new(film), said, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'name="actual-absolute_pressure_kpa"' in part
    assert 'value="80 °C"' in part
    assert 'name="shown" value="drying"' in part
    assert not film.steps.exists()


def test_quantities_of_another_kind_than_shown_are_not_lost_in_silence(signed_in, film):
    said = typed("drying", **{"shown": "pressing", "actual-pressure_mpa": "300"})
    answer = signed_in.post(new(film), said)
    assert "The quantities below are now those of this kind" in answer.content.decode()
    assert 'name="actual-absolute_pressure_kpa"' in answer.content.decode()
    assert not film.steps.exists()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("uv_time_s", "5 mm", "“mm” cannot be converted; this field is in s."),
        ("uv_time_s", "-5", "Found -5 s; allowed: a number in s, at least 0 s."),
        ("lamp", "x" * 90, "at most 80 characters"),
        ("atmosphere", "helium", "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(
    signed_in, film, name, text, said
):
    answer = signed_in.post(new(film), typed("uv_cure", **{f"actual-{name}": text}))
    assert said in " ".join(answer.context["form"].errors[f"actual-{name}"])
    if name != "atmosphere":
        assert text in answer.content.decode()
    assert not film.steps.exists()


def test_a_contradicting_dose_is_said_beside_the_dose(signed_in, film):
    more = {
        "actual-uv_time_s": "300",
        "actual-uv_intensity_mw_cm2": "10",
        "actual-uv_dose_mj_cm2": "2 J/cm2",
    }
    answer = signed_in.post(new(film), typed("uv_cure", **more))
    (message,) = answer.context["form"].errors["actual-uv_dose_mj_cm2"]
    assert "found a dose of 2000 mJ/cm²" in message
    assert "make 3000 mJ/cm²" in message


def test_an_unusual_number_is_warned_of_while_typing_and_still_stored(signed_in, film):
    address = reverse("samples:quantity")
    asked = {"field": "q", "unit": "s", "low": "1", "high": "7200", "q": "300 min"}
    assert "unusual" in signed_in.get(address, asked).content.decode()
    signed_in.post(new(film), typed("uv_cure", **{"actual-uv_time_s": "300 min"}))
    assert film.steps.get().actual == {"uv_time_s": 18_000.0}


def test_a_step_is_planned_for_later_and_then_done_as_planned(signed_in, film, user):
    later = {"planned-uv_time_s": "5 min", "later": "yes"}
    answer = signed_in.post(new(film), typed("uv_cure", **later))
    step = film.steps.get()
    assert (step.performed_at, step.planned) == (None, {"uv_time_s": 300.0})
    page = signed_in.get(answer.url).content.decode()
    assert about(step, "perform") in page
    form = signed_in.get(about(step, "perform"))
    assert form.context["form"]["actual-uv_time_s"].value() == 300.0
    assert 'name="planned-uv_time_s"' not in form.content.decode()
    said = {"performed_at": "2026-03-02T12:00", "actual-uv_time_s": "300", **USES}
    assert signed_in.post(about(step, "perform"), said).status_code == 302
    step.refresh_from_db()
    assert (step.actual, step.performed_by) == ({"uv_time_s": 300.0}, user)
    done = signed_in.get(answer.url).content.decode()
    assert "as planned" in done
    assert about(step, "revise") in done


def test_a_plan_for_later_has_no_actual_quantities(signed_in, film):
    later = {"actual-uv_time_s": "300", "later": "yes"}
    answer = signed_in.post(new(film), typed("uv_cure", **later))
    assert "has no actual quantities" in answer.content.decode()
    assert not film.steps.exists()


def test_who_comes_second_is_told_and_nothing_is_overwritten(signed_in, film, manager):
    (step,) = plan_steps(sample=film, steps=[{"kind": "drying"}], by=manager)
    first = signed_in.get(about(step, "perform"))
    assert first.status_code == 200
    ProcessStep.objects.filter(pk=step.pk).update(performed_at=NOON, performed_by=manager)
    said = {"performed_at": "2026-03-02T13:00", "note": "mine", **USES}
    answer = signed_in.post(about(step, "perform"), said)
    assert f"Drying was done already, by {manager} on" in answer.content.decode()
    step.refresh_from_db()
    assert (step.performed_at, step.note) == (NOON, "")
    assert signed_in.get(about(step, "perform")).url == about(step, "revise")


def test_a_done_step_is_corrected_with_what_it_used(signed_in, film, user, manager):
    chemical = factories.ChemicalFactory()
    lot = create_lot(
        lot=factories.LotFactory.build(chemical=chemical, initial_amount=10.0), by=manager
    )
    step = log_step(
        sample=film,
        kind="drying",
        by=user,
        details=StepDetails(performed_at=NOON, actual={"time_h": 12, "temperature_celsius": 80}),
        uses=[Use(material=lot, amount=2, unit="g")],
    )
    form = signed_in.get(about(step, "revise")).context["form"]
    assert form["actual-time_h"].value() == 12.0
    assert form.rows.forms[0]["amount"].value() == 2
    said = {
        "version": "1",
        "performed_at": "2026-03-02T12:00",
        "actual-time_h": "12",
        "actual-temperature_celsius": "120 °C",
        "uses-TOTAL_FORMS": "2",
        "uses-INITIAL_FORMS": "1",
        "uses-0-lot": lot.pk,
        "uses-0-amount": "2.5",
        "uses-0-unit": "g",
        "uses-1-unit": "g",
    }
    assert signed_in.post(about(step, "revise"), said).status_code == 302
    step.refresh_from_db()
    assert step.actual == {"time_h": 12.0, "temperature_celsius": 120.0}
    lot.refresh_from_db()
    assert lot.remaining_amount == 7.5
    again = signed_in.post(about(step, "revise"), said)
    assert "was changed by somebody else" in again.content.decode()


def test_an_infiltration_is_corrected_by_its_volume(signed_in, project, user):
    electrode = factories.ElectrodeFactory(project=project)
    batch = factories.BatchFactory(project=project)
    step = log_step(
        sample=electrode,
        kind="infiltration",
        by=user,
        uses=[Use(material=batch, amount=50, unit="uL")],
    )
    said = {"version": "1", "batch": batch.pk, "actual-volume_ul": "45 ul"}
    said["performed_at"] = step.performed_at.strftime("%Y-%m-%dT%H:%M")
    assert signed_in.post(about(step, "revise"), said).status_code == 302
    assert step.consumptions.get().amount == 45


def test_a_weighing_of_a_recipe_is_corrected_where_it_was_weighed(signed_in, project, user):
    step = log_step(
        sample=factories.BatchFactory(project=project),
        kind="weighing",
        by=user,
        uses=[Use(material=factories.LotFactory(), amount=1, unit="g", ingredient="am")],
    )
    page = signed_in.get(about(step, "revise"))
    assert page.context["form"].rows is None
    assert "corrected on the form of the batch" in page.content.decode()


def test_a_step_is_taken_off_the_plan(signed_in, film, user):
    (step,) = plan_steps(sample=film, steps=[{"kind": "drying"}], by=user)
    assert signed_in.get(about(step, "drop")).status_code == 405
    assert signed_in.post(about(step, "drop")).status_code == 302
    assert not film.steps.exists()


@pytest.mark.parametrize("page", ["perform", "revise"])
def test_a_stranger_finds_no_step(client, stranger, film, user, page):
    (step,) = plan_steps(sample=film, steps=[{"kind": "drying"}], by=user)
    client.force_login(stranger)
    assert client.post(about(step, page)).status_code == 404
    assert client.post(about(step, "drop")).status_code == 404


@pytest.mark.parametrize("page", ["perform", "drop"])
def test_a_viewer_sees_the_plan_but_no_buttons(client, viewer, film, user, page):
    (step,) = plan_steps(sample=film, steps=[{"kind": "drying"}], by=user)
    client.force_login(viewer)
    detail = client.get(reverse("samples:film-detail", args=[film.pk])).content.decode()
    assert "planned" in detail
    assert about(step, page) not in detail
    assert client.post(about(step, page)).status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_lots(
    signed_in, film, django_assert_max_num_queries
):
    for _ in range(70):
        factories.LotFactory()
    with django_assert_max_num_queries(45):
        signed_in.get(new(film))


def test_what_a_recipe_plans_to_weigh_is_entered_where_it_is_weighed(signed_in, project, user):
    batch = factories.BatchFactory(project=project)
    (step,) = plan_steps(sample=batch, steps=[{"kind": "weighing"}], by=user)
    step.consumptions.create(lot=factories.LotFactory(), ingredient="am", planned_amount=1.7)
    answer = signed_in.get(about(step, "perform"))
    assert answer.url == reverse("samples:batch-edit", args=[batch.pk])
    page = signed_in.get(reverse("samples:batch-detail", args=[batch.pk])).content.decode()
    assert "1.7 g" in page
    assert "amount not measured" not in page
