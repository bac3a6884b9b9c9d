"""``labsite-inbox FOLDER --url ADDRESS``: sends the files of a folder as they come."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

from labsite_client.api import Client
from labsite_client.inbox import Inbox

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY_VARIABLE = "LABSITE_KEY"
CLOCK_TICK_S = 0.05
"""More than the grain of the clock of any system."""


def main(argv: Sequence[str] | None = None) -> int:
    """Watch a folder until Ctrl-C, or look once; return the exit code."""
    parser = _parser()
    options = parser.parse_args(argv)
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    try:
        client = Client(options.url, _key(options.key_file), attempts=5 if options.once else 1)
        inbox = Inbox(options.folder, client, settle_s=options.settle)
    except (OSError, ValueError, sqlite3.Error) as error:
        parser.error(str(error))
    with contextlib.closing(inbox):
        try:
            return _run(inbox, options)
        except KeyboardInterrupt:
            logging.getLogger(__name__).info("Stopped.")
            return 0


def _run(inbox: Inbox, options: argparse.Namespace) -> int:
    if not options.once:
        inbox.watch(options.every)
    clear = inbox.look()
    if inbox.settling:
        time.sleep(options.settle + CLOCK_TICK_S)
        clear = inbox.look()
    return 0 if clear and not inbox.settling else 1


def _key(file: Path | None) -> str:
    """Return the key; raises OSError, ValueError."""
    text = file.read_text("utf-8-sig") if file else os.environ.get(KEY_VARIABLE, "")
    if not text.strip():
        raise ValueError(f"Found no key; give --key-file, or set {KEY_VARIABLE}.")
    return text.strip()


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"found {text}; expected seconds, more than 0")
    return seconds


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="labsite-inbox",
        allow_abbrev=False,
        description="Send the files of a folder to labsite as they come; they are only read.",
    )
    parser.add_argument("folder", type=Path, help="folder that the instrument writes to")
    parser.add_argument("--url", required=True, help="address, as https://lab.example.org")
    parser.add_argument("--key-file", type=Path, help=f"file with the key (else ${KEY_VARIABLE})")
    parser.add_argument(
        "--settle", type=_seconds, default=30, help="seconds without a change before it is sent"
    )
    parser.add_argument("--every", type=_seconds, default=10, help="seconds between two looks")
    parser.add_argument("--once", action="store_true", help="send what is there, then end")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
