"""The x-series of five batches in one go, as a person clicks it, against the clock."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_journey import new

pytestmark = [pytest.mark.browser, pytest.mark.stack]

SERIES_X = (0.0, 0.5, 0.8, 0.87, 1.0)
LONGEST_S = 60


def test_the_x_series_is_logged_in_less_than_a_minute_and_its_labels_are_shown(
    visit: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    page = visit
    began = time.monotonic()
    new(page, "Electrolyte batch")
    page.get_by_role("button", name="Start from").click()
    page.get_by_role("link", name="Elastic electrolyte, x = 0.8 (Pan 2024)").click()
    expect(page.locator("[name=mole_fraction_am]")).to_have_value("0.8")
    page.locator("[name=volume_ml]").fill("10 mL")
    page.locator("[name=concentration_basis]").select_option(label="per litre of solution")
    page.locator("summary", has_text="Series").click()
    page.locator("[name=series_field]").select_option(label="AM fraction x")
    page.locator("[name=series_values]").press_sequentially("0, 0.5, 0.8, 0.87, 1")
    rows = page.locator("#series-preview tbody tr")
    expect(rows).to_have_count(5)
    expect(rows.nth(3)).to_contain_text("x = 0.87 · NMA:LiFSI 4:1")
    page.get_by_role("button", name="Save", exact=True).click()
    labels = page.locator(".label")
    expect(labels).to_have_count(5)
    took = time.monotonic() - began
    with capsys.disabled():
        print(f"\nfive batches with their labels in {took:.1f} s")  # noqa: T201
    assert took < LONGEST_S

    expect(page.get_by_text("5 batches are saved.")).to_be_visible()
    expect(labels.first.locator("svg")).to_be_visible()
    codes = labels.locator(".code").all_inner_texts()
    numbers = [int(code.rsplit("-", 1)[1]) for code in codes]
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    for code, x in zip(codes, SERIES_X, strict=True):
        label = page.locator(".label", has_text=code)
        expect(label).to_contain_text(f"x = {x:.2f}")
        label.get_by_role("link", name=code).click()
        expect(page.locator("h1 .code")).to_have_text(code)
        expect(page.locator(".summary")).to_contain_text(f"x = {x:.2f} · NMA:LiFSI 4:1")
        expect(page.locator("#main")).to_contain_text("Precursor")
        page.go_back()


def test_a_wrong_value_is_told_while_it_is_typed_and_nothing_is_saved(visit: Page) -> None:
    page = visit
    new(page, "Electrolyte batch")
    page.get_by_label("NMA:LiFSI (mol/mol)").fill("4")
    page.locator("summary", has_text="Series").click()
    page.locator("[name=series_field]").select_option(label="AM fraction x")
    page.locator("[name=series_values]").press_sequentially("0,5; 1,5")
    expect(page.locator("#series-preview tbody tr")).to_have_count(2)
    expect(page.locator("#series-preview .invalid-feedback")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Nothing was saved yet.")).to_be_visible()
    expect(page.get_by_role("alert").first).to_contain_text("Value 2 (“1,5”)")
    expect(page.locator("[name=series_values]")).to_have_value("0,5; 1,5")
