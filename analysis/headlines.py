"""The few numbers that a page shows first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analysis.models import AnalysisRun, Metric

AT_MOST = 6


@dataclass(frozen=True)
class Headline:
    """A number worth a card: the first of the names that a run has, at its first or last index."""

    names: tuple[str, ...]
    last: bool = False


CAPACITIES = ("specific_capacity_delithiation", "specific_discharge_capacity", "discharge_capacity")
HEADLINES = (
    Headline(("ionic_conductivity",)),
    Headline(("bulk_resistance",)),
    Headline(CAPACITIES),
    Headline(("initial_coulombic_efficiency",)),
    Headline(("capacity_retention",), last=True),
    Headline(("average_coulombic_efficiency",)),
    Headline(("cycle_life_80",)),
    Headline(CAPACITIES, last=True),
)
"""In the order of the cards."""
KNOWN = frozenset(name for headline in HEADLINES for name in headline.names)


def headlines(runs: Iterable[AnalysisRun]) -> list[tuple[AnalysisRun, Metric]]:
    """Return at most six numbers, each from the first run that has it.

    Runs of methods without a headline of their own add their first number after those. Reads the
    prefetched ``metrics``.
    """
    chosen: list[tuple[AnalysisRun, Metric]] = []
    rows = list(runs)
    for headline in HEADLINES:
        found = next(_of(rows, headline), None)
        if found is not None and found not in chosen:
            chosen.append(found)
    for run in rows:
        metrics = list(run.metrics.all())
        if metrics and not any(metric.name in KNOWN for metric in metrics):
            chosen.append((run, metrics[0]))
    return chosen[:AT_MOST]


def headline_of(run: AnalysisRun) -> Metric | None:
    """Return the number by which a run is named in a list."""
    found = headlines([run])
    return found[0][1] if found else None


def _of(runs: list[AnalysisRun], headline: Headline) -> Iterator[tuple[AnalysisRun, Metric]]:
    for run in runs:
        for name in headline.names:
            metrics = [metric for metric in run.metrics.all() if metric.name == name]
            if metrics:
                pick = max if headline.last else min
                yield run, pick(metrics, key=lambda metric: metric.index or 0)
                break
