"""Loaded before Django: gives every test process a data folder of its own."""

import os
import tempfile
from pathlib import Path

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="labsite-tests-")
Path(__file__).parents[1].joinpath("staticfiles").mkdir(exist_ok=True)
