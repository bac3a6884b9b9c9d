"""What became of each file, in an SQLite database beside the files."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = ".labsite-inbox"
TABLE = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
)
"""


class Stamp(NamedTuple):
    """What changes when a file is written to: its size and time of change."""

    size: int
    mtime_ns: int


class Answered(NamedTuple):
    """A file as it was when the server answered; ``sha256`` is "" when it was refused."""

    stamp: Stamp
    sha256: str


class State:
    """Remembers answers; every change is on the disk when the call returns."""

    def __init__(self, folder: Path) -> None:
        """Open or make the state of a folder; raises OSError, sqlite3.Error."""
        home = folder / FOLDER
        home.mkdir(exist_ok=True)
        self._database = sqlite3.connect(str(home / "state.sqlite3"), isolation_level=None)
        self._database.execute(TABLE)

    def answered(self, path: str) -> Answered | None:
        """Return what is known of a file."""
        row = self._database.execute(
            "SELECT size, mtime_ns, sha256 FROM files WHERE path = ?", (_key(path),)
        ).fetchone()
        return Answered(Stamp(row[0], row[1]), row[2]) if row else None

    def remember(self, path: str, stamp: Stamp, sha256: str, answer: dict[str, Any]) -> None:
        """Keep the answer to a file with this stamp."""
        self._database.execute(
            "INSERT OR REPLACE INTO files (path, size, mtime_ns, sha256, answer)"
            " VALUES (?, ?, ?, ?, ?)",
            (_key(path), *stamp, sha256, json.dumps(answer)),
        )

    def touched(self, path: str, stamp: Stamp) -> None:
        """Note that only the time of a file has changed, not its bytes."""
        self._database.execute(
            "UPDATE files SET size = ?, mtime_ns = ? WHERE path = ?", (*stamp, _key(path))
        )

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _key(path: str) -> str:
    """Return a path as text that SQLite can store, also when its bytes are no UTF-8."""
    return path.encode("utf-8", "backslashreplace").decode()
