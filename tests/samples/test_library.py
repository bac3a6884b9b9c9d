"""The chemicals of the paper: right numbers, each once, put on the shelf by managers."""

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from labsite.access.models import User
from labsite.access.recording import create_record
from samples.cas import why_not_cas
from samples.library import SUBSTANCES, Substance, add_from_library
from samples.models import Chemical

ATOMIC_MASS = {
    "H": 1.008, "Li": 6.94, "C": 12.011, "N": 14.007, "O": 15.999, "F": 18.998, "Al": 26.982,
    "Si": 28.085, "P": 30.974, "S": 32.06, "Cl": 35.45, "Mn": 54.938, "Fe": 55.845, "Co": 58.933,
    "Ni": 58.693, "Cu": 63.546, "In": 114.818,
}  # fmt: skip
"""Abridged standard atomic weights (IUPAC 2021)."""
PAGE = "/chemicals/library/"


def mass_of(formula: str) -> float:
    """The molar mass of a formula with at most one level of brackets, in g/mol."""
    opened = re.sub(r"\(([^)]*)\)(\d+)", lambda match: match[1] * int(match[2]), formula)
    parts = re.findall(r"([A-Z][a-z]?)([\d.]*)", opened)
    return sum(ATOMIC_MASS[element] * float(count or 1) for element, count in parts)


@pytest.mark.parametrize(
    "one", [one for one in SUBSTANCES if "molar_mass_g_mol" in one.facts], ids=str
)
def test_molar_masses_follow_from_the_formulas(one: Substance) -> None:
    assert one.facts["molar_mass_g_mol"] == pytest.approx(mass_of(one.facts["formula"]), abs=0.015)


@pytest.mark.parametrize("one", [one for one in SUBSTANCES if "cas_number" in one.facts], ids=str)
def test_cas_numbers_carry_their_check_digit(one: Substance) -> None:
    assert why_not_cas(one.facts["cas_number"]) == ""


@pytest.mark.parametrize("number", ["7732-18-5", "58-08-2", "107-07-3"])
def test_published_cas_numbers_pass(number: str) -> None:
    assert why_not_cas(number) == ""


def test_a_mistyped_cas_number_is_told_what_its_digits_demand() -> None:
    assert why_not_cas("79-06-7") == (
        "The check digit of 79-06-7 is wrong: it ends in 7, its other digits demand 1. "
        "A digit is mistyped."
    )
    assert why_not_cas("79-60-1").startswith("The check digit of 79-60-1 is wrong")
    for text in ("79061", "79-06-1 ", "C3H5NO", "٧٩-٠٦-١"):
        assert why_not_cas(text).startswith(f"“{text}” is no CAS number")


def test_silicon_is_called_1c_at_the_capacity_of_li15si4() -> None:
    silicon = next(one for one in SUBSTANCES if one.short_name == "Si")
    faraday_mah_mol = 96485.332 / 3.6
    assert silicon.facts["one_c_ma_g"] == pytest.approx(3.75 * faraday_mah_mol / 28.086, rel=2e-4)


def test_lfp_and_silicon_have_the_1c_of_the_paper_and_nmc811_none() -> None:
    one_c = {one.short_name: one.facts.get("one_c_ma_g") for one in SUBSTANCES}
    assert (one_c["Si"], one_c["LFP"], one_c["NMC811"]) == (3579, 175, None)


def test_each_density_says_where_it_is_from() -> None:
    for one in SUBSTANCES:
        if "density_g_ml" in one.facts:
            assert one.facts["density_source"], one
            assert "ensity" in one.facts["notes"], one


@pytest.mark.django_db
def test_a_wrong_cas_number_is_refused_beside_its_field(manager: User) -> None:
    wrong = Chemical(short_name="AM", name="acrylamide", role="monomer", cas_number="79-06-2")
    with pytest.raises(ValidationError) as refusal:
        create_record(record=wrong, by=manager)
    assert list(refusal.value.message_dict) == ["cas_number"]


@pytest.mark.django_db
def test_the_whole_library_can_be_put_on_the_shelf(manager: User) -> None:
    added = add_from_library(short_names=[one.short_name for one in SUBSTANCES], by=manager)
    assert len(added) == len(SUBSTANCES) == Chemical.objects.count()
    fec = Chemical.objects.get(short_name="FEC")
    assert (fec.molar_mass_g_mol, fec.density_g_ml, fec.density_g_ml_u) == (106.052, 1.47, 0.012)
    assert (fec.density_source, fec.created_by) == ("assumed", manager)


@pytest.mark.django_db
def test_what_is_there_already_stays_and_nothing_else_is_added(manager: User) -> None:
    add_from_library(short_names=["AM"], by=manager)
    with pytest.raises(ValidationError, match="In the lab already: AM"):
        add_from_library(short_names=["AM", "NMA"], by=manager)
    with pytest.raises(ValidationError, match="Not in the library: gold"):
        add_from_library(short_names=["NMA", "gold"], by=manager)
    assert [one.short_name for one in Chemical.objects.all()] == ["AM"]


@pytest.mark.django_db
def test_members_cannot_add_from_the_library(user: User, client: Client) -> None:
    with pytest.raises(PermissionDenied):
        add_from_library(short_names=["AM"], by=user)
    client.force_login(user)
    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get(reverse("samples:chemical-list")).content.decode()


def test_managers_choose_on_the_page(manager: User, client: Client) -> None:
    client.force_login(manager)
    assert PAGE in client.get(reverse("samples:chemical-list")).content.decode()
    nothing = client.post(PAGE, {})
    assert "Choose at least one substance." in nothing.content.decode()
    answer = client.post(PAGE, {"chosen": ["AM", "NMA"]}, follow=True)
    assert "2 chemicals are added." in answer.content.decode()
    page = client.get(PAGE).content.decode()
    assert 'value="AM"' not in page
    assert 'value="DMAM"' in page
    again = client.post(PAGE, {"chosen": ["AM", "DMAM"]}).content.decode()
    assert "In the lab already: AM." in again
    assert Chemical.objects.count() == 2
    client.post(PAGE, {"all": "yes"})
    assert Chemical.objects.count() == len(SUBSTANCES)
    assert "All of them are in the lab." in client.get(PAGE).content.decode()
