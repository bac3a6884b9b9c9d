"""Runs with findings, for tests of pages."""

import numpy as np
import pandas as pd

from measurements.frames import write_frame
from tests.factories import CurveFactory, FlagFactory, MetricFactory, RunFactory
from tests.measurements.stored import cycling_measurement

CYCLES = 120
METRICS = (
    # name, index, value, unit, u
    ("specific_discharge_capacity", 1, 151.4, "mAh/g", 0.62),
    ("specific_discharge_capacity", 120, 140.0, "mAh/g", 0.57),
    ("initial_coulombic_efficiency", None, 87.1, "percent", 0.2),
    ("capacity_retention", 50, 98.3, "percent", 0.1),
    ("capacity_retention", 120, 90.8, "percent", 0.1),
    ("average_coulombic_efficiency", None, 99.3, "percent", 0.02),
)
FIGURE = {
    "data": [{"type": "scatter", "name": "retention", "x": [1, 2, 3], "y": [100.0, 99.0, 98.0]}],
    "layout": {"xaxis": {}, "yaxis": {}},
}


def cycling_run(cell, **fields):
    """A finished cycling run of a cell with numbers, a flag, a curve and a table of 120 cycles."""
    measurement = fields.pop("measurement", None) or cycling_measurement(cell=cell)
    run = RunFactory(measurement=measurement, **fields)
    for name, index, value, unit, u in METRICS:
        MetricFactory(run=run, name=name, index=index, value=value, unit=unit, u=u)
    MetricFactory(
        run=run, name="cycle_life_80", value=120.0, unit="count", u=None, censored="lower"
    )
    FlagFactory(run=run, position=0)
    CurveFactory(run=run, position=0, name="retention", title="Retention", figure=FIGURE)
    number = np.arange(1, CYCLES + 1)
    table = pd.DataFrame({"lims_cycle": number, "discharge_capacity_mah": 2.0 - number / 1000})
    run.tables = {"cycles": write_frame(table, "runs/cycles.parquet")}
    run.save(update_fields=["tables"])
    return run
