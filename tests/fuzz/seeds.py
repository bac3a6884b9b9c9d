"""Whole files to start from: generated samples and, where they exist, real files, cut to 64 KB."""

import os
import tempfile
from pathlib import Path

from tests.formats.manifest_table import lines
from tests.formats.samples import SAMPLES

SEED_BYTES = 64 * 1024
REAL = Path(os.environ.get("LABSITE_DATA", Path(__file__).parents[2].parent / "shared" / "data"))


def seeds(name: str) -> list[bytes]:
    """Return the seeds of a format, generated ones first."""
    found = []
    for owner, write in SAMPLES.values():
        if owner == name:
            with tempfile.TemporaryDirectory() as folder:
                found.append(write(Path(folder)).read_bytes()[:SEED_BYTES])
    return found + [path.read_bytes()[:SEED_BYTES] for path in _real(name)]


def _real(name: str) -> list[Path]:
    paths = {line.path for line in lines() if line.format == name and line.expect == "read"}
    return [REAL / path for path in sorted(paths) if (REAL / path).is_file()]
