"""Measurements with a stored table, for tests of pages."""

import numpy as np
import pandas as pd

from measurements.frames import write_frame
from tests.factories import MeasurementFactory, RawFileFactory

ROWS = 50_000
PEAK_ROW, PEAK_VOLT = 31_234, 4.7


def cycling_measurement(**fields):
    """A read cycling test of 50,000 rows, one a second, with one row that sticks out."""
    time_s = np.arange(ROWS, dtype=float)
    volt = np.full(ROWS, 3.3)
    volt[PEAK_ROW] = PEAK_VOLT
    frame = pd.DataFrame(
        {
            "test_time_second": time_s,
            "voltage_volt": volt,
            "current_ampere": np.full(ROWS, 1e-3),
            "cycle_count": np.ones(ROWS, dtype=np.int64),
        }
    )
    return _stored(frame, kind="cycling", cycles=1, **fields)


def impedance_measurement(**fields):
    """A read spectrum of three points: R = 5 Ω in series with a capacitor."""
    frequency = np.array([1e4, 1e3, 1e2])
    frame = pd.DataFrame(
        {
            "frequency_hertz": frequency,
            "real_impedance_ohm": np.full(3, 5.0),
            "imaginary_impedance_ohm": -1 / (2 * np.pi * frequency * 1e-5),
        }
    )
    return _stored(frame, kind="impedance", format="zplot", cycles=None, **fields)


def _stored(frame, **fields):
    name = write_frame(frame, "frames/test.parquet")
    measurement = MeasurementFactory(
        done=True,
        frame_path=name,
        rows=len(frame),
        columns=list(frame.columns),
        **fields,
    )
    RawFileFactory(measurement=measurement)
    return measurement
