"""What must hold for any bytes: a valid table or a refusal, soon and in little memory."""

import json
import tempfile
import time
from pathlib import Path

from measurements.discovery import sample
from measurements.formats import Format, FormatError

SLOWEST_S = 10.0


def check(plugin: Format, data: bytes) -> bool:
    """Return whether a reader accepts the bytes; AssertionError when it breaks its promises."""
    with tempfile.NamedTemporaryFile(prefix="fuzz") as file:
        file.write(data)
        file.flush()
        path = Path(file.name)
        started = time.monotonic()
        assert plugin.sniff(sample(path, path.name)) in (True, False)
        try:
            reading = plugin.read(path)
        except FormatError:
            return False
        finally:
            assert time.monotonic() - started < SLOWEST_S
    assert len(reading.frame) > 0
    assert reading.kind in plugin.kinds
    json.dumps(dict(reading.metadata), allow_nan=False)
    return True
