"""Reads files in processes of their own and says what each cost: ``python -m ... PATH ...``.

Prints a line of JSON per file: code of the refusal or the format, seconds, growth of the memory.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

from measurements.discovery import formats, read_file
from measurements.formats import FormatError


def outcome(path: Path) -> str:
    """Return the code of the refusal, or the format that has read the file."""
    try:
        plugin, _reading = read_file(path, path.name)
    except FormatError as error:
        return error.code
    return plugin.name


def peak_mib(path: str) -> float:
    """Return the peak of this process's resident memory."""
    lines = Path(path).read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def measure(path: Path) -> dict[str, object]:
    """Read a file in a child process."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        resource.setrlimit(resource.RLIMIT_DATA, (4 * 2**30, 4 * 2**30))
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        before, began = peak_mib("/proc/self/status"), time.monotonic()
        found = outcome(path)
        cost = {
            "found": found,
            "seconds": time.monotonic() - began,
            "mib": peak_mib("/proc/self/status") - before,
        }
        os.write(writer, json.dumps(cost).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        text = answer.read()
    _pid, status = os.waitpid(pid, 0)
    return json.loads(text) if text else {"found": f"died: {status}", "seconds": 0, "mib": 0}


if __name__ == "__main__":
    formats()
    import openpyxl  # noqa: F401 - loaded before anything is measured

    for argument in sys.argv[1:]:
        print(json.dumps(measure(Path(argument))), flush=True)  # noqa: T201
