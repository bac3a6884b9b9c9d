"""Sites and processes for the tests of faults."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.processes import Processes
from tests.faults.site import Site


@pytest.fixture(scope="session")
def migrated_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an empty lab, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    environment = {"DATA_DIR": str(folder / "data"), "DATABASE_URL": "", "REDIS_URL": ""}
    done = Processes(folder, environment).manage("migrate", "--no-input")
    assert done.returncode == 0, done.stderr
    return folder / "data"


@pytest.fixture
def new_site(tmp_path: Path, migrated_data: Path) -> Iterator[Callable[[], Site]]:
    """Make sites on one data folder whose path is long and has a space; end them at the end."""
    data = tmp_path / ("the lab's data " + "x" * 100)
    shutil.copytree(migrated_data, data)
    sites: list[Site] = []

    def make() -> Site:
        folder = tmp_path / f"site-{len(sites)}"
        folder.mkdir()
        sites.append(Site(folder, data))
        return sites[-1]

    yield make
    for site in sites:
        site.processes.close()


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory: pytest.TempPathFactory, migrated_data: Path) -> Iterator[Site]:
    """A running site for tests that leave it running."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copytree(migrated_data, folder / "data")
    site = Site(folder, folder / "data")
    try:
        site.start()
        yield site
    finally:
        site.processes.close()
