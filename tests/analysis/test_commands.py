"""Commands: analyse without a database, intake with one."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from cells.models import Cell
from labsite.access.models import Project, User
from labsite.demo.spectra import FILM_25
from labsite.demo.zplot import write_zplot
from measurements.discovery import formats
from measurements.models import Measurement
from tests.factories import CellFactory

FILM = ["contact_geometry=blocking", "thickness_um=200", "thickness_um_u=5"]
DISC = ["diameter_mm=16", "diameter_mm_u=0.1"]


@pytest.fixture
def spectrum(tmp_path: Path) -> Path:
    path = tmp_path / "film.z"
    write_zplot(path, *FILM_25.spectrum())
    return path


def analyse(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any], str]:
    """Return exit code, printed object and what was said on the error stream."""
    code = 0
    try:
        call_command("analyse", *words)
    except SystemExit as end:
        code = int(end.code or 0)
    said = capsys.readouterr()
    return code, json.loads(said.out), said.err


def test_analyse_prints_the_conductivity_of_a_film_with_its_interval(
    spectrum: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, result, _ = analyse(
        capsys, str(spectrum), "--method", "eis_bulk_conductivity", "--meta", *FILM, *DISC
    )
    metrics = {metric["name"]: metric for metric in result["metrics"]}
    resistance, conductivity = metrics["bulk_resistance"], metrics["ionic_conductivity"]
    assert code == 0
    assert resistance["lo95"] < 4.9736 < resistance["hi95"]
    assert conductivity["value"] == pytest.approx(2.000e-3, rel=0.005)
    assert conductivity["unit"] == "S/cm"
    assert conductivity["u"] / conductivity["value"] == pytest.approx(
        np.hypot(5 / 200, 2 * 0.1 / 16), rel=0.02
    )


def test_analyse_without_the_thickness_says_what_is_missing_and_exits_with_1(
    spectrum: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, result, said = analyse(
        capsys, str(spectrum), "--method", "eis_bulk_conductivity",
        "--meta", "contact_geometry=blocking", *DISC,
    )  # fmt: skip
    assert (code, result["status"], result["metrics"]) == (1, "failed", [])
    assert result["error"]["code"] == "E_META_MISSING:thickness_um"
    assert "thickness_um" in said


def test_analyse_says_what_the_reader_noticed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frequency, impedance = FILM_25.spectrum()
    path = tmp_path / "twice.z"
    write_zplot(path, np.tile(frequency, 2), np.tile(impedance, 2))
    _, result, _ = analyse(
        capsys, str(path), "--method", "eis_bulk_conductivity", "--param", "spectrum=2",
        "--meta", *FILM, *DISC,
    )  # fmt: skip
    severity = {flag["code"]: flag["severity"] for flag in result["flags"]}
    assert severity["SEVERAL_SWEEPS"] == "info"


def test_analyse_of_the_wrong_kind_of_file_says_so(
    spectrum: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, result, _ = analyse(capsys, str(spectrum), "--method", "galvanostatic_cycling")
    assert (code, result["error"]["code"]) == (1, "E_WRONG_KIND")
    assert "film.z: found impedance data" in result["error"]["message"]


def test_analyse_of_a_file_that_is_not_there_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, result, _ = analyse(capsys, str(tmp_path / "none.z"), "--method", "eis_bulk_conductivity")
    assert (code, result["error"]["code"]) == (1, "E_NO_FILE")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--param", "model=M9"], "Parameter model: found 'M9'"),
        (["--param", "modell=M1"], "has no parameter modell"),
    ],
)
def test_analyse_refuses_parameters_that_the_method_does_not_have(
    spectrum: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    code, result, _ = analyse(
        capsys, str(spectrum), "--method", "eis_bulk_conductivity", "--meta", *FILM, *DISC, *words
    )
    assert code == 1
    assert sentence in result["error"]["message"]


def test_analyse_refuses_facts_that_nobody_knows(spectrum: Path) -> None:
    with pytest.raises(CommandError, match="Condition thicknes_um is not known"):
        call_command(
            "analyse", str(spectrum), "--method", "eis_bulk_conductivity",
            "--meta", "thicknes_um=200",
        )  # fmt: skip


@pytest.mark.django_db
def test_intake_takes_a_file_in_once(project: Project, user: User, spectrum: Path) -> None:
    cell = CellFactory(project=project, cell_type=Cell.Type.SYMMETRIC_BLOCKING)
    answers = []
    for _ in range(2):
        out = io.StringIO()
        call_command(
            "intake", str(spectrum), "--cell", cell.code, "--user", user.username, stdout=out
        )
        answers.append(json.loads(out.getvalue()))
    assert [answer["duplicate"] for answer in answers] == [False, True]
    assert answers[0]["measurement"] == answers[1]["measurement"] == Measurement.objects.get().code


@pytest.mark.django_db
def test_intake_of_an_unknown_cell_says_so(user: User, spectrum: Path) -> None:
    with pytest.raises(CommandError, match="There is no cell CE-1999-0001"):
        call_command("intake", str(spectrum), "--cell", "CE-1999-0001", "--user", user.username)


def test_formats_lists_what_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("formats")
    rows = capsys.readouterr().out.splitlines()[2:]
    assert [row.split()[1].strip("`") for row in rows] == list(formats())


def test_formats_says_what_a_file_is(spectrum: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("formats", str(spectrum))
    found = json.loads(capsys.readouterr().out)
    assert (found["format"], found["kind"], found["rows"]) == ("zplot", "impedance", 71)


def test_formats_says_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "half.z"
    path.write_text("a letter to a friend")
    with pytest.raises(CommandError, match=r"E_UNKNOWN_FORMAT.*half\.z"):
        call_command("formats", str(path))
