"""Pellets between blocking electrodes (A01, circuit M3): bulk and grain boundaries."""

import time
from pathlib import Path

import numpy as np
import pytest

from analysis.methods import Metric, Result
from analysis.methods.eis_bulk_conductivity import Params, run
from labsite.demo.spectra import BULK_ARC, FILM_MINUS_10
from tests.methods.spectra import ceramic, inputs, pellet, refused

PARTS = ("total", "bulk", "grain_boundary")


def metrics(result: Result, name: str) -> dict[str, Metric]:
    return {metric.qualifier: metric for metric in result.metrics if metric.name == name}


def test_a_pellet_gives_total_bulk_and_grain_boundaries() -> None:
    result = run(inputs(ceramic(), film_form="pellet"), Params())
    found = metrics(result, "bulk_resistance")
    assert tuple(found) == PARTS
    for part, truth in zip(PARTS, (4000, 1000, 3000), strict=True):
        metric = found[part]
        assert metric.value == pytest.approx(truth, rel=0.005)
        assert metric.value == pytest.approx(truth, abs=3 * metric.u)
        assert metric.lo95 < metric.value < metric.hi95
        assert 0 < metric.u < 0.005 * truth
        assert "M3" in metric.definition
    assert result.status == "ok"
    assert "ΔAICc(M3 − M2) = -" in result.log[2]


def test_its_conductivities_are_those_of_the_total_and_of_the_grains() -> None:
    found = metrics(run(inputs(ceramic(), film_form="pellet"), Params()), "ionic_conductivity")
    assert tuple(found) == ("total", "bulk")
    area = np.pi * 0.8**2
    assert found["total"].value == pytest.approx(200e-4 / (4000 * area), rel=0.005)
    assert found["bulk"].value == pytest.approx(200e-4 / (1000 * area), rel=0.005)


def test_only_a_pellet_is_given_two_arcs_by_itself() -> None:
    assert refused(ceramic()).code == "EIS_FIT_POOR"
    assert "film_form" in refused(ceramic()).message
    assert refused(ceramic(), film_form="disc").code == "EIS_FIT_POOR"
    asked = run(inputs(ceramic(), film_form="disc"), Params(model="M3"))
    assert tuple(metrics(asked, "bulk_resistance")) == PARTS


@pytest.mark.parametrize("cell", [FILM_MINUS_10, BULK_ARC])
def test_a_pellet_without_grain_boundaries_is_given_none(cell) -> None:
    result = run(inputs(cell.spectrum(), film_form="pellet"), Params())
    (total,) = metrics(result, "bulk_resistance").values()
    assert total.qualifier == "total"
    assert total.value == pytest.approx(cell.resistance, rel=0.005)
    assert "M3" not in total.definition
    plain = run(inputs(cell.spectrum()), Params())
    assert plain.metrics[0].value == total.value
    assert plain.metrics[0].qualifier == ""


@pytest.mark.parametrize("facts", [{"film_form": "soaked_separator"}, {"separator_macmullin": 4.0}])
def test_a_metric_is_published_once_also_for_a_separator(facts: dict[str, float | str]) -> None:
    result = run(inputs(ceramic(), **facts), Params(model="M3"))
    names = [(metric.name, metric.qualifier) for metric in result.metrics]
    assert len(names) == len(set(names))
    assert ("ionic_conductivity", "effective") in names


def test_what_is_not_known_of_the_leads_is_in_the_bulk() -> None:
    plain, unsure = (
        metrics(
            run(
                inputs(
                    ceramic(), film_form="pellet", lead_resistance_ohm=0.2, lead_resistance_ohm_u=u
                ),
                Params(),
            ),
            "bulk_resistance",
        )
        for u in (0.0, 10.0)
    )
    for part in ("total", "bulk"):
        assert unsure[part].u == pytest.approx(np.hypot(plain[part].u, 10), rel=1e-6)
    assert unsure["grain_boundary"].u == plain["grain_boundary"].u


def test_a_real_sulfide_pellet_gives_the_foot_of_its_arcs(real_data: Path) -> None:
    result = run(inputs(pellet(real_data), film_form="pellet"), Params())
    found = metrics(result, "bulk_resistance")
    assert found["total"].value == pytest.approx(1439.7, rel=0.02)
    assert found["total"].definition == "fit of circuit M3"
    parts = found["bulk"].value + found["grain_boundary"].value
    assert parts == pytest.approx(found["total"].value, rel=1e-9)


def test_a_pellet_takes_less_than_two_seconds() -> None:
    begin = time.process_time()
    run(inputs(ceramic(), film_form="pellet"), Params())
    assert time.process_time() - begin < 2
