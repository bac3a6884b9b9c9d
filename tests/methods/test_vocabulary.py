"""The controlled vocabulary of metrics."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pint
import pytest

import analysis.methods
from analysis.vocabulary import TEXT_UNITS, VOCABULARY, Term, unit_of

METHODS = Path(analysis.methods.__file__).parent

# Metrics that the analyses of this version publish, by their number.
PUBLISHED = {
    "A01": {
        "bulk_resistance",
        "high_frequency_intercept",
        "ionic_conductivity",
        "cpe_exponent",
        "cpe_prefactor",
        "lead_inductance",
        "kk_residual_rms",
        "kk_residual_max",
        "kk_residual_lag1",
    },
    "A08": {
        "initial_coulombic_efficiency",
        "average_coulombic_efficiency",
        "capacity_retention",
        "cycle_life_80",
        "specific_charge_capacity",
        "specific_discharge_capacity",
        "specific_capacity_lithiation",
        "specific_capacity_delithiation",
        "areal_capacity",
        "mean_charge_voltage",
        "mean_discharge_voltage",
        "voltage_hysteresis",
        "energy_efficiency",
        "capacity_fade_rate",
        "capacity_knee",
        "irreversible_capacity_first_cycle",
        "instrument_charge_capacity",
        "instrument_discharge_capacity",
    },
    "A09": {"rate_capacity", "rate_capacity_ratio", "rate_recovery_ratio", "specific_current"},
    "A10": {
        "dqdv_peak_potential",
        "mean_charge_voltage",
        "mean_discharge_voltage",
        "voltage_hysteresis",
    },
}


def written_names() -> Iterator[tuple[str, str]]:
    """Names of metrics that stand as text in ``Metric(...)`` of a method, with the file."""
    for path in sorted(METHODS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Metric":
                named = [keyword.value for keyword in node.keywords if keyword.arg == "name"]
                for value in [*node.args[:1], *named]:
                    if isinstance(value, ast.Constant):
                        yield path.name, value.value


def test_names_that_methods_write_are_in_the_vocabulary() -> None:
    names = set(written_names())
    assert ("eis_bulk_conductivity.py", "bulk_resistance") in names
    assert [pair for pair in names if pair[1] not in VOCABULARY] == []


@pytest.mark.parametrize("number", PUBLISHED)
def test_an_analysis_finds_its_metrics(number: str) -> None:
    assert PUBLISHED[number] <= {
        name for name, term in VOCABULARY.items() if number in term.analyses
    }


@pytest.mark.parametrize("term", VOCABULARY.values(), ids=lambda term: term.name)
def test_a_term_is_complete(term: Term) -> None:
    assert term.name.isidentifier()
    assert term.name == term.name.lower()
    assert term.title
    assert "_" not in term.title
    assert term.meaning[0].isupper()
    assert term.meaning.endswith(".")
    assert term.meaning.count(". ") == 0
    assert term.analyses
    assert term.kind in ("continuous", "count", "ratio", "boolean")
    assert term.ucum
    assert bool(term.symbol and term.unit) is (term.kind != "boolean")


def test_units_are_known_to_pint() -> None:
    registry = pint.UnitRegistry()
    texts = {term.unit for term in VOCABULARY.values()} & TEXT_UNITS
    assert texts == TEXT_UNITS
    for term in VOCABULARY.values():
        if term.unit not in TEXT_UNITS:
            registry.parse_units(term.unit)


@pytest.mark.parametrize(
    ("name", "dimension"),
    [
        ("ionic_conductivity", "S/m"),
        ("bulk_resistance", "ohm"),
        ("specific_discharge_capacity", "C/kg"),
        ("toughness", "Pa"),
        ("saxs_peak_position", "1/m"),
        ("self_extinguishing_time", "s/kg"),
        ("interfacial_resistance_growth_rate", "ohm/s"),
        ("active_mass_loading", "kg/m**2"),
    ],
)
def test_units_have_the_dimension_of_their_quantity(name: str, dimension: str) -> None:
    registry = pint.UnitRegistry()
    unit = registry.parse_units(unit_of(name))
    assert unit.is_compatible_with(registry.parse_units(dimension))


def test_units_of_the_main_metrics_are_those_of_the_field() -> None:
    assert unit_of("ionic_conductivity") == "S/cm"
    assert unit_of("specific_discharge_capacity") == "mAh/g"
    assert unit_of("built_in_pressure") == "kPa"
    assert unit_of("cpe_prefactor") == "S*s**alpha"
    assert unit_of("led_lit") == ""


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        unit_of("conductivity")


def test_the_additions_of_the_specification_are_there() -> None:
    assert {
        "fem_von_mises_p99",
        "fem_area_fraction_above",
        "interfacial_resistance_initial",
        "interfacial_resistance_steady",
        "recovery_time",
        "instrument_charge_capacity",
        "instrument_discharge_capacity",
        "cycle_life",
    } <= set(VOCABULARY)
    assert len(VOCABULARY) == 153


def test_spelling_is_british() -> None:
    assert not [name for name in VOCABULARY if "polariz" in name or "stabiliz" in name]
