"""All samples of formats: whatever the modules ``files*.py`` beside this one define."""

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

import tests.formats

Writer = Callable[[Path], Path]


def _collect() -> dict[str, tuple[str, Writer]]:
    found: dict[str, tuple[str, Writer]] = {}
    for info in sorted(pkgutil.iter_modules(tests.formats.__path__), key=lambda info: info.name):
        if info.name.startswith("files"):
            module = importlib.import_module(f"tests.formats.{info.name}")
            given = getattr(module, "SAMPLES", {})
            assert not found.keys() & given.keys(), info.name
            found |= given
    return found


SAMPLES = _collect()
"""Name of a sample -> format that must recognise it, writer."""
