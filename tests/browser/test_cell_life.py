"""The life of a silicon electrode: a half cell that ends, its harvest, and a full cell."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_journey import choose, new, save

pytestmark = [pytest.mark.browser, pytest.mark.stack]


def build_half_cell(page: Page) -> str:
    """Choose the weighed silicon disc, take the lithium that is proposed, and save."""
    new(page, "Cell")
    choose(page, "cell_type", "anode half cell")
    choose(page, "positive", "mg/cm²")
    panel = page.locator("#panel")
    expect(panel).to_contain_text("active mass of the positive electrode")
    expect(panel).to_contain_text("0.679 ± 0.014 mg")
    panel.get_by_role("button", name=re.compile("Li")).click()
    expect(page.locator("select[name=negative] option:checked")).to_contain_text("Li")
    expect(panel).to_contain_text("1.131 cm²")
    return save(page)


def end(page: Page) -> None:
    """Log that the cell has ended."""
    page.get_by_role("button", name="State").click()
    page.locator(".dropdown-menu.show").get_by_role("link", name="Ended").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("h1 .state")).to_have_text("ended")


def harvest(page: Page) -> str:
    """Take the silicon out of the cell; return its code."""
    row = page.locator(".log li", has_text="Positive").filter(
        has=page.get_by_role("link", name="Harvest")
    )
    row.get_by_role("link", name="Harvest").click()
    page.get_by_label("Rinsed with").fill("DMC")
    page.get_by_label("Rinsing time").fill("2 min")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("h1 .state")).to_have_text("harvested")
    return page.locator("h1 .code").inner_text()


def test_an_electrode_goes_from_a_half_cell_into_a_full_cell_with_its_history(visit: Page) -> None:
    page = visit
    half = build_half_cell(page)
    end(page)
    silicon = harvest(page)
    expect(page.locator("main")).to_contain_text("DMC")

    page.get_by_role("link", name="Into a new cell").click()
    expect(page.locator("select[name=cell_type]")).to_have_value("full_cell")
    expect(page.locator("select[name=negative] option:checked")).to_contain_text(silicon)
    panel = page.locator("#panel")
    expect(panel).to_contain_text(half)
    proposal = panel.get_by_role("button", name=re.compile("LFP"))
    expect(proposal).to_contain_text("N/P 1.38")
    proposal.click()
    expect(page.locator("select[name=positive] option:checked")).to_contain_text("LFP")
    expect(panel).to_contain_text("PRELITHIATED")
    expect(panel.locator(".metric-value")).to_contain_text("1.38")
    expect(panel).to_contain_text("measured, reversible")

    full = save(page)
    assert full != half
    design = page.locator(".card", has_text="Design").first
    expect(design).to_contain_text("1.38")
    expect(page.locator(".lineage").first).to_contain_text(half)
    page.get_by_role("link", name=half).first.click()
    expect(page.locator("h1 .state")).to_have_text("opened")
