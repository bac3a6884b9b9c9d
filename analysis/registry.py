"""The analysis methods that are installed."""

from functools import cache

import analysis.methods
from analysis.methods import Method
from measurements.discovery import discover


@cache
def methods() -> dict[str, Method]:
    """Return all methods by name."""
    plugins = discover(analysis.methods, "METHOD")
    return {name: plugin for name, plugin in plugins.items() if isinstance(plugin, Method)}
