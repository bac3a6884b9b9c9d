"""Twelve electrodes are punched and weighed in one table, with the keyboard alone."""

import json
import math
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_journey import new, save
from tests.faults.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.stack]

AREA_CM2 = math.pi * 1.2**2 / 4
SHARE = 0.6931
FOIL_MG = 9.81
COATING_MG = 0.6 * AREA_CM2 / SHARE
"""0.979 mg of coating hold 0.6786 mg of silicon, 0.6 mg/cm² on a disc of 12 mm (ANALYSES C2)."""
STORED = """
import json
from samples.models import Electrode
rows = Electrode.objects.filter(mass_mg__isnull=False).select_related("coating").order_by("code")
print(json.dumps([
    [row.code, row.mass_mg, row.active_mass_mg, row.active_mass_source,
     row.coating.foil_mass_mg_cm2,
     row.active_mass_loading_mg_cm2, row.active_mass_mg_u] for row in rows
]))
"""


def log_coating(page: Page) -> str:
    """Log a coating of silicon and return its code."""
    new(page, "Coating")
    material = page.locator("select[name=active_material]")
    silicon = material.locator("option", has_text="Si").first.get_attribute("value")
    material.select_option(silicon)
    page.locator("[name=active_mass_fraction]").fill(f"{SHARE}")
    page.locator("[name=active_mass_fraction_u]").fill("0.002")
    return save(page)


def punch(page: Page) -> None:
    """Punch twelve discs of 12 mm, with three blank discs of the same punch."""
    page.get_by_role("link", name="Punch", exact=True).click()
    page.get_by_label("How many").fill("12")
    page.locator("[name=diameter_mm]").fill("1,2 cm")
    page.locator("[name=diameter_mm_u]").fill("0.05")
    page.locator("[name=blanks]").fill("9,81; 9,79; 9,83 mg")
    expect(page.locator("#id_blanks_understood")).to_have_text("= 9.810 mg, sd 0.020, n = 3")
    page.locator("[name=readability_mg]").fill("0.01")
    page.get_by_role("button", name="Punch and weigh").click()


def stored(site: Site) -> list[list[Any]]:
    """Return what the database holds of the weighed electrodes."""
    done = site.processes.manage("shell", "--no-imports", "-c", STORED)
    assert done.returncode == 0, done.stderr
    rows: list[list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return rows


def test_twelve_electrodes_are_weighed_in_one_table(visit: Page, site: Site) -> None:
    page = visit
    log_coating(page)
    punch(page)
    masses = page.locator(".pieces-table input:not([type=hidden])")
    expect(masses).to_have_count(12)
    typed = [FOIL_MG + COATING_MG + 0.01 * number for number in range(12)]
    masses.first.focus()
    for mass in typed:
        page.keyboard.type(f"{mass:.6f}")
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Save all")).to_be_focused()
    first = page.locator(".pieces-table tbody tr").first
    expect(first).to_contain_text("0.679 ± 0.017")
    expect(page.locator("#weigh-foot")).to_contain_text("n = 3")
    masses.nth(11).fill("9.5")
    table = page.locator(".pieces-table tbody")
    expect(table).to_contain_text("more than its foil of 9.81 mg")
    masses.nth(11).fill(f"{typed[11]:.6f}")
    expect(table).not_to_contain_text("more than its foil")
    page.get_by_role("button", name="Save all").click()
    expect(page.get_by_text("12 electrodes are weighed.")).to_be_visible()

    rows = stored(site)
    assert len(rows) == 12
    for (_code, mass, active, source, foil, loading, _u), mg in zip(rows, typed, strict=True):
        assert source == "derived"
        assert mass == pytest.approx(mg, abs=1e-6)
        assert foil == pytest.approx(FOIL_MG / AREA_CM2, rel=1e-9)
        assert active == pytest.approx((mg - FOIL_MG) * SHARE, abs=1e-6)
        assert loading == pytest.approx((mg - FOIL_MG) * SHARE / AREA_CM2, abs=1e-6)
    assert rows[0][2] == pytest.approx(0.6786, abs=5e-5)
    assert rows[0][5] == pytest.approx(0.6, abs=1e-6)
    weighing = 0.01 / math.sqrt(3)
    coated = math.hypot(weighing, 0.02 * math.sqrt(4 / 3))
    assert rows[0][6] == pytest.approx(math.hypot(SHARE * coated, COATING_MG * 0.002), rel=1e-6)


def test_a_film_asks_for_the_sizes_of_its_form_and_forgets_nothing(visit: Page) -> None:
    page = visit
    new(page, "Film")
    thickness, height = page.locator("[name=thickness_um]"), page.locator("[name=height_mm]")
    expect(thickness).to_be_visible()
    expect(height).to_be_hidden()
    thickness.fill("198; 203; 201 um")
    expect(page.locator("#id_thickness_um_understood")).to_contain_text("200.7 µm, sd 2.5, n = 3")
    page.locator("select[name=form]").select_option("cylinder")
    expect(thickness).to_be_hidden()
    expect(height).to_be_visible()
    height.fill("6")
    page.locator("select[name=form]").select_option("pellet")
    expect(thickness).to_have_value("198; 203; 201 um")
    expect(page.locator("[name=fabrication_pressure_mpa]")).to_be_visible()
    expect(height).to_be_hidden()
    expect(height).to_be_disabled()
