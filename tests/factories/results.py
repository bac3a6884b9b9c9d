"""Factories of runs and of what they found."""

import factory
from factory.django import DjangoModelFactory

from analysis import models as analysis
from tests.factories.records import NOON, MeasurementFactory


class RunFactory(DjangoModelFactory):
    """A finished, current run that is ok."""

    class Meta:
        model = analysis.AnalysisRun

    measurement = factory.SubFactory(MeasurementFactory, done=True)
    method = "galvanostatic_cycling"
    method_version = "1.0.0"
    digest = factory.Sequence(lambda n: f"{n:064x}")
    status = analysis.AnalysisRun.Status.DONE
    verdict = analysis.AnalysisRun.Verdict.OK
    is_current = True
    started_at = NOON
    finished_at = NOON


class RunInputFactory(DjangoModelFactory):
    class Meta:
        model = analysis.RunInput

    run = factory.SubFactory(RunFactory)
    measurement = factory.SelfAttribute("run.measurement")
    role = "main"
    sha256 = factory.Sequence(lambda n: f"{n:064x}")


class MetricFactory(DjangoModelFactory):
    class Meta:
        model = analysis.Metric

    run = factory.SubFactory(RunFactory)
    name = "initial_coulombic_efficiency"
    value = 87.1
    unit = "%"
    u = 0.2


class CurveFactory(DjangoModelFactory):
    class Meta:
        model = analysis.Curve

    run = factory.SubFactory(RunFactory)
    position = factory.Sequence(lambda n: n)
    name = factory.Sequence(lambda n: f"curve{n}")
    title = "Capacity"
    figure = factory.LazyFunction(lambda: {"data": [], "layout": {}})


class FlagFactory(DjangoModelFactory):
    class Meta:
        model = analysis.Flag

    run = factory.SubFactory(RunFactory)
    position = factory.Sequence(lambda n: n)
    code = "MASS_MISSING"
    severity = analysis.Flag.Severity.WARN
    message = "No active mass is known; specific values are left out."
