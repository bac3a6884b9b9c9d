"""Takes the picture of the README from a running demo lab: the cell that keeps 90.8 %.

Usage: python -m scripts.screenshot http://127.0.0.1:8000 [docs/cell.png]
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
USER = PASSWORD = "demo"  # noqa: S105 - the demo lab's own account
SIZE = ViewportSize(width=1440, height=1100)
CELL, PLOTS = "CE-2026-0009", 3
LONGEST_MS = 30_000


def main() -> int:
    """Save the picture; returns 2 without an address."""
    if len(sys.argv) < 2:  # noqa: PLR2004 - the program's name and the address
        sys.stderr.write(f"{__doc__}\n")
        return 2
    address = sys.argv[1].rstrip("/")
    target = Path(sys.argv[2] if len(sys.argv) > 2 else "docs/cell.png")  # noqa: PLR2004
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--disable-dev-shm-usage"]
        )
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.set_default_timeout(LONGEST_MS)
        sign_in(page, address)
        open_cell(page, address)
        target.parent.mkdir(exist_ok=True)
        page.screenshot(path=target)
        browser.close()
    return 0


def sign_in(page: Page, address: str) -> None:
    """Sign in as the demo user."""
    page.goto(address)
    page.locator("input[name=login]").fill(USER)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button[type=submit]").first.click()
    page.wait_for_url(f"{address}/")


def open_cell(page: Page, address: str) -> None:
    """Open the cell and wait until the plots in the picture are drawn."""
    page.goto(f"{address}/search/?q={CELL}")
    page.locator("main a", has_text=CELL).first.click()
    page.locator("[data-plot-state=drawn]").nth(PLOTS - 1).wait_for()


if __name__ == "__main__":
    sys.exit(main())
