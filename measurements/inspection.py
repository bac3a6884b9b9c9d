"""Says what files are without storing anything: for ``manage.py formats``."""

from collections import Counter
from pathlib import Path

from measurements import columns
from measurements.discovery import read_file
from measurements.formats import FormatError


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


def coverage(folder: Path) -> list[tuple[str, str, str]]:
    """Return (what became of it, files, rows) of all files below a folder, as texts.

    First the formats that read files, then the codes of the refusals.
    """
    read, rows, refused = Counter[str](), Counter[str](), Counter[str]()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            plugin, reading = read_file(path, path.name)
        except FormatError as error:
            refused[error.code] += 1
        else:
            read[plugin.name] += 1
            rows[plugin.name] += len(reading.frame)
    return [
        *((f"read as `{name}`", f"{read[name]}", f"{rows[name]:,}") for name in sorted(read)),
        *((f"refused: `{code}`", f"{refused[code]}", "") for code in sorted(refused)),
        ("all", f"{read.total() + refused.total()}", f"{rows.total():,}"),
    ]
