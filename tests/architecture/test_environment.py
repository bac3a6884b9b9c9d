"""Environment variables: few, read in settings.py only, each in .env.example."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETTINGS = (ROOT / "labsite" / "settings.py").read_text()
READ = r'(?:environ\.get\(|environ\[|flag\(|words\(|number\()\s*"([A-Z0-9_]+)"'
ONLY_COMPOSE = {"POSTGRES_PASSWORD"}


def test_every_variable_that_is_read_is_in_the_example_and_the_other_way_round() -> None:
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^# ([A-Z0-9_]+)=", example, re.MULTILINE))
    assert named - ONLY_COMPOSE == set(re.findall(READ, SETTINGS))


def test_there_are_fewer_than_twenty_variables() -> None:
    assert 10 < len(set(re.findall(READ, SETTINGS))) < 20


def test_nothing_but_the_settings_reads_the_environment() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for package in ("labsite", "samples", "cells", "measurements", "analysis")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"environ\.get|environ\[|getenv", path.read_text())
    }
    assert readers == {"labsite/settings.py"}
