"""Loaded before Django: gives every test process a data folder and a Redis database of its own."""

import os
import re
import tempfile
from pathlib import Path

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="labsite-tests-")
Path(__file__).parents[1].joinpath("staticfiles").mkdir(exist_ok=True)

process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
if address := re.fullmatch(r"(redis://.*/)(\d+)", os.environ.get("REDIS_URL", "")):
    os.environ["REDIS_URL"] = f"{address[1]}{int(address[2]) + process}"
