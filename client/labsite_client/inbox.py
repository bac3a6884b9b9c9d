"""Sends the files of a folder once they have settled, and never touches them."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import sqlite3
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from labsite_client.api import Client, Refused, Unreachable
from labsite_client.multipart import BLOCK_BYTES
from labsite_client.state import Stamp, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logger = logging.getLogger(__name__)

SUBJECTS = {
    "CE": "cell",
    "FI": "film",
    "EB": "batch",
    "CO": "coating",
    "EL": "electrode",
    "LO": "lot",
    "SE": "sensor",
}
CODE = re.compile(rf"(?<![A-Z0-9])({'|'.join(SUBJECTS)})-\d{{4}}-\d{{4,}}(?![A-Z0-9])")
LONGEST_WAIT_S = 300.0
UNAUTHENTICATED, TOO_LARGE = 401, 413
ABOUT_THE_FILE = {400, 403, 404}
"""Answers after which the same bytes need not be sent again, when labsite itself gives them."""


class Drop(NamedTuple):
    """A file in the folder: path below it with forward slashes, size and time of change."""

    name: str
    stamp: Stamp


class Inbox:
    """One folder and where its files go."""

    def __init__(self, folder: Path, client: Client, *, settle_s: float) -> None:
        """Take a folder and after how many seconds without a change a file is complete.

        Raises OSError or sqlite3.Error when the folder's state cannot be opened.
        """
        self._folder, self._client, self._settle_s = folder, client, settle_s
        self._state = State(folder)
        self._seen: dict[str, tuple[Stamp, float]] = {}
        self._said: set[str] = set()

    def look(self) -> bool:
        """Send what has settled; return False when something has to be tried again."""
        try:
            return all([self._sent(drop, subject) for drop, subject in self._settled()])
        except (Unreachable, sqlite3.Error) as trouble:
            logger.warning("%s", trouble)
            return False

    @property
    def settling(self) -> bool:
        """Whether files were seen that are waiting to settle."""
        now = time.monotonic()
        return any(now - since < self._settle_s for _stamp, since in self._seen.values())

    def watch(self, every_s: float) -> None:
        """Look for ever; after trouble the pauses double up to five minutes."""
        pause = every_s
        while True:
            pause = every_s if self.look() else min(2 * pause, max(every_s, LONGEST_WAIT_S))
            time.sleep(pause)

    def close(self) -> None:
        """Close the state."""
        self._state.close()

    def _settled(self) -> list[tuple[Drop, dict[str, str]]]:
        """Return the files to send, with what they are about."""
        now = time.monotonic()
        seen: dict[str, tuple[Stamp, float]] = {}
        settled = []
        for drop in self._new():
            subject = self._subject(drop.name)
            if subject is None:
                continue
            stamp, since = self._seen.get(drop.name, (drop.stamp, now))
            seen[drop.name] = (drop.stamp, since if stamp == drop.stamp else now)
            if now - seen[drop.name][1] >= self._settle_s:
                settled.append((drop, subject))
        self._seen = seen
        return settled

    def _new(self) -> Iterator[Drop]:
        """Give the files that are not as they were when the server answered."""
        for drop in drops(self._folder, self._say_once):
            known = self._state.answered(drop.name)
            if known is None or known.stamp != drop.stamp:
                yield drop

    def _subject(self, name: str) -> dict[str, str] | None:
        codes = sorted({match[0] for match in CODE.finditer(name.upper())})
        if len(codes) == 1:
            return {SUBJECTS[codes[0][:2]]: codes[0]}
        found = " and ".join(codes) or "no code"
        self._say_once(f"{name} is left alone: found {found} in its path, expected one code.")
        return None

    def _sent(self, drop: Drop, subject: dict[str, str]) -> bool:
        """Send a file; return False when it has to be tried again; raises Unreachable."""
        try:
            self._send(drop, subject)
        except Unreachable:
            raise
        except OSError as trouble:
            self._say_once(f"{drop.name} cannot be read: {trouble.strerror}; trying again.")
            return False
        except Refused as refusal:
            if refusal.status == UNAUTHENTICATED:
                raise Unreachable(f"The key is not accepted: {refusal.detail}") from refusal
            return self._note_refusal(drop, refusal)
        return True

    def _send(self, drop: Drop, subject: dict[str, str]) -> None:
        path = self._folder / drop.name
        known = self._state.answered(drop.name)
        if known and known.stamp.size == drop.stamp.size and known.sha256 == digest(path):
            self._state.touched(drop.name, drop.stamp)
            return
        receipt = self._client.upload(path, subject=subject)
        self._state.remember(drop.name, drop.stamp, receipt["sha256"], receipt)
        code = receipt["measurement"]["code"] or receipt["measurement"]["id"]
        was = "was there already as" if receipt["duplicate"] else "is"
        logger.info("%s %s %s of %s.", drop.name, was, code, *subject.values())

    def _note_refusal(self, drop: Drop, refusal: Refused) -> bool:
        """Remember a refusal of this file; return False when it is another trouble."""
        logger.error("%s was refused: %s", drop.name, refusal.detail)
        labsites = bool(refusal.code) and refusal.status in ABOUT_THE_FILE
        final = labsites or refusal.status == TOO_LARGE
        if final:
            answer = {"status": refusal.status, "code": refusal.code, "detail": refusal.detail}
            self._state.remember(drop.name, drop.stamp, "", answer)
        return final

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            logger.warning("%s", sentence)


def drops(folder: Path, say: Callable[[str], None]) -> Iterator[Drop]:
    """Give the files below a folder in order; none that are empty or whose name starts with a dot.

    What cannot be read is told to ``say`` and left out.
    """

    def unreadable(error: OSError) -> None:
        say(f"{error.filename} cannot be read: {error.strerror}.")

    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in names if not name.startswith(".")):
            path = Path(parent, name)
            try:
                found = path.stat()
            except FileNotFoundError:
                continue
            except OSError as error:
                unreadable(error)
                continue
            if stat.S_ISREG(found.st_mode) and found.st_size:
                stamp = Stamp(found.st_size, found.st_mtime_ns)
                yield Drop(path.relative_to(folder).as_posix(), stamp)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes; raises OSError."""
    sha256 = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            sha256.update(block)
    return sha256.hexdigest()
