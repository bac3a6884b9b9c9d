"""Pages that weigh an electrolyte batch: what to weigh, and what was weighed."""

import math

import pytest
from django.urls import reverse

from samples.models import ElectrolyteBatch, StockEntry
from samples.weighing import KIND
from samples.weighsteps import weighing_of
from tests import factories
from tests.samples.balance import MASSES_G, RECIPE, SUBSTANCES, batch, lots, weigh

__all__ = ["batch", "lots"]


def typed_batch(project, lots, **changed):
    """What the form sends for the validation case with chosen lots and no masses."""
    return {
        "project": str(project.pk),
        "kind": "elastic",
        "prepared_at": "2026-03-02T12:00",
        "concentration_basis": "per_litre_solution",
        "weigh-balance": "0.1",
        **{name: str(value) for name, value in RECIPE.items()},
        **{f"weigh_{key}-lot": str(lot.pk) for key, lot in lots.items()},
        **changed,
    }


def panel(client, typed):
    """Return the recipe that the page shows beside a form."""
    return client.post(reverse("samples:batch-panel"), typed).context["recipe"]


def to_weigh(recipe):
    """Return the masses to weigh as written, by place."""
    return {line.key: line.target for line in recipe.lines if line.target}


def test_the_panel_tells_the_masses_of_the_validation_case(signed_in, project, lots):
    recipe = panel(signed_in, typed_batch(project, lots))
    assert to_weigh(recipe) == {
        "am": "1.7059",
        "dmam": "0.5948",
        "crosslinker": "4.63",
        "photoinitiator": "3.36",
        "nma": "5.7529",
        "lifsi": "3.6806",
    }
    assert dict(recipe.volumes)["DEM"] == "7.861 mL"


def test_the_masses_follow_x_the_basis_fec_and_the_volume(signed_in, project, lots):
    assert (
        to_weigh(panel(signed_in, typed_batch(project, lots, mole_fraction_am="0,5")))["am"]
        == "1.0662"
    )
    dem = panel(signed_in, typed_batch(project, lots, concentration_basis="per_litre_dem"))
    assert to_weigh(dem)["nma"] == "7.3180"
    fec = {"fec_mass_fraction": "5 %", "fec_basis": "of_total"}
    with_fec = panel(signed_in, typed_batch(project, lots, **fec))
    assert to_weigh(with_fec)["fec"] == "0.6180"
    (monomer,) = [line for line in with_fec.composition if line.label == "Monomer"]
    assert (monomer.before, monomer.after) == ("3", "2.879")
    assert to_weigh(panel(signed_in, typed_batch(project, lots, volume_ml="0.02 L")))["am"] == (
        "3.4118"
    )


def test_the_purity_of_the_chosen_lot_is_weighed_along(signed_in, project, lots):
    half = factories.LotFactory(chemical=lots["am"].chemical, purity_mass_fraction=0.5)
    typed = typed_batch(project, lots | {"am": half})
    assert to_weigh(panel(signed_in, typed))["am"] == "3.4118"


def test_the_basis_has_to_be_said(signed_in, project, lots):
    recipe = panel(signed_in, typed_batch(project, lots, concentration_basis=""))
    (sentence,) = recipe.problems
    assert "2.47 mol/L" in sentence
    assert not to_weigh(recipe)


def test_the_opened_lot_that_holds_most_is_proposed(signed_in, project, lots):
    chemical = lots["am"].chemical
    opened = {"opened_on": "2026-01-01", "chemical": chemical}
    factories.LotFactory(**opened, remaining_amount=5)
    most = factories.LotFactory(**opened, remaining_amount=50)
    factories.LotFactory(**opened, remaining_amount=500, expires_on="2020-01-01")
    form = signed_in.get(reverse("samples:batch-add")).context["form"]
    (row,) = [row for row in form.rows if row.ingredient.key == "am"]
    assert row["lot"].value() == str(most.pk)


def test_a_new_batch_plans_its_weighing_and_takes_nothing(signed_in, project, lots):
    signed_in.post(reverse("samples:batch-add"), typed_batch(project, lots))
    step = ElectrolyteBatch.objects.get().steps.get()
    assert (step.kind, step.performed_at) == ("weighing", None)
    planned = {edge.ingredient: edge.planned_amount for edge in step.consumptions.all()}
    assert planned["am"] == pytest.approx(1.705896, rel=1e-6)
    assert planned["crosslinker"] == pytest.approx(4.62507, rel=1e-6)
    assert "fec" not in planned
    assert not StockEntry.objects.exists()


def test_a_series_plans_each_batch_for_its_own_x(signed_in, project, lots):
    series = {"series_field": "mole_fraction_am", "series_values": "0; 0.5; 1"}
    signed_in.post(reverse("samples:batch-add"), typed_batch(project, lots, **series))
    batches = ElectrolyteBatch.objects.order_by("mole_fraction_am")
    masses = [
        {edge.ingredient: edge.planned_amount for edge in batch.steps.get().consumptions.all()}
        for batch in batches
    ]
    assert [one.get("am") for one in masses] == [
        None,
        pytest.approx(1.066185),
        pytest.approx(2.13237),
    ]
    assert "dmam" not in masses[2]


def test_a_series_with_weighed_masses_is_refused_beside_the_mass(signed_in, project, lots):
    series = {"series_field": "mole_fraction_am", "series_values": "0; 0.5"}
    typed = typed_batch(project, lots, **series) | {"weigh_am-mass": "1"}
    answer = signed_in.post(reverse("samples:batch-add"), typed)
    assert not ElectrolyteBatch.objects.exists()
    assert "Leave this empty in a series" in answer.content.decode()


def test_typed_masses_give_the_composition_with_its_uncertainty(signed_in, project, lots, user):
    masses = {f"weigh_{key}-mass": f"{mass} g" for key, mass in MASSES_G.items()}
    signed_in.post(reverse("samples:batch-add"), typed_batch(project, lots) | masses)
    batch = ElectrolyteBatch.objects.get()
    moles = {key: mass / SUBSTANCES[key][2] for key, mass in MASSES_G.items()}
    x = moles["am"] / (moles["am"] + moles["dmam"])
    assert batch.actual_mole_fraction_am == pytest.approx(x, rel=1e-12)
    u_g = 1e-4 / math.sqrt(3)
    relative = math.hypot(u_g / MASSES_G["am"], u_g / MASSES_G["dmam"])
    assert batch.actual_mole_fraction_am_u == pytest.approx(x * (1 - x) * relative, rel=1e-6)
    assert batch.actual_dem_molar_ratio == pytest.approx(moles["nma"] / moles["lifsi"])
    volume_l = (
        MASSES_G["am"] / 1.122
        + MASSES_G["dmam"] / 0.962
        + (MASSES_G["nma"] + MASSES_G["lifsi"]) / 1.20
    ) / 1000
    assert batch.actual_salt_mol_l == pytest.approx(moles["lifsi"] / volume_l, rel=1e-9)
    assert batch.actual_salt_mol_l_u is None
    assert batch.actual_fec_mass_fraction == 0.0
    step = batch.steps.get()
    assert (step.performed_by, step.actual) == (user, {"balance_readability_mg": 0.1})
    edge = step.consumptions.get(ingredient="crosslinker")
    assert (edge.amount, edge.unit) == (4.6, "mg")
    lots["am"].refresh_from_db()
    assert lots["am"].remaining_amount == pytest.approx(100 - 1.7059)


def test_a_mass_off_by_more_than_a_hundredth_is_told(signed_in, project, lots):
    typed = typed_batch(project, lots) | {"weigh_am-mass": "1.75", "weigh_dmam-mass": "0.5950"}
    lines = {line.key: line for line in panel(signed_in, typed).lines}
    assert (lines["am"].off, lines["am"].deviation) == (True, "+2.59 %")
    assert (lines["dmam"].off, lines["dmam"].deviation) == (False, "+0.03 %")


def test_a_lot_of_something_else_is_refused_beside_the_field(signed_in, project, lots):
    typed = typed_batch(project, lots | {"am": lots["lifsi"]}) | {"weigh_am-mass": "1.7"}
    answer = signed_in.post(reverse("samples:batch-add"), typed)
    assert not ElectrolyteBatch.objects.exists()
    row = next(row for row in answer.context["form"].rows if row.ingredient.key == "am")
    assert row.errors["lot"] == [f"{lots['lifsi'].code} is LiFSI; this is the place of the AM."]
    assert 'value="1.7"' in answer.content.decode()


def test_more_than_a_lot_holds_is_refused_beside_the_field_and_nothing_is_stored(
    signed_in, project, lots
):
    lots["am"].remaining_amount = 1.2
    lots["am"].save()
    masses = {f"weigh_{key}-mass": f"{mass} g" for key, mass in MASSES_G.items()}
    typed = typed_batch(project, lots) | masses
    answer = signed_in.post(reverse("samples:batch-add"), typed)
    row = next(row for row in answer.context["form"].rows if row.ingredient.key == "am")
    assert row.errors["mass"] == [f"{lots['am'].code} (AM) holds 1.2 g; 1.7059 g were to be taken."]
    assert "Nothing was saved yet" in answer.content.decode()
    assert not ElectrolyteBatch.objects.exists()
    assert not StockEntry.objects.exists()
    lots["nma"].refresh_from_db()
    assert lots["nma"].remaining_amount == 100.0


def test_the_page_of_a_batch_shows_wanted_beside_weighed(signed_in, batch, lots, user):
    weigh(batch, lots, user, MASSES_G | {"am": 1.8})
    recipe = signed_in.get(reverse("samples:batch-detail", args=[batch.pk])).context["recipe"]
    am = recipe.lines[0]
    assert (am.target, am.weighed, am.off) == ("1.7059", "1.8000", True)
    (x,) = [line for line in recipe.composition if line.label == "AM fraction x"]
    assert x.after == "0.8"
    assert x.weighed.startswith("0.8084")
    codes = {flag.code for flag in recipe.flags}
    assert "DEVIATION" in codes
    assert "DENSITY_ASSUMED" not in codes


def test_masses_are_added_on_the_page_of_the_batch(signed_in, batch, lots, user):
    weigh(batch, lots, user, {"am": 1.7059})
    url = reverse("samples:batch-weigh", args=[batch.pk])
    form = signed_in.get(url).context["form"]
    typed = {"performed_at": "2026-03-02T13:00", "weigh-balance": "0.1"}
    typed["weigh-step"] = form.rows.about["step"].value()
    for row in form.rows:
        for name in ("lot", "mass", "seen"):
            value = row[name].value()
            typed[row.add_prefix(name)] = "" if value is None else str(value)
    answer = signed_in.post(url, typed | {"weigh_dmam-mass": "594.8 mg"})
    assert answer.url == reverse("samples:batch-detail", args=[batch.pk])
    batch.refresh_from_db()
    assert batch.actual_mole_fraction_am == pytest.approx(0.8, abs=1e-4)
    stale = signed_in.post(url, typed | {"weigh_dmam-mass": "0.6"})
    assert "Somebody else weighed" in stale.content.decode()
    assert weighing_of(batch, KIND).consumptions.get(ingredient="dmam").amount == 0.5948


def test_the_sheet_has_one_line_an_ingredient(signed_in, batch, lots):
    answer = signed_in.get(reverse("samples:batch-sheet", args=[batch.pk]))
    lines = [line.key for line in answer.context["recipe"].lines if line.open]
    assert lines == ["am", "dmam", "crosslinker", "photoinitiator", "nma", "lifsi"]
