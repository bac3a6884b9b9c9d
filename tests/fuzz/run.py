"""``python -m tests.fuzz.run READER [SECONDS]``: coverage-guided fuzzing of one reader.

Without a reader: their names. The corpus and the count of inputs lie in .fuzz/READER and are gone
on with the next time. Ends with an error, and leaves the input there, at the first broken promise.
"""

import resource
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["measurements"]):
    from measurements.discovery import formats
from tests.fuzz.seeds import SEED_BYTES, seeds
from tests.fuzz.target import check

FOLDER = Path(__file__).parents[2] / ".fuzz"
MEMORY_MB = 4096
COUNT_EVERY = 100


class Counter:
    """Inputs tried and accepted, kept in a file: libFuzzer ends the process without goodbye."""

    def __init__(self, path: Path) -> None:
        self.path = path
        known = path.read_text().split() if path.is_file() else ["0", "0"]
        self.tried, self.accepted = map(int, known)

    def add(self, accepted: bool) -> None:
        self.tried += 1
        self.accepted += accepted
        if self.tried % COUNT_EVERY == 0:
            self.path.write_text(f"{self.tried} {self.accepted}\n")


def main() -> None:
    """Fuzz the named reader for the seconds given, or print the names."""
    if len(sys.argv) == 1:
        print(*formats())  # noqa: T201 - for the Makefile
        return
    name, seconds = sys.argv[1:]
    plugin = formats()[name]
    folder = FOLDER / name
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(name)):
        (corpus / f"seed-{number:03}").write_bytes(seed)
    counter = Counter(folder / "count")
    limit = MEMORY_MB * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    def one(data: bytes) -> None:
        counter.add(check(plugin, data))

    options = [
        f"-max_total_time={seconds}",
        f"-max_len={SEED_BYTES}",
        "-timeout=20",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
