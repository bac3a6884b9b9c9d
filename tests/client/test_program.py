"""The program as an instrument's computer runs it: small, alone, obedient."""

import ast
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.client.stub import serving

HOME = Path(__file__).parents[2] / "client"
MEASURED = """
import sys, tracemalloc
from labsite_client.__main__ import main
tracemalloc.start()
code = main(sys.argv[1:])
print(code, tracemalloc.get_traced_memory()[1])
"""


def run(*words: str, key: str = "k3y") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", *words],
        env=environment(key),
        capture_output=True,
        text=True,
        timeout=60,
    )


def environment(key: str) -> dict[str, str]:
    given = {"PYTHONPATH": str(HOME), "LABSITE_KEY": key}
    return given | {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}


def test_nothing_but_the_standard_library_is_loaded():
    listing = "import sys, labsite_client.__main__; print(*{n.split('.')[0] for n in sys.modules})"
    loaded = set(run("-S", "-c", listing).stdout.split())
    assert "labsite_client" in loaded
    assert loaded - {"labsite_client", "__main__"} <= set(sys.stdlib_module_names)
    assert tomllib.loads((HOME / "pyproject.toml").read_text())["project"]["dependencies"] == []


def test_it_is_written_for_python_3_9():
    sources = sorted((HOME / "labsite_client").glob("*.py"))
    assert len(sources) >= 4
    for path in sources:
        ast.parse(path.read_text(), feature_version=(3, 9))


def test_a_large_file_is_streamed(tmp_path):
    with (tmp_path / "CE-2026-0001.ndax").open("wb") as file:
        file.truncate(30 * 2**20)
    with serving() as stub:
        words = (str(tmp_path), "--url", stub.url, "--settle", "0.1", "--once")
        done = run("-c", MEASURED, *words)
        code, peak = map(int, done.stdout.split())
    assert (code, stub.names) == (0, ["CE-2026-0001.ndax"]), done.stderr
    assert int(stub.headers[0]["Content-Length"]) > 30 * 2**20
    assert peak < 8 * 10**6


def test_once_tells_by_its_exit_code_whether_all_went_well(tmp_path):
    (tmp_path / "CE-2026-0001.ndax").write_bytes(b"some bytes")
    key = tmp_path / "key.txt"
    key.write_text("\ufefff11e\n", encoding="utf-8")
    with serving() as stub:
        words = ("-m", "labsite_client", str(tmp_path), "--url", stub.url, "--settle", "0.1")
        stub.answers = [(500, {"code": "server_error", "detail": "The program failed."})]
        failed = run(*words, "--once", "--key-file", str(key))
        assert failed.returncode == 1
        assert "CE-2026-0001.ndax was refused: The program failed." in failed.stderr
        done = run(*words, "--once", "--key-file", str(key))
        assert done.returncode == 0
        assert "CE-2026-0001.ndax is ME-2026-0002 of CE-2026-0001." in done.stderr
        assert stub.headers[0]["Authorization"] == "Token f11e"
    assert "f11e" not in failed.stderr + done.stderr


@pytest.mark.parametrize(
    ("words", "key", "sentence"),
    [
        ([".", "--url", "http://localhost"], "", "Found no key; give --key-file"),
        ([".", "--url", "http://localhost"], "two words", "has to be one word"),
        ([".", "--url", "localhost"], "k3y", "expected one as https://lab.example.org"),
        (["no/such", "--url", "http://localhost"], "k3y", "no/such"),
        ([".", "--url", "http://localhost", "--every", "0"], "k3y", "more than 0"),
        ([".", "--url", "http://localhost", "--key", "k3y"], "k3y", "unrecognized arguments"),
    ],
)
def test_what_cannot_work_is_said_at_the_start(tmp_path, words, key, sentence):
    done = run("-m", "labsite_client", str(tmp_path / words[0]), *words[1:], key=key)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_ctrl_c_ends_it_cleanly(tmp_path):
    (tmp_path / "notes.txt").write_text("no code")
    words = ["-m", "labsite_client", str(tmp_path), "--url", "http://127.0.0.1:9"]
    with subprocess.Popen(
        [sys.executable, *words], env=environment("k3y"), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert "notes.txt is left alone" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 0
    assert rest.endswith("Stopped.\n")
    assert "Traceback" not in rest
