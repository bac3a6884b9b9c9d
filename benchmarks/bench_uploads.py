"""Times files on their way through a running site, from the upload to the stored result.

``python -m benchmarks.bench_uploads``; starts a site of its own (``manage.py up``) on a free port.
The long cycler file is the largest .ndax of LABSITE_DATA (../shared/data when not set).
"""

import contextlib
import logging
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
NDAX = "cycling/neware/fastnda/BTS85-36-6-5-110-20240424.ndax"
REPEATS = 5
SPECTRA = 100
LONG_ROWS = 5_000_000
PATIENCE_S = 600


def real_file() -> Path:
    """Return the long cycler file."""
    return Path(os.environ.get("LABSITE_DATA", ROOT.parent / "shared" / "data")) / NDAX


def bare(path: Path) -> float:
    """Return the median seconds of the library's call and one plain Parquet write, warm."""
    import fastnda  # noqa: PLC0415 - only here
    import pyarrow.parquet as pq  # noqa: PLC0415 - only here

    logging.getLogger("fastnda").setLevel(logging.ERROR)

    def once(target: Path) -> float:
        start = time.perf_counter()
        pq.write_table(fastnda.read(str(path), cycle_mode="raw").to_arrow(), target)
        return time.perf_counter() - start

    with tempfile.TemporaryDirectory() as folder:
        return statistics.median([once(Path(folder) / "x") for _ in range(REPEATS + 1)][1:])


@contextlib.contextmanager
def running_site(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the embedded stack on ``folder`` and set Django up for the same data."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = str(found.getsockname()[1])
    os.environ |= {"DATA_DIR": str(folder), "PORT": port, "DATABASE_URL": "", "REDIS_URL": ""}
    os.environ["DJANGO_SETTINGS_MODULE"] = "labsite.settings"
    log = (folder / "up.log").open("wb")
    argv = [sys.executable, "manage.py", "up", "--no-demo"]
    up = subprocess.Popen(argv, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL)  # noqa: S603 - our own command
    try:
        wait(lambda: b"answers at" in (folder / "up.log").read_bytes(), "the site answers")
        import django  # noqa: PLC0415 - reads the variables above

        django.setup()
        yield up
    finally:
        up.terminate()
        up.wait(60)
        log.close()


def wait(condition: Any, what: str) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.05)


def main() -> None:
    """Measure and print."""
    path = real_file()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with running_site(data) as up:
            from benchmarks.lab import Lab  # noqa: PLC0415 - needs Django

            lab = Lab()
            library = bare(path)
            seconds = [lab.reading_s(lab.send_to_cell(path)) for _ in range(REPEATS + 1)][1:]
            ours = statistics.median(seconds)
            long_path = data / "long.bdf.parquet"
            lab.write_long(long_path, LONG_ROWS)
            long = lab.send_to_cell(long_path)
            spectra = [lab.send_spectrum(data, number) for number in range(SPECTRA)]
            waited = np.percentile([lab.metric_s(one) for one in spectra], (50, 95))
            sys.stdout.write(
                f"{path.name}: library + Parquet {library:.2f} s, "
                f"queued -> done {ours:.2f} s, ratio {ours / library:.2f}\n"
                f"{SPECTRA} spectra beside a file of {LONG_ROWS:,} rows, upload to metric: "
                f"median {waited[0]:.2f} s, p95 {waited[1]:.2f} s\n"
                f"the long file, {long_path.stat().st_size / 2**20:.0f} MiB, upload to metric: "
                f"{lab.metric_s(long):.1f} s\n"
                f"peak memory of a worker: {lab.peak_mb(up.pid):.0f} MB\n"
            )


if __name__ == "__main__":
    main()
