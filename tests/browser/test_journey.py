"""From signing in to a result, as a person does it; and what happens to a wrong file."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.stack]

NDAX = "cycling/neware/fastnda/nw4-120-1-6-53.ndax"
SLOW_MS = 60_000


def new(page: Page, what: str) -> None:
    """Open the form of a new record through the menu."""
    page.get_by_role("button", name="New", exact=True).click()
    page.locator(".dropdown-menu.show").get_by_role("link", name=what, exact=True).click()


def choose(page: Page, name: str, words: str) -> None:
    """Choose the option of a field that holds the words."""
    field = page.locator(f"select[name={name}]")
    value = field.locator("option", has_text=words).first.get_attribute("value")
    field.select_option(value)


def save(page: Page) -> str:
    """Save a form and return the code of the record."""
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("h1 .code")).to_be_visible()
    return page.locator("h1 .code").inner_text()


def log_batch(page: Page) -> str:
    """Log an electrolyte batch, with a decimal comma and a time in minutes."""
    new(page, "Electrolyte batch")
    page.get_by_label("NMA:LiFSI (mol/mol)").fill("4")
    page.get_by_label("AM fraction x").fill("0,8")
    page.get_by_label("UV time").fill("5 min")
    code = save(page)
    assert "x = 0.80 · NMA:LiFSI 4:1 · UV 5 min" in page.locator(".summary").inner_text()
    return code


def log_film(page: Page, batch: str) -> str:
    """Log a film of a batch."""
    new(page, "Film")
    choose(page, "batch", batch)
    page.locator("[name=thickness_um]").fill("200 um")
    return save(page)


def log_cell(page: Page, film: str) -> str:
    """Log a cell of the film and the two electrodes."""
    new(page, "Cell")
    choose(page, "cell_type", "anode half cell")
    choose(page, "negative", "Li")
    choose(page, "positive", "Si")
    choose(page, "film", film)
    return save(page)


def upload(page: Page, path: Path) -> Locator:
    """Choose a file on the page of a record; return its line."""
    page.locator("form[data-upload] input[type=file]").set_input_files(path)
    return page.locator(".upload-row", has_text=path.name)


def drop(page: Page, path: Path) -> Locator:
    """Drop a file somewhere on the page of a record; return its line."""
    carried = page.evaluate_handle(
        """([name, text]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([text], name));
            return carried;
        }""",
        [path.name, path.read_text()],
    )
    for event in ("dragover", "drop"):
        page.dispatch_event("h1", event, {"dataTransfer": carried})
    return page.locator(".upload-row", has_text=path.name)


def test_a_cell_is_logged_and_its_file_becomes_a_drawn_result_without_a_reload(
    visit: Page, real_data: Path
) -> None:
    page = visit
    batch = log_batch(page)
    cell = log_cell(page, log_film(page, batch))
    page.evaluate("window.notReloaded = true")
    row = upload(page, real_data / NDAX)
    expect(row.locator(".state-ok")).to_have_text("done", timeout=SLOW_MS)
    expect(row).to_contain_text("18,700 rows")
    results = page.locator("#results")
    card = results.locator(".metric-card", has_text="Capacity retention")
    expect(card).to_contain_text(re.compile(r"\d+\.\d+ (± \d+\.\d+ )?%"), timeout=SLOW_MS)
    expect(results.locator(".metric-card", has_text="coulombic efficiency").first).to_be_visible()
    expect(results).to_contain_text("MASS_MISSING")
    plot = results.locator("[data-plot-url*=capacity_ce]")
    plot.scroll_into_view_if_needed()
    expect(plot).to_have_attribute("data-plot-state", "drawn", timeout=SLOW_MS)
    expect(plot.locator("svg .point").first).to_be_attached()
    assert page.evaluate("window.notReloaded"), "the page was not loaded again"

    results.locator("details", has_text="Cycles").first.locator("summary").click()
    expect(results.get_by_role("cell", name="1", exact=True).first).to_be_visible()
    card.click()
    expect(page.get_by_role("heading", name="How it was made")).to_be_visible()
    page.get_by_role("link", name=cell).first.click()
    page.get_by_role("link", name=batch).first.click()
    expect(page.locator("#results")).to_contain_text(cell)


def test_a_wrong_file_that_was_dropped_says_why_and_can_be_had_back(
    visit: Page, renamed_letter: Path
) -> None:
    page = visit
    log_film(page, log_batch(page))
    row = drop(page, renamed_letter)
    failed = row.locator(".state-failed")
    expect(failed).to_have_text("failed", timeout=SLOW_MS)
    expect(row).to_contain_text("letter.ndax")
    expect(row).to_contain_text("expected")
    with page.expect_download() as download:
        row.get_by_role("link", name="Raw file").click()
    assert download.value.suggested_filename == "letter.ndax"
    assert download.value.path().read_bytes() == renamed_letter.read_bytes()
    row.get_by_role("link", name=re.compile("ME-")).click()
    expect(page.get_by_role("button", name="Read again")).to_be_visible()


def test_an_unknown_table_is_mapped_while_its_plot_follows(visit: Page, real_data: Path) -> None:
    page = visit
    log_batch(page)
    row = upload(page, real_data / "eis" / "csv" / "MADAP" / "test_1.csv")
    row.get_by_role("link", name="Map the columns").click(timeout=SLOW_MS)
    for at, unit in enumerate(("Hz", "Ω", "Ω")):
        chosen = page.locator(f"#column-{at}-unit")
        chosen.focus()
        with page.expect_response("**/map/preview/"):
            chosen.select_option(unit)
        expect(chosen).to_be_focused()
    preview = page.locator("#map-preview")
    expect(preview).to_contain_text("Im Z is positive in 46 of 46 rows")
    expect(preview.locator("[data-plot-state=drawn]")).to_be_attached(timeout=SLOW_MS)
    page.locator("#column-2-flip").check()
    expect(preview).to_contain_text("Im Z is negative, capacitive, in 46 of 46 rows.")
    expect(page.locator("#column-2-flip")).to_be_focused()
    page.get_by_label("Name of the format").fill("MADAP spectra")
    page.get_by_role("button", name="Save and read").click()
    expect(page.locator("#measurement-main")).to_contain_text("46 rows", timeout=SLOW_MS)
