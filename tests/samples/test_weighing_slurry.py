"""Weighing a slurry: what to weigh, and the active mass fraction that follows."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from labsite.access.recording import update_record
from samples.models import Coating, StockEntry
from samples.processing import Use, log_step
from samples.slurries import plan_slurry, store_fractions, weigh_slurry
from samples.slurrymix import Wanted
from tests import factories

PARTS = {
    "Si": ("active_material", 70.0, None),
    "CNT": ("conductive", 7.5, None),
    "SP": ("conductive", 7.5, None),
    "PAA": ("binder", 15.0, 0.05),
    "PVP": ("surfactant", 1.0, None),
}
MASSES_G = {"Si": 0.1, "CNT": 0.010714, "SP": 0.010714, "PAA": 0.42857, "PVP": 0.001429}


@pytest.fixture
def lots(db):
    """A pure lot of each component, 10 g each, by short name."""
    return {
        name: factories.LotFactory(
            chemical__short_name=name,
            chemical__role=role,
            purity_mass_fraction=1.0,
            purity_mass_fraction_u=0.0,
            initial_amount=10.0,
            remaining_amount=10.0,
        )
        for name, (role, _parts, _solution) in PARTS.items()
    }


@pytest.fixture
def coating(project, lots):
    """The paper's silicon coating, PAA:PVP 15:1, with nothing known of its fraction."""
    made = factories.CoatingFactory(
        project=project, active_material=lots["Si"].chemical, active_mass_fraction=None
    )
    for name, (_role, parts, solution) in PARTS.items():
        factories.CoatingComponentFactory(
            coating=made,
            chemical=lots[name].chemical,
            weight_parts=parts,
            solution_mass_fraction=solution,
            solution_mass_fraction_u=solution and 0.0005,
        )
    return made


def typed_coating(project, lots, **changed):
    """What the form sends for the paper's silicon coating made with 0.1 g of silicon."""
    rows = {}
    for number, (name, (_role, parts, solution)) in enumerate(PARTS.items()):
        rows |= {
            f"components-{number}-chemical": str(lots[name].chemical.pk),
            f"components-{number}-weight_parts": str(parts),
            f"components-{number}-solution_mass_fraction": "" if solution is None else "5 %",
            f"components-{number}-solution_mass_fraction_u": solution and "0.05 %" or "",
            f"components-{number}-lot": str(lots[name].pk),
        }
    return {
        "project": str(project.pk),
        "process": "cast",
        "active_material": str(lots["Si"].chemical.pk),
        "made_at": "2026-03-02T12:00",
        "slurry-active": "100 mg",
        "slurry-balance": "0.01",
        "components-TOTAL_FORMS": str(len(PARTS)),
        "components-INITIAL_FORMS": "0",
        **rows,
        **changed,
    }


def panel(client, typed):
    """Return the slurry that the page shows beside a form."""
    return client.post(reverse("samples:coating-panel"), typed).context["recipe"]


def weigh(coating, lots, user, masses=None):
    """Weigh the slurry through the service."""
    masses = MASSES_G if masses is None else masses
    return weigh_slurry(
        coating=coating,
        lots={name: lots[name] for name in masses},
        masses_g=masses,
        by=user,
        wanted=Wanted(active_mass_g=0.1, readability_mg=0.01),
    )


def test_the_panel_tells_the_masses_of_the_validation_case(signed_in, project, lots):
    recipe = panel(signed_in, typed_coating(project, lots))
    assert {line.label: line.target for line in recipe.lines} == {
        "Si": "100.000",
        "CNT": "10.714",
        "SP": "10.714",
        "PAA": "428.571",
        "PVP": "1.429",
    }
    assert recipe.active == "69.307"
    assert not recipe.flags


def test_the_dry_mass_may_be_given_instead(signed_in, project, lots):
    typed = typed_coating(project, lots) | {"slurry-active": "", "slurry-dry": "0.101"}
    lines = {line.label: line for line in panel(signed_in, typed).lines}
    assert (lines["Si"].target, lines["PAA"].share) == ("70.000", "14.85")
    both = panel(signed_in, typed | {"slurry-active": "0.1"})
    assert not both.has_target


def test_a_surfactant_that_makes_most_of_the_coating_is_told(signed_in, project, lots):
    recipe = panel(signed_in, typed_coating(project, lots, **{"components-4-weight_parts": "225"}))
    assert [flag.code for flag in recipe.flags] == ["ADDITIVE_ABOVE_5_PERCENT"]
    assert recipe.active == "21.538"


def test_a_new_coating_plans_its_slurry_and_takes_nothing(signed_in, project, lots):
    signed_in.post(reverse("samples:coating-add"), typed_coating(project, lots))
    step = Coating.objects.get().steps.get()
    assert (step.kind, step.performed_at) == ("slurry", None)
    assert step.planned == {"active_mass_g": 0.1, "balance_readability_mg": 0.01}
    paa = step.consumptions.get(ingredient="PAA")
    assert (paa.planned_amount, paa.unit) == (pytest.approx(428.5714), "mg")
    assert not StockEntry.objects.exists()


def test_typed_masses_give_the_active_mass_fraction_with_its_uncertainty(signed_in, project, lots):
    masses = dict(zip(PARTS, MASSES_G.values(), strict=True))
    typed = typed_coating(project, lots) | {
        f"components-{number}-mass": f"{masses[name]} g" for number, name in enumerate(PARTS)
    }
    signed_in.post(reverse("samples:coating-add"), typed)
    coating = Coating.objects.get()
    dry = MASSES_G | {"PAA": 0.05 * MASSES_G["PAA"]}
    whole = sum(dry.values())
    assert coating.active_mass_fraction == pytest.approx(dry["Si"] / whole, rel=1e-12)
    assert coating.active_mass_fraction_source == "derived"
    solution = dry["Si"] / whole**2 * MASSES_G["PAA"] * 0.0005
    assert coating.active_mass_fraction_u == pytest.approx(solution, rel=2e-3)
    lots["PAA"].refresh_from_db()
    assert lots["PAA"].remaining_amount == pytest.approx(10 - 0.42857)


def test_a_typed_fraction_stays(coating, lots, user):
    coating.active_mass_fraction, coating.active_mass_fraction_source = 0.7, "measured"
    coating.save()
    weigh(coating, lots, user)
    coating.refresh_from_db()
    assert (coating.active_mass_fraction, coating.active_mass_fraction_source) == (0.7, "measured")


def test_a_fraction_typed_over_a_calculated_one_is_typed(signed_in, coating, lots, user):
    weigh(coating, lots, user)
    url = reverse("samples:coating-edit", args=[coating.pk])
    form = signed_in.get(url).context["form"]
    parts = (form, form.rows.about, form.rows.management_form, *form.rows.forms)
    typed = {}
    for bound in (bound for part in parts for bound in part):
        value = bound.field.widget.format_value(bound.value())
        typed[bound.html_name] = (value[0] if isinstance(value, list) else value) or ""
    typed["components-TOTAL_FORMS"] = str(len(form.rows.forms))
    typed = {name: value for name, value in typed.items() if not name.endswith("DELETE")}
    answer = signed_in.post(url, typed | {"active_mass_fraction": "0.5"})
    assert answer.status_code == 302
    coating.refresh_from_db()
    assert (coating.active_mass_fraction, coating.active_mass_fraction_source) == (0.5, "")


def test_a_correction_and_a_purity_change_the_fraction(coating, lots, user, manager):
    weigh(coating, lots, user)
    weigh(coating, lots, user, MASSES_G | {"Si": 0.2})
    coating.refresh_from_db()
    rest = 0.010714 * 2 + 0.05 * 0.42857 + 0.001429
    assert coating.active_mass_fraction == pytest.approx(0.2 / (0.2 + rest), rel=1e-12)
    lots["Si"].refresh_from_db()
    assert lots["Si"].remaining_amount == pytest.approx(9.8)
    lots["Si"].purity_mass_fraction = 0.9
    update_record(record=lots["Si"], by=manager, expected_version=lots["Si"].version)
    coating.refresh_from_db()
    assert coating.active_mass_fraction == pytest.approx(0.18 / (0.2 + rest), rel=1e-12)


def test_electrodes_follow_the_weighed_slurry(coating, lots, user):
    coating.process = "pressed"
    coating.save()
    disc = factories.ElectrodeFactory(
        coating=coating, project=coating.project, mass_mg=1.0, active_mass_mg=None
    )
    weigh(coating, lots, user)
    disc.refresh_from_db()
    coating.refresh_from_db()
    assert disc.active_mass_mg == pytest.approx(coating.active_mass_fraction)
    assert disc.active_mass_source == "derived"


def test_half_a_slurry_has_no_fraction(coating, lots, user):
    weigh(coating, lots, user, {"Si": 0.1})
    coating.refresh_from_db()
    assert coating.active_mass_fraction is None


def test_a_lot_of_another_chemical_is_refused(coating, lots, user):
    with pytest.raises(ValidationError) as refused:
        plan_slurry(coating=coating, lots={"Si": lots["PVP"]}, by=user, wanted=Wanted(0.1))
    assert refused.value.message_dict["Si"] == [
        f"{lots['PVP'].code} is PVP; this is the row of Si."
    ]


def test_more_than_a_lot_holds_is_told_beside_the_mass_and_nothing_is_stored(
    signed_in, project, lots
):
    typed = typed_coating(project, lots) | {"components-0-mass": "11 g"}
    answer = signed_in.post(reverse("samples:coating-add"), typed)
    assert answer.context["form"].rows.forms[0].errors["mass"] == [
        f"{lots['Si'].code} (Si) holds 10 g; 11000 mg were to be taken."
    ]
    assert not Coating.objects.exists()
    assert not StockEntry.objects.exists()


def test_blank_discs_give_the_mass_of_the_foil(signed_in, project, lots):
    foil = {"blank_mass_mg": "9.83; 9.85; 9.84", "blank_diameter_mm": "12"}
    signed_in.post(reverse("samples:coating-add"), typed_coating(project, lots, **foil))
    coating = Coating.objects.get()
    assert coating.readings["blank_mass_mg"] == [9.83, 9.85, 9.84]
    assert coating.foil_mass_mg_cm2 == pytest.approx(9.84 / 1.1309734, rel=1e-7)


def test_the_sheet_of_a_slurry_has_a_line_a_component(signed_in, coating, lots, user):
    plan_slurry(coating=coating, lots=lots, by=user, wanted=Wanted(0.1, None, 0.01))
    answer = signed_in.get(reverse("samples:coating-sheet", args=[coating.pk]))
    lines = {line.label: line.target for line in answer.context["recipe"].lines}
    assert lines["PAA"] == "428.571"
    assert len(lines) == len(PARTS)


def test_two_lots_of_one_component_count_together(coating, lots, user):
    other = factories.LotFactory(
        chemical=lots["Si"].chemical, purity_mass_fraction=0.9, initial_amount=10.0,
        remaining_amount=10.0,
    )  # fmt: skip
    masses = [(lots[name], mass) for name, mass in MASSES_G.items()]
    uses = [
        Use(material=lot, amount=mass, unit="g", ingredient=lot.chemical.short_name)
        for lot, mass in [*masses, (other, 0.05)]
    ]
    log_step(sample=coating, kind="slurry", by=user, uses=uses)
    store_fractions([coating])
    rest = 0.010714 * 2 + 0.05 * 0.42857 + 0.001429
    assert coating.active_mass_fraction == pytest.approx((0.1 + 0.045) / (0.15 + rest), rel=1e-12)
    assert coating.active_mass_fraction_u is None


def test_an_assumed_fraction_gives_way_to_what_was_weighed_and_stays_until_then(
    coating, lots, user
):
    coating.active_mass_fraction, coating.active_mass_fraction_source = 0.6931, "assumed"
    coating.save()
    weigh(coating, lots, user, {"Si": 0.1})
    coating.refresh_from_db()
    assert (coating.active_mass_fraction, coating.active_mass_fraction_source) == (
        0.6931,
        "assumed",
    )
    weigh(coating, lots, user, MASSES_G | {"PAA": 0.9})
    coating.refresh_from_db()
    whole = 0.1 + 0.010714 * 2 + 0.05 * 0.9 + 0.001429
    assert coating.active_mass_fraction == pytest.approx(0.1 / whole, rel=1e-12)
    assert coating.active_mass_fraction_source == "derived"
