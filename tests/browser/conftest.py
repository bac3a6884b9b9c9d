"""A running site with a member, and a Chromium to visit it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.faults.conftest import migrated_data
from tests.faults.processes import Processes
from tests.faults.site import Site

__all__ = ["migrated_data"]

NAMES = ("chromium", "chromium-browser", "google-chrome")
LEFT_BEHIND = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx logs when a page is left while a live part of it is on its way."""
USER, PASSWORD = "anna", "a long enough password"
LAB = f"""
from django.contrib.auth import get_user_model
from labsite.access.models import Membership, Project
from labsite.access.recording import create_record
from samples.models import Chemical, Coating, Electrode
from samples.processing import create_electrode

anna = get_user_model().objects.create_user("{USER}", password="{PASSWORD}")
project = Project.objects.create(name="Elastic electrolyte")
Membership.objects.create(project=project, user=anna, role="manager")
silicon = create_record(
    record=Chemical(name="silicon", short_name="Si", role="active_material", one_c_ma_g=3579),
    by=anna,
)
lithium = create_record(
    record=Chemical(name="lithium metal", short_name="Li", role="metal"), by=anna
)
coating = create_record(
    record=Coating(project=project, active_material=silicon, reversible_capacity_mah_g=2973),
    by=anna,
)
iron = create_record(
    record=Chemical(name="lithium iron phosphate", short_name="LFP", role="active_material",
                    one_c_ma_g=175),
    by=anna,
)
sheet = create_record(
    record=Coating(project=project, active_material=iron, reversible_capacity_mah_g=162.3),
    by=anna,
)
for one, mass in ((sheet, 9.0), (coating, 0.6786)):
    disc = Electrode(
        project=project, coating=one, diameter_mm=12, active_mass_mg=mass, active_mass_mg_u=0.014
    )
    create_electrode(electrode=disc, by=anna)
create_electrode(electrode=Electrode(project=project, coating=coating, diameter_mm=12), by=anna)
create_electrode(electrode=Electrode(project=project, metal=lithium, diameter_mm=14), by=anna)
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine; its event loop ends before other modules need Django."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a visitor of its own."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, migrated_data: Path) -> Iterator[Site]:
    """A running site whose member has electrodes to build cells from."""
    folder = tmp_path_factory.mktemp("browser")
    data = folder / "data"
    environment = {"DATA_DIR": str(data), "DATABASE_URL": "", "REDIS_URL": ""}
    shutil.copytree(migrated_data, data)
    done = Processes(folder, environment).manage("shell", "--no-imports", "-c", LAB)
    assert done.returncode == 0, done.stderr
    running = Site(folder, data)
    try:
        running.start()
        yield running
    finally:
        running.processes.close()


@pytest.fixture
def visit(page: Page, site: Site) -> Iterator[Page]:
    """A page on which the member has signed in; no error may have come up in its console."""
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(LEFT_BEHIND):
            troubles.append(message.text)

    page.on("console", listen)
    page.set_default_timeout(15_000)
    page.goto(f"http://127.0.0.1:{site.port}/")
    page.locator("input[name=login]").fill(USER)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    yield page
    assert troubles == []


@pytest.fixture
def renamed_letter(tmp_path: Path) -> Path:
    """A letter that somebody has renamed to look like a cycler file."""
    path = tmp_path / "letter.ndax"
    path.write_text("Dear Sir or Madam,\nplease find no measurement enclosed.\n")
    return path
