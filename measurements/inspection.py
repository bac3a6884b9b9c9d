"""Says what a file is without storing anything: for ``manage.py formats FILE``."""

from pathlib import Path

from measurements import columns
from measurements.discovery import read_file


def inspect_file(path: Path, name: str) -> dict[str, object]:
    """Return format, kind, rows, cycles, columns, metadata and notices of a file, JSON-ready.

    ``cycles`` is the number of different cycle numbers of the instrument, None where there are
    none. Raises FormatError when the file is of no known format or cannot be read.
    """
    plugin, reading = read_file(path, name)
    frame = reading.frame
    return {
        "format": plugin.name,
        "kind": reading.kind,
        "rows": len(frame),
        "cycles": int(frame[columns.CYCLE].nunique()) if columns.CYCLE in frame else None,
        "columns": list(frame.columns),
        "metadata": dict(reading.metadata),
        "notices": [{"code": notice.code, "message": notice.message} for notice in reading.notices],
    }
