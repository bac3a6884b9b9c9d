"""The paper's Methods are logged, and each quantity of REFERENCE_STUDY.csv is found by a query.

Pan et al., Nat. Commun. 15, 2263 (2024), doi 10.1038/s41467-024-46472-9: the rows of type C that
concern batches, electrodes, cells and process steps.
"""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace as Bench

import pytest
import pytest_django
from django.db import transaction
from django.db.models import F
from rest_framework.test import APIClient

from cells.models import Cell
from labsite.access.models import Membership
from measurements.models import Instrument
from samples.models import (
    Chemical,
    Coating,
    CoatingComponent,
    Electrode,
    ElectrolyteBatch,
    ProcessStep,
)
from tests.factories import MembershipFactory
from tests.samples.methods_lab import DISC_CM2, Lab

pytestmark = pytest.mark.django_db

STUDY = Path(__file__).parents[3] / "shared" / "REFERENCE_STUDY.csv"
WANTED = ["R062", "R073", "R083", *(f"R{number}" for number in range(101, 126))]


def study() -> dict[str, dict[str, str]]:
    with STUDY.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def numbers(row: dict[str, str], *fields: str) -> list[float]:
    """Return the numbers that a row says, in order; "0.5–0.7" is two, "−40" is negative."""
    text = " ".join(row[field] for field in fields or ("value",))
    found = re.findall(r"(?:(?<![\d.])−)?\d+(?:\.\d+)?", text)
    return [float(one.replace("−", "-")) for one in found]


@pytest.fixture(scope="module")
def bench(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[Bench]:
    """The paper's Methods, logged once for all rows, and a client of the API that asks for them."""
    with django_db_blocker.unblock(), transaction.atomic():
        manager = MembershipFactory(role=Membership.Role.MANAGER).user
        user = MembershipFactory(project=manager.memberships.get().project).user
        lab = Lab(manager.memberships.get().project, user, manager)
        client = APIClient()
        client.force_authenticate(user)
        yield Bench(lab=lab, api=client)
        transaction.set_rollback(True)


def asked(bench: Bench, query: str) -> list[dict[str, object]]:
    answer = bench.api.get(f"/api/v1/{query}")
    assert answer.status_code == 200, answer.json()
    return answer.json()["results"]


def parts(coating: Coating, *names: str) -> list[float]:
    """Return the weight parts of ingredients of a coating, asked one by one."""
    rows = CoatingComponent.objects.filter(coating=coating)
    return [rows.get(chemical__short_name=name).weight_parts for name in names]


def test_no_row_of_the_methods_is_left_out() -> None:
    rows = study()
    assert set(WANTED) <= set(rows)
    assert {rows[name]["type"].split()[0] for name in WANTED} == {"C"}
    assert sorted(FINDERS) == WANTED
    methods = {name for name, row in rows.items() if "R101" <= name <= "R125"}
    assert methods <= set(WANTED)


@pytest.mark.parametrize("name", WANTED)
def test_the_row_is_stored_and_found(bench: Bench, name: str) -> None:
    FINDERS[name](bench, study()[name])


def find_1c(short_name: str) -> Callable[[Bench, dict[str, str]], None]:
    def find(_bench: Bench, row: dict[str, str]) -> None:
        (one_c,) = numbers(row)
        assert Chemical.objects.get(one_c_ma_g=one_c).short_name == short_name
        cells = Cell.objects.filter(one_c_ma_g=one_c)
        assert cells
        active = {
            place.electrode.coating.active_material.short_name
            for cell in cells
            for place in cell.places.filter(role="positive")
        }
        assert active == {short_name}

    return find


def find_high_loading(bench: Bench, row: dict[str, str]) -> None:
    (loading,) = numbers(row)
    discs = Electrode.objects.filter(
        active_mass_mg__gt=0.99 * loading * DISC_CM2, active_mass_mg__lt=1.01 * loading * DISC_CM2
    )
    (disc,) = discs
    assert disc.active_mass_loading_mg_cm2 == pytest.approx(loading)
    found = asked(bench, f"electrodes/?loading_min={loading - 0.01}&loading_max={loading + 0.01}")
    assert [one["code"] for one in found] == [disc.code]
    (cell,) = Cell.objects.filter(external_pressure_mpa=0, places__electrode=disc)
    assert cell == bench.lab.high_loading


def find_monomers(bench: Bench, row: dict[str, str]) -> None:
    am, dmam = numbers(row)
    batches = ElectrolyteBatch.objects.annotate(
        am=F("mole_fraction_am") * F("total_monomer_mol_l"),
        dmam=(1 - F("mole_fraction_am")) * F("total_monomer_mol_l"),
    )
    found = batches.get(am__range=(am - 1e-9, am + 1e-9), dmam__range=(dmam - 1e-9, dmam + 1e-9))
    assert found == bench.lab.batch
    assert numbers(row, "conditions")[:2] == [found.mole_fraction_am, found.total_monomer_mol_l]


def find_crosslinker(bench: Bench, row: dict[str, str]) -> None:
    crosslinker, photoinitiator = numbers(row)
    found = ElectrolyteBatch.objects.get(
        crosslinker_mmol_l=crosslinker, photoinitiator_mmol_l=photoinitiator
    )
    assert found == bench.lab.batch


def find_dem_ratio(bench: Bench, row: dict[str, str]) -> None:
    nma, lifsi = numbers(row)
    assert ElectrolyteBatch.objects.get(dem_molar_ratio=nma / lifsi) == bench.lab.batch


def find_uv_cure(bench: Bench, row: dict[str, str]) -> None:
    (minutes,) = numbers(row)
    found = asked(bench, f"steps/?kind=uv_cure&quantity=uv_time_s&value={minutes * 60}")
    films = {step["film"]["code"] for step in found if step["film"]}
    assert films == {bench.lab.membrane.code, bench.lab.dumbbell.code}
    assert any(step["electrode"] for step in found)
    cast = asked(bench, "steps/?quantity=substrate&value=FEP")
    assert {step["film"]["code"] for step in cast} == films


def find_fec(bench: Bench, row: dict[str, str]) -> None:
    (percent,) = numbers(row)
    found = ElectrolyteBatch.objects.get(fec_mass_fraction=percent / 100, fec_basis="of_total")
    assert found == bench.lab.batch


def find_composite(bench: Bench, row: dict[str, str]) -> None:
    assert parts(bench.lab.coatings["Si"], "Si", "CNT", "Super P") == numbers(row)


def find_ball_mill(bench: Bench, row: dict[str, str]) -> None:
    speed, hours = numbers(row)
    assert "Ar" in row["value"]
    found = ProcessStep.objects.get(
        kind="ball_milling",
        actual__speed_rpm=speed,
        actual__time_h=hours,
        actual__atmosphere="argon",
    )
    assert found.coating == bench.lab.coatings["Si"]
    fast = asked(bench, f"steps/?kind=ball_milling&quantity=speed_rpm&min={speed}&max={speed}")
    assert [step["id"] for step in fast] == [str(found.pk)]


def find_binder(bench: Bench, row: dict[str, str]) -> None:
    (percent,) = numbers(row)
    (mass,) = numbers(row, "conditions")
    found = CoatingComponent.objects.get(
        solution_mass_fraction=percent / 100, chemical__molar_mass_g_mol=mass
    )
    assert (found.chemical.short_name, found.coating) == ("PAA", bench.lab.coatings["Si"])
    assert found.coating.solvent == "water"


def find_surfactant(bench: Bench, row: dict[str, str]) -> None:
    mass, *printed = numbers(row)
    found = Chemical.objects.get(molar_mass_g_mol=mass)
    assert found.short_name == "PVP"
    pvp, paa = parts(bench.lab.coatings["Si"], "PVP", "PAA")
    assert "sic" in row["value"]
    assert [paa / pvp, 1] == printed, "stored as PAA:PVP, the reading that makes PVP a trace"


def find_slurry(bench: Bench, row: dict[str, str]) -> None:
    composite, paa = numbers(row)
    coating = bench.lab.coatings["Si"]
    assert sum(parts(coating, "Si", "CNT", "Super P")) == composite
    assert parts(coating, "PAA") == [paa]


def find_wanted_loading(bench: Bench, row: dict[str, str]) -> None:
    low, high = numbers(row)
    found = Coating.objects.get(loading_min_mg_cm2=low, loading_max_mg_cm2=high)
    assert found == bench.lab.coatings["Si"]


def find_dose(bench: Bench, row: dict[str, str]) -> None:
    (volume,) = numbers(row)
    found = asked(bench, f"steps/?kind=infiltration&quantity=volume_ul&value={volume}")
    electrodes = Electrode.objects.filter(code__in=[one["electrode"]["code"] for one in found])
    materials = {electrode.coating.active_material.short_name for electrode in electrodes}
    assert materials == {"Si", "LFP"}
    used = {part["amount"] for step in found for part in step["consumptions"]}
    assert used == {volume}


def find_lithium(_bench: Bench, row: dict[str, str]) -> None:
    (diameter,) = numbers(row)
    assert "2032" in row["conditions"]
    discs = Electrode.objects.filter(metal__short_name="Li", diameter_mm=diameter)
    coins = discs.filter(places__cell__format="coin_2032")
    assert coins.count() == 3


def find_lfp_slurry(bench: Bench, row: dict[str, str]) -> None:
    coating = Coating.objects.get(solvent="NMP", current_collector="aluminium")
    assert parts(coating, "LFP", "AB", "PVDF") == numbers(row)
    assert coating == bench.lab.coatings["LFP"]


def find_lfp_loading(bench: Bench, row: dict[str, str]) -> None:
    (loading,) = numbers(row)
    found = asked(bench, f"electrodes/?loading_min={loading - 0.1}&loading_max={loading + 0.1}")
    materials = {Electrode.objects.get(code=one["code"]).material.short_name for one in found}
    assert materials == {"LFP"}


def find_pouch(_bench: Bench, row: dict[str, str]) -> None:
    a, b, c, d, e, f = numbers(row)
    cell = Cell.objects.get(format="pouch", film__width_mm=c, film__length_mm=d)
    sizes = {
        place.role: (place.electrode.width_mm, place.electrode.length_mm)
        for place in cell.places.all()
    }
    assert sizes == {"positive": (a, b), "negative": (e, f)}
    assert "vacuum sealed" in row["conditions"]
    sealed = cell.events.get(actual__sealing="vacuum_sealed")
    assert sealed.actual["enclosure"].startswith("Al-plastic")


def find_dew_point(bench: Bench, row: dict[str, str]) -> None:
    (dew_point,) = numbers(row)
    assert dew_point == -40
    assert Cell.objects.get(dew_point_celsius=dew_point, atmosphere="dry_air").format == "pouch"
    found = asked(bench, f"steps/?quantity=dew_point_celsius&max={dew_point}")
    assert bench.lab.dumbbell.code in {step["film"]["code"] for step in found}


def find_pressed_composites(_bench: Bench, row: dict[str, str]) -> None:
    silicon = Coating.objects.get(process="pressed", active_material__short_name="Si")
    lfp = Coating.objects.get(process="pressed", active_material__short_name="LFP")
    found = parts(silicon, "Si", "LPSC", "CNT") + parts(lfp, "LFP", "Li3InCl6", "VGCF")
    assert found == [6, 3, 1, 6, 3, 1]
    assert row["value"].startswith("6:3:1; 6:3:1")


def find_pellet(_bench: Bench, row: dict[str, str]) -> None:
    mass, diameter = numbers(row)
    pressure, minutes = numbers(row, "conditions")
    step = ProcessStep.objects.get(
        kind="pressing",
        film__isnull=False,
        actual__mass_mg=mass,
        actual__die_diameter_mm=diameter,
        actual__pressure_mpa=pressure,
        actual__time_s=minutes * 60,
    )
    assert (step.film.mass_mg, step.film.diameter_mm, step.film.form) == (mass, diameter, "pellet")
    assert step.film.cells.get().format == "peek_die"


def find_silicon_on_pellet(_bench: Bench, row: dict[str, str]) -> None:
    mass, pressure, minutes = numbers(row)
    later, hours = numbers(row, "conditions")
    step = ProcessStep.objects.get(
        electrode__coating__active_material__short_name="Si",
        actual__mass_mg=mass,
        actual__pressure_mpa=pressure,
        actual__time_s=minutes * 60,
    )
    cell = step.electrode.places.get().cell
    event = cell.events.get(actual__pressure_mpa=later, actual__time_s=hours * 3600)
    assert (event.kind, event.actual["layer"]) == ("pressed", "Li–In")


def find_bilayer(bench: Bench, row: dict[str, str]) -> None:
    halide, sulfide = (float(one) for one in re.findall(r"(\d+) mg", row["value"]))
    first, minutes, second, hours = numbers(row, "conditions")
    step = ProcessStep.objects.filter(
        consumptions__batch=bench.lab.halide, consumptions__amount=halide
    ).get(consumptions__batch=bench.lab.sulfide)
    edge = step.consumptions.get(batch=bench.lab.sulfide)
    assert (edge.amount, edge.unit) == (sulfide, "mg")
    assert step.actual["pressure_mpa"] == first
    assert step.actual["time_s"] == minutes * 60
    event = step.film.cells.get().events.get(actual__pressure_mpa=second)
    assert event.actual["time_s"] == hours * 3600


def find_half_cell_cutoffs(_bench: Bench, row: dict[str, str]) -> None:
    lower, first, upper = numbers(row)
    cells = Cell.objects.filter(
        lower_cutoff_v=lower, first_cycle_lower_cutoff_v=first, upper_cutoff_v=upper
    )
    assert {cell.cell_type for cell in cells} == {"anode_half_cell"}
    assert cells.count() == 2


def find_full_cell_cutoffs(bench: Bench, row: dict[str, str]) -> None:
    lower, upper = numbers(row)
    assert "pre-cycled once in Li//Si" in row["conditions"]
    cell = Cell.objects.get(lower_cutoff_v=lower, upper_cutoff_v=upper)
    assert cell == bench.lab.full
    silicon = cell.places.get(role="negative").electrode
    (step,) = asked(bench, f"steps/?kind=prelithiation&electrode={silicon.code}&quantity=cycles")
    said = step["actual"]
    assert (said["cycles"], said["counter_electrode"], said["method"]) == (1, "Li", "cycled")
    former = silicon.places.exclude(cell=cell).get()
    assert (former.cell.cell_type, former.removed_at is not None) == ("anode_half_cell", True)


def find_temperature(_bench: Bench, row: dict[str, str]) -> None:
    (temperature,) = numbers(row)
    at_25 = Cell.objects.filter(temperature_celsius=temperature).count()
    assert at_25 == Cell.objects.count() > 0


def find_cycler(_bench: Bench, row: dict[str, str]) -> None:
    vendor, model = row["value"].split()
    found = Instrument.objects.get(vendor=vendor, model=model, kind="cycler")
    assert found.channels.count() == 1


FINDERS: dict[str, Callable[[Bench, dict[str, str]], None]] = {
    "R062": find_1c("Si"),
    "R073": find_high_loading,
    "R083": find_1c("LFP"),
    "R101": find_monomers,
    "R102": find_crosslinker,
    "R103": find_dem_ratio,
    "R104": find_uv_cure,
    "R105": find_fec,
    "R106": find_composite,
    "R107": find_ball_mill,
    "R108": find_binder,
    "R109": find_surfactant,
    "R110": find_slurry,
    "R111": find_wanted_loading,
    "R112": find_dose,
    "R113": find_lithium,
    "R114": find_lfp_slurry,
    "R115": find_lfp_loading,
    "R116": find_pouch,
    "R117": find_dew_point,
    "R118": find_pressed_composites,
    "R119": find_pellet,
    "R120": find_silicon_on_pellet,
    "R121": find_bilayer,
    "R122": find_half_cell_cutoffs,
    "R123": find_full_cell_cutoffs,
    "R124": find_temperature,
    "R125": find_cycler,
}
