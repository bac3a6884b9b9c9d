"""The demo lab is made once, and its analyses give back the truth its files were made with."""

from collections.abc import Iterator, Mapping
from io import StringIO
from itertools import pairwise

import numpy as np
import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from analysis.models import AnalysisRun, Metric
from cells.models import Cell
from labsite.access.models import Membership, Project, User
from labsite.demo import lab
from labsite.demo.cycling import Cycle, CyclingTest
from labsite.demo.files import (
    BARE_LEADS_X,
    COLD_CELSIUS,
    COLD_CONDUCTIVITY_S_CM,
    COLD_X,
    CONDUCTIVITY_S_CM,
    CYCLING,
    NOTE,
)
from measurements.models import Measurement, RawFile
from samples.lotstates import states_of
from samples.models import Consumption, Electrode, ElectrolyteBatch, Lot
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

WITHOUT_INTERVAL = 1e-3
"""Relative tolerance of a number whose uncertainty is not known."""

Cells = Mapping[str, Cell]


@pytest.fixture(scope="module")
def cells(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Cells]:
    """The cells of a demo lab whose files have been read and analysed, by name."""
    with django_db_blocker.unblock(), transaction.atomic():
        cells = lab.build("a password")
        lab.work_until_done()
        yield cells
        transaction.set_rollback(True)


MAIN = ("eis_bulk_conductivity", "galvanostatic_cycling")
"""The analyses with the numbers that the demo lab was built to have."""


def run_of(cell: Cell, **conditions: object) -> AnalysisRun:
    return AnalysisRun.objects.get(
        measurement__cell=cell, is_current=True, method__in=MAIN, **conditions
    )


def metric(run: AnalysisRun, name: str, index: int | None = None) -> Metric:
    return run.metrics.filter(name=name, index=index).order_by("qualifier")[0]


def assert_covers(found: Metric, truth: float) -> None:
    low, high = found.lo95, found.hi95
    if low is None or high is None:
        margin = WITHOUT_INTERVAL * truth
        low, high = found.value - margin, found.value + margin
    assert low <= truth <= high, f"{found} #{found.index}: {truth} is not in {low} ... {high}"


@pytest.mark.parametrize("x", CONDUCTIVITY_S_CM)
def test_the_conductivity_at_25_degrees_is_found(cells: Cells, x: float) -> None:
    run = run_of(cells[f"blocking x = {x:g}"], facts__temperature_celsius=25.0)
    assert_covers(metric(run, "ionic_conductivity"), CONDUCTIVITY_S_CM[x])
    assert metric(run, "ionic_conductivity").value == pytest.approx(CONDUCTIVITY_S_CM[x], rel=0.02)
    assert run.verdict == ("warning" if x == BARE_LEADS_X else "ok")


def test_the_conductivity_in_the_cold_is_a_tenth(cells: Cells) -> None:
    cell = cells[f"blocking x = {COLD_X:g}"]
    run = run_of(cell, facts__temperature_celsius=COLD_CELSIUS)
    assert_covers(metric(run, "ionic_conductivity"), COLD_CONDUCTIVITY_S_CM)


def test_only_the_spectrum_without_lead_resistance_is_flagged_for_it(cells: Cells) -> None:
    flagged = AnalysisRun.objects.filter(flags__code="EIS_LEAD_NOT_COMPENSATED")
    assert [run.measurement.cell for run in flagged] == [cells[f"blocking x = {BARE_LEADS_X:g}"]]


def true_numbers(test: CyclingTest, opens_with: int, reference: int) -> dict[str, list[float]]:
    """The truth by metric and cycle; reversible capacities count from cycle ``reference``."""
    first = [charge(one, opens_with) for one in test.cycles]
    second = [charge(one, -opens_with) for one in test.cycles]
    grams = float(test.facts["active_mass_mg"]) / 1e3
    charged = [one.charge_mah for one in test.cycles]
    discharged = [one.discharge_mah for one in test.cycles]
    base = second[reference - 1]
    return {
        "charge_capacity": charged,
        "discharge_capacity": discharged,
        "instrument_charge_capacity": charged,
        "instrument_discharge_capacity": discharged,
        "specific_charge_capacity": [one / grams for one in charged],
        "specific_discharge_capacity": [one / grams for one in discharged],
        "coulombic_efficiency": [
            100 * back / there for there, back in zip(first, second, strict=True)
        ],
        "capacity_retention": [100 * one / base for one in second[reference - 1 :]],
    }


def charge(cycle: Cycle, sign: int) -> float:
    return cycle.charge_mah if sign > 0 else cycle.discharge_mah


@pytest.mark.parametrize(
    ("name", "reference"),
    [("lfp", 1), ("precycled", 1), ("full", 1), ("silicon", 4), ("pouch", 1), ("unweighed", 3)],
)
def test_every_capacity_efficiency_and_retention_covers_its_truth(
    cells: Cells, name: str, reference: int
) -> None:
    made = CYCLING[name]
    truth = true_numbers(made.make(made.protocol), made.protocol.opens_with, reference)
    found = run_of(cells[name]).metrics.filter(name__in=truth)
    assert len(found) >= 5
    for one in found:
        assert one.index is not None
        assert_covers(one, truth[one.name][one.index - 1])


def test_silicon_keeps_908_permille_of_300_cycles(cells: Cells) -> None:
    run = run_of(cells["silicon"])
    assert metric(run, "capacity_retention", 300).value == pytest.approx(90.8, abs=0.02)
    assert metric(run, "average_coulombic_efficiency").value == pytest.approx(99.3, abs=0.01)
    assert metric(run, "initial_coulombic_efficiency").value == pytest.approx(87.1, abs=0.02)
    assert run.verdict == "ok"


def test_precycled_silicon_gives_back_its_first_capacities(cells: Cells) -> None:
    run = run_of(cells["precycled"])
    assert metric(run, "initial_coulombic_efficiency").value == pytest.approx(87.1, abs=0.02)
    assert_covers(metric(run, "specific_capacity_lithiation", 1), 3413.6)
    assert_covers(metric(run, "specific_capacity_delithiation", 1), 2973.2)


def test_lfp_keeps_972_permille_of_400_cycles(cells: Cells) -> None:
    run = run_of(cells["lfp"])
    assert metric(run, "capacity_retention", 400).value == pytest.approx(100 * 143.3 / 147.4, 1e-4)
    assert metric(run, "initial_coulombic_efficiency").value == pytest.approx(97.1, abs=0.02)
    life = metric(run, "cycle_life_80")
    assert (life.value, life.censored) == (400, "lower")


def test_the_full_cell_lives_145_cycles(cells: Cells) -> None:
    run = run_of(cells["full"])
    assert metric(run, "cycle_life_80").value == pytest.approx(145, abs=1)
    assert metric(run, "capacity_retention", 100).value == pytest.approx(98.3, abs=0.5)
    assert run.verdict == "ok"


def test_the_pouch_cell_gives_117_milliampere_hours(cells: Cells) -> None:
    run = run_of(cells["pouch"])
    assert metric(run, "discharge_capacity", 1).value == pytest.approx(11.7, rel=1e-3)
    assert_covers(metric(run, "specific_discharge_capacity", 1), 140)


def test_an_electrode_without_mass_gives_no_specific_value_and_says_so(cells: Cells) -> None:
    run = run_of(cells["unweighed"])
    assert not run.metrics.filter(name__startswith="specific_capacity").exists()
    assert run.flags.filter(code="MASS_MISSING", severity="warn").exists()
    assert run.measurement.instrument is None


def test_no_file_fails_but_the_damaged_one(cells: Cells) -> None:
    failed = Measurement.objects.get(status="failed")
    assert failed.cell == cells["damaged file"]
    assert "cut off or damaged" in failed.error_message
    assert Measurement.objects.filter(status="done").count() == 12
    assert set(AnalysisRun.objects.values_list("status", flat=True)) == {"done"}


def test_every_file_says_that_it_is_synthetic(cells: Cells) -> None:
    assert set(Measurement.objects.values_list("notes", flat=True)) == {NOTE}
    for file in RawFile.objects.all():
        assert file.original_name.startswith(f"demo-synthetic_{file.measurement.cell.code}_")
        with file.blob.file.open() as stored:
            content = stored.read()
        assert b"synthetic" in content or content.startswith(b"PK")


def test_tests_are_logged_before_their_cells_are_taken_apart(cells: Cells) -> None:
    kinds = list(cells["precycled"].events.values_list("kind", flat=True))
    assert kinds == ["assembled", "on_test", "off_test", "opened"]
    assert all(event.at < timezone.now() for cell in cells.values() for event in cell.events.all())


def test_harvested_silicon_goes_from_the_half_cell_into_the_full_cell(cells: Cells) -> None:
    silicon = cells["full"].places.get(role="negative").electrode
    states = list(silicon.events.values_list("state", flat=True))
    assert states == ["pristine", "infiltrated", "in_cell", "harvested", "in_cell"]
    half, full = silicon.places.order_by("installed_at")
    assert (half.cell, full.cell) == (cells["precycled"], cells["full"])
    assert half.removed_at is not None
    assert half.removed_at < full.installed_at


def test_events_of_electrodes_stand_in_the_order_of_the_work(cells: Cells) -> None:
    for electrode in Electrode.objects.all():
        times = [event.at for event in electrode.events.order_by("created_at")]
        assert all(before <= after for before, after in pairwise(times))


def test_weighed_active_masses_agree_with_the_truth_of_the_files(cells: Cells) -> None:
    for name in ("lfp", "precycled", "full", "silicon", "pouch"):
        made = CYCLING[name]
        truth = float(made.make(made.protocol).facts["active_mass_mg"])
        material = "LFP" if name in {"lfp", "full", "pouch"} else "Si"
        (electrode,) = (
            place.electrode
            for place in cells[name].places.all()
            if place.electrode.material.short_name == material
        )
        assert electrode.active_mass_mg == pytest.approx(truth, abs=electrode.active_mass_mg_u)


def test_batches_were_weighed_close_to_the_plan(cells: Cells) -> None:
    elastic = ElectrolyteBatch.objects.filter(kind="elastic")
    assert sorted(elastic.values_list("mole_fraction_am", flat=True)) == [
        0, 0.5, 0.8, 0.8, 0.87, 1,
    ]  # fmt: skip
    edges = Consumption.objects.filter(step__batch__in=elastic)
    assert len(edges) == 35, "six substances a batch, one less at x = 0 and 1, FEC once"
    off = [edge.amount / edge.planned_amount - 1 for edge in edges if edge.planned_amount > 0.1]
    assert 0 < np.std(off) < 0.005


def test_no_lot_is_overdrawn_one_expires_soon_and_one_is_low(cells: Cells) -> None:
    lots = list(Lot.objects.all())
    assert all(0 < lot.remaining_amount <= lot.initial_amount for lot in lots)
    today = timezone.localdate()
    said = {lot.chemical.short_name: states_of(lot, today) for lot in lots}
    assert {name: states for name, states in said.items() if states != ["in_use"]} == {
        "FEC": ["expires_soon"],
        "LiFSI": ["low"],
    }


def test_what_remains_of_each_lot_is_the_sum_of_its_ledger(cells: Cells) -> None:
    for lot in Lot.objects.all():
        changes = lot.stock_entries.values_list("change", flat=True)
        assert sum(changes) == pytest.approx(lot.remaining_amount, abs=1e-9)
        used = lot.stock_entries.filter(kind="used").count()
        assert used == lot.consumptions.filter(amount__gt=0).count()


def test_the_demo_user_manages_a_member_logs_and_a_viewer_reads(cells: Cells) -> None:
    roles = {one.user.username: one.role for one in Membership.objects.all()}
    assert roles == {"demo": "manager", "mei": "member", "jonas": "viewer"}
    assert User.objects.get(username="demo").check_password("a password")
    assert not User.objects.filter(is_superuser=True).exists()


def test_strangers_see_nothing_of_it(cells: Cells) -> None:
    stranger = UserFactory(username="stranger")
    assert not Cell.objects.visible_to(stranger).exists()
    assert not Measurement.objects.visible_to(stranger).exists()
    stranger.delete()


def counts() -> dict[str, int]:
    models = [Project, User, Lot, ElectrolyteBatch, Electrode, Cell, Measurement, AnalysisRun]
    return {model.__name__: model.objects.count() for model in models}


def test_seeding_again_changes_nothing_and_says_so(cells: Cells) -> None:
    before, said = counts(), StringIO()
    call_command("seed_demo", "--wait", stdout=said)
    assert counts() == before
    assert "exists already; nothing was changed" in said.getvalue()
    assert "12 files were read, 1 refused on purpose" in said.getvalue()
