"""The demo lab weighs what the paper's recipes ask for."""

import pytest

from labsite.demo.electrodes import BALANCE_U_MG, SI_ACTIVE_FRACTION, active_mass_mg
from labsite.demo.electrolytes import SERIES_X, precursor_masses_g
from labsite.demo.materials import SUBSTANCES, SUPPLIES, Shelf
from samples.models import Chemical, Coating, Electrode


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    chemicals = {
        one.short_name: Chemical(short_name=one.short_name, role=one.role, **one.facts)
        for one in SUBSTANCES
    }
    return Shelf(chemicals=chemicals, lots={})


def moles(shelf: Shelf, masses_g: dict[str, float], name: str) -> float:
    return masses_g.get(name, 0.0) / shelf.chemicals[name].molar_mass_g_mol


def test_ten_millilitres_of_x_080_with_fec_need_the_masses_of_the_specification(
    shelf: Shelf,
) -> None:
    assert precursor_masses_g(0.8, shelf, fec=0.05) == pytest.approx(
        {
            "AM": 1.7059,
            "DMAM": 0.5948,
            "MBAA": 4.625e-3,
            "Irgacure 2959": 3.364e-3,
            "NMA": 5.7529,
            "LiFSI": 3.6806,
            "FEC": 0.618,
        },
        rel=1e-4,
    )


@pytest.mark.parametrize(("x", "am_g"), [(0.5, 1.0662), (0.87, 1.8552), (1.0, 2.1324)])
def test_acrylamide_grows_with_x(shelf: Shelf, x: float, am_g: float) -> None:
    assert precursor_masses_g(x, shelf)["AM"] == pytest.approx(am_g, abs=1e-4)


@pytest.mark.parametrize("x", SERIES_X)
def test_the_masses_give_back_x_and_the_ratio_of_nma_to_lifsi(shelf: Shelf, x: float) -> None:
    masses = precursor_masses_g(x, shelf)
    am, dmam = (moles(shelf, masses, name) for name in ("AM", "DMAM"))
    assert am / (am + dmam) == pytest.approx(x, abs=1e-12)
    assert moles(shelf, masses, "NMA") / moles(shelf, masses, "LiFSI") == pytest.approx(4)


@pytest.mark.parametrize(("x", "absent"), [(0.0, "AM"), (1.0, "DMAM"), (0.8, "FEC")])
def test_what_a_recipe_does_not_contain_is_not_weighed(shelf: Shelf, x: float, absent: str) -> None:
    assert absent not in precursor_masses_g(x, shelf)


def test_silicon_is_693_permille_of_the_coating() -> None:
    assert pytest.approx(0.6931, abs=5e-5) == SI_ACTIVE_FRACTION


def test_a_disc_of_06_mg_cm2_holds_0679_mg_silicon_to_two_percent() -> None:
    coating = Coating(active_mass_fraction=0.6931, foil_mass_mg_cm2=8.7)
    disc = Electrode(coating=coating, diameter_mm=12, mass_mg=1.13097 * 8.7 + 0.979)
    mass, u = active_mass_mg(disc)
    assert mass == pytest.approx(0.6786, abs=2e-4)
    assert u / mass == pytest.approx(0.02, abs=0.002)
    assert u > 0.6931 * BALANCE_U_MG


def test_an_unweighed_disc_has_no_active_mass() -> None:
    with pytest.raises(ValueError, match="no mass"):
        active_mass_mg(Electrode(code="EL-1", coating=Coating(), diameter_mm=12))


@pytest.mark.parametrize(
    "number", [one.facts["cas_number"] for one in SUBSTANCES if "cas_number" in one.facts]
)
def test_check_digits_of_cas_numbers_are_right(number: str) -> None:
    digits = [int(digit) for digit in number.replace("-", "")]
    weighted = sum(place * digit for place, digit in enumerate(reversed(digits[:-1]), start=1))
    assert weighted % 10 == digits[-1]


def test_every_chemical_is_in_stock() -> None:
    assert [supply.chemical for supply in SUPPLIES] == [one.short_name for one in SUBSTANCES]
