"""The form of a new cell proposes electrodes that fit, shows N/P, and says why one is refused."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cells.models import Cell
from labsite.access.recording import void_record
from tests import factories
from tests.cells.test_np import AREA, LFP_MG, SI_MG, built, disc, lfp, lithium, silicon

__all__ = ["lfp", "silicon"]
pytestmark = pytest.mark.django_db

ADD, PANEL = reverse("cells:cell-add"), reverse("cells:cell-panel")
BASE = {"format": "coin_2032", "assembled_at": "2026-03-02T12:00"}


def panel(client, **typed):
    sent = {name: getattr(value, "pk", value) for name, value in (BASE | typed).items()}
    answer = client.post(PANEL, sent)
    assert answer.status_code == 200
    return answer


def offered(answer, role):
    (offer,) = [one for one in answer.context["offers"] if one.role == role]
    return [one.half.electrode for one in offer.proposals]


def test_matching_electrodes_are_proposed_those_in_the_range_of_n_p_first(
    signed_in, project, silicon, lfp
):
    negative = disc(silicon, SI_MG)
    poor, good, rich = (disc(lfp, loading * AREA) for loading in (2.0, 9.0, 30.0))
    disc(silicon, SI_MG)
    factories.ElectrodeFactory(coating=lfp, project=project, diameter_mm=16, active_mass_mg=LFP_MG)
    answer = panel(signed_in, cell_type="full_cell", project=project, negative=negative)
    found = offered(answer, "positive")
    assert found[0] == good
    assert set(found[:3]) == {poor, good, rich}, "those of the same size come before the others"
    assert all(one.material.short_name == "LFP" for one in found)
    best = answer.context["offers"][0].proposals[0]
    assert best.np_ratio.value == pytest.approx(0.6 * 2973 / (9.0 * 162.3), rel=1e-9)
    assert best.in_range


def test_electrodes_in_cells_used_up_voided_or_of_others_are_not_proposed(
    signed_in, user, project, silicon, lfp
):
    negative = disc(silicon, SI_MG)
    free = disc(lfp, LFP_MG)
    built(user, {"negative": disc(silicon, SI_MG), "positive": disc(lfp, LFP_MG)})
    factories.ElectrodeEventFactory(electrode=disc(lfp, LFP_MG), state="used_up")
    void_record(record=disc(lfp, LFP_MG), by=user, reason="torn")
    factories.ElectrodeFactory(coating=lfp, active_mass_mg=LFP_MG)
    answer = panel(signed_in, cell_type="full_cell", project=project, negative=negative)
    assert offered(answer, "positive") == [free]


def test_a_half_cell_is_offered_lithium_of_the_fitting_size(signed_in, project, silicon):
    small, fits = lithium(project, diameter_mm=8), lithium(project, diameter_mm=12)
    steel = factories.ChemicalFactory(short_name="SS", role="metal")
    factories.ElectrodeFactory(
        project=project, coating=None, metal=steel, active_mass_mg=None, diameter_mm=12
    )
    answer = panel(signed_in, cell_type="anode_half_cell", positive=disc(silicon, SI_MG))
    assert offered(answer, "negative") == [fits, small]


def test_a_symmetric_cell_is_offered_a_pair(signed_in, project):
    first, second = lithium(project), lithium(project)
    answer = panel(signed_in, cell_type="symmetric_li", negative=first)
    assert offered(answer, "positive") == [second]


def test_the_panel_names_ratio_basis_areas_and_what_specific_values_refer_to(
    signed_in, project, silicon, lfp
):
    pair = {"negative": disc(silicon, SI_MG), "positive": disc(lfp, LFP_MG)}
    answer = panel(signed_in, cell_type="full_cell", project=project, **pair)
    page = answer.content.decode()
    assert answer.context["balance"].ratio.value.value == pytest.approx(1.8318, abs=1e-4)
    assert "measured, reversible" in page
    assert "active mass of the positive electrode" in page
    assert "NP_ABOVE_1_5" in page
    assert page.count("1.131") >= 3
    currents = {rate.name: rate.current_ma.value for rate in answer.context["rates"]}
    assert currents["1 C"] == pytest.approx(175 * LFP_MG / 1000, rel=1e-12)
    assert currents["C/20"] == pytest.approx(currents["1 C"] / 20, rel=1e-12)
    assert not Cell.objects.exists()


def test_the_panel_warns_of_plating_and_of_areas_that_differ(signed_in, silicon, lfp):
    pair = {"negative": disc(silicon, 0.3 * SI_MG), "positive": disc(lfp, LFP_MG, diameter_mm=14.0)}
    answer = panel(signed_in, cell_type="full_cell", **pair)
    codes = {flag.code for flag in answer.context["flags"]}
    assert {"NP_BELOW_1", "AREAS_DIFFER"} <= codes


def test_the_panel_says_what_to_enter_where(signed_in, silicon, lfp):
    for coating in (silicon, lfp):
        type(coating).objects.filter(pk=coating.pk).update(reversible_capacity_mah_g=None)
    type(lfp.active_material).objects.filter(pk=lfp.active_material.pk).update(
        theoretical_capacity_mah_g=None, one_c_ma_g=None
    )
    silicon.refresh_from_db()
    lfp.refresh_from_db()
    pair = {"negative": disc(silicon, None), "positive": disc(lfp, LFP_MG)}
    gaps = " ".join(panel(signed_in, cell_type="full_cell", **pair).context["gaps"])
    assert f"Weigh {pair['negative'].code}" in gaps
    assert f"Enter the reversible capacity of the coating of {pair['positive'].code}" in gaps
    assert "1C of LFP is not known" in gaps


def test_a_half_cell_with_two_coated_electrodes_is_odd_but_possible(signed_in, silicon):
    pair = {"negative": disc(silicon, SI_MG), "positive": disc(silicon, SI_MG)}
    (sentence,) = panel(signed_in, cell_type="anode_half_cell", **pair).context["odd"]
    assert f"{pair['negative'].code} is a coated electrode" in sentence
    assert "is lithium" in sentence


def refused(client, role, **typed):
    sent = {name: getattr(value, "pk", value) for name, value in (BASE | typed).items()}
    answer = client.post(ADD, sent)
    assert answer.status_code == 200
    return " ".join(answer.context["form"].errors[role])


def test_what_cannot_be_used_is_refused_beside_its_field(signed_in, user, project, silicon, lfp):
    pair = {"negative": disc(silicon, SI_MG), "positive": disc(lfp, LFP_MG)}
    cell = built(user, pair)
    kind = {"cell_type": "full_cell", "project": project}
    taken = refused(signed_in, "negative", **kind, negative=pair["negative"])
    assert taken == f"{pair['negative'].code} is in {cell.code}."
    spent = disc(silicon, SI_MG)
    factories.ElectrodeEventFactory(electrode=spent, state="used_up")
    assert refused(signed_in, "negative", **kind, negative=spent) == f"{spent.code} is used up."
    torn = disc(silicon, SI_MG)
    void_record(record=torn, by=user, reason="torn")
    voided = refused(signed_in, "negative", **kind, negative=torn)
    assert voided == f"{torn.code} is voided (torn)."
    foreign = factories.ElectrodeFactory()
    assert foreign.code not in refused(signed_in, "negative", **kind, negative=foreign)
    missing = refused(signed_in, "positive", **kind, negative=disc(silicon, SI_MG))
    assert missing == "Full cell: the positive electrode is missing; it is a coated electrode."
    assert Cell.objects.count() == 1


def test_a_typed_mass_is_not_called_derived(signed_in, user, project, silicon, lfp):
    cell = built(user, {"negative": disc(silicon, SI_MG), "positive": disc(lfp, LFP_MG)})
    edit = reverse("cells:cell-edit", args=[cell.pk])
    form = signed_in.get(edit).context["form"]
    kept = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    moments = {"assembled_at": "2026-03-02T12:00"}
    answer = signed_in.post(edit, kept | moments | {"active_mass_mg": "6.5"})
    assert answer.status_code == 302, answer.context["form"].errors
    cell.refresh_from_db()
    assert (cell.active_mass_mg, cell.active_mass_source) == (6.5, "")
    assert cell.area_source == "derived"


def test_the_panel_of_an_edit_keeps_the_electrodes_and_proposes_none(signed_in, user, silicon, lfp):
    cell = built(user, {"negative": disc(silicon, SI_MG), "positive": disc(lfp, LFP_MG)})
    disc(silicon, SI_MG)
    answer = panel(
        signed_in, cell_type="full_cell", changed_cell=cell, np_basis="theoretical", version=1
    )
    assert answer.context["offers"] == []
    expected = 0.6 * 3579 / (6.0 * 170)
    assert answer.context["balance"].ratio.value.value == pytest.approx(expected, rel=1e-9)


def test_a_duplicate_takes_no_mass_along_but_a_1c_of_its_own(signed_in, user, silicon, lfp):
    pair = {"negative": disc(silicon, SI_MG), "positive": disc(lfp, LFP_MG)}
    usual, own = built(user, pair), None
    form = signed_in.get(reverse("cells:cell-duplicate", args=[usual.pk])).context["form"]
    taken = {"area_cm2", "active_mass_mg", "active_mass_source", "one_c_ma_g"}
    assert not taken & {name for name, value in form.initial.items() if value}
    pair = {"negative": disc(silicon, SI_MG), "positive": disc(lfp, LFP_MG)}
    own = built(user, pair, one_c_ma_g=170)
    form = signed_in.get(reverse("cells:cell-duplicate", args=[own.pk])).context["form"]
    assert form.initial["one_c_ma_g"] == 170


def test_the_number_of_queries_of_the_panel_does_not_grow_with_the_electrodes(
    signed_in, project, silicon, lfp
):
    negative, counts = disc(silicon, SI_MG), []
    for more in (8, 24):
        for _ in range(more):
            disc(lfp, LFP_MG)
        with CaptureQueriesContext(connection) as queries:
            panel(signed_in, cell_type="full_cell", project=project, negative=negative)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_calculators_answer_with_the_published_numbers(signed_in):
    def answer(name, **typed):
        address = reverse("cells:calculated", args=[name])
        sent = {f"{name}-{key}": value for key, value in typed.items()}
        return signed_in.post(address, sent).context

    rate = answer("c-rate", one_c_ma_g="3579", active_mass_mg="0.6786", c_rate="0.1")
    assert rate["outcome"].lines[0].quantity.value == pytest.approx(0.2429, abs=5e-5)
    basis = {"negative_area": "1.131", "positive_area": "1.131", "basis": "measured_reversible"}
    ratio = answer(
        "np", **basis, negative_loading="0.5", negative_capacity="2973",
        positive_loading="6", positive_capacity="162.3",
    )  # fmt: skip
    assert ratio["outcome"].lines[0].quantity.value == pytest.approx(1.53, abs=0.005)
    recipe = {
        "volume_ml": "10 mL", "mole_fraction_am": "0,8", "total_monomer_mol_l": "3",
        "crosslinker_mmol_l": "3", "photoinitiator_mmol_l": "1.5", "dem_molar_ratio": "4:1",
    }  # fmt: skip
    asked = answer("precursor", **recipe)
    assert asked["outcome"] is None
    assert asked["problem"] == "Still needed: Concentrations are."
    made = answer("precursor", **recipe, concentration_basis="per_litre_solution")["outcome"]
    masses = {name: mass.value for name, mass in made.rows}
    assert masses["AM"] == pytest.approx(1.7059, abs=5e-5)
    assert masses["LiFSI"] == pytest.approx(3.6806, abs=5e-4)
    empty = answer("energy", capacity_mah="11.7", mean_voltage_v="3.3")["outcome"]
    assert empty.lines[0].quantity.value == pytest.approx(38.61)
    assert empty.lines[1].quantity is None
    parts = {"name_0": "Si", "parts_0": "70", "role_0": "active_material",
             "name_1": "PAA", "parts_1": "15", "solution_1": "5 %", "role_1": "binder",
             "name_2": "C", "parts_2": "15", "role_2": "conductive",
             "name_3": "PVP", "parts_3": "1", "role_3": "additive"}  # fmt: skip
    slurry = answer("slurry", **parts, active_mass_g="0.1")["outcome"]
    assert slurry.lines[0].quantity.value == pytest.approx(0.6931, abs=5e-5)
    weighed = {name: weigh.value for name, _dry, weigh, _share in slurry.rows}
    assert weighed["PAA"] == pytest.approx(0.42857, abs=5e-6)
    disc12 = answer("loading", mass_mg="10.812", diameter_mm="12 mm", foil_mg_cm2="8.7",
                    active_fraction="0.6931")["outcome"]  # fmt: skip
    assert disc12.lines[0].quantity.value == pytest.approx(1.1310, abs=5e-5)


def test_the_page_of_the_calculators_shows_all_six(signed_in):
    page = signed_in.get(reverse("cells:calculators")).content.decode()
    assert page.count('class="card calculator"') == 6
