"""Spectra for tests: generated ones as tables, real ones read from the public collection."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from analysis.methods import ArrayFrame, Fact, Flag, Inputs, MethodError
from analysis.methods.eis_bulk_conductivity import Params, run
from labsite.demo.spectra import Complexes, Floats, Points, noisy, sweep
from measurements.columns import FREQUENCY, IMAGINARY_IMPEDANCE, REAL_IMPEDANCE
from measurements.formats.zplot import FORMAT

FACTS: dict[str, Fact] = {
    "contact_geometry": "blocking",
    "thickness_um": 200.0,
    "thickness_um_u": 2.0,
    "diameter_mm": 16.0,
    "diameter_mm_u": 0.05,
    "temperature_celsius": 25.0,
}


def frame(points: Points) -> ArrayFrame:
    frequency, impedance = points
    return ArrayFrame(
        {
            FREQUENCY: frequency,
            REAL_IMPEDANCE: impedance.real,
            IMAGINARY_IMPEDANCE: impedance.imag,
        }
    )


def inputs(points: Points, short: Points | None = None, **facts: Fact | None) -> Inputs:
    """Inputs of a spectrum; a fact given as None is taken away."""
    frames = {"main": frame(points)} | ({} if short is None else {"short": frame(short)})
    merged = {**FACTS, **facts}
    return Inputs(frames, {name: value for name, value in merged.items() if value is not None})


def circuit(
    impedance: Callable[[Complexes], Complexes],
    noise: float = 0.003,
    frequency: Floats | None = None,
    seed: int = 0,
) -> Points:
    """A spectrum of any circuit, given as a function of jω."""
    frequency = sweep() if frequency is None else frequency
    return frequency, noisy(impedance(2j * np.pi * frequency), noise, seed)


def found(
    points: Points, params: Params | None = None, short: Points | None = None, **facts: Fact | None
) -> dict[str, Flag]:
    """The flags of a run by code."""
    result = run(inputs(points, short, **facts), params or Params())
    return {flag.code: flag for flag in result.flags}


def refused(points: Points, short: Points | None = None, **facts: Fact | None) -> MethodError:
    """The refusal of a run."""
    with pytest.raises(MethodError) as caught:
        run(inputs(points, short, **facts), Params())
    return caught.value


def ceramic(
    bulk: float = 1000.0,
    boundaries: float = 3000.0,
    noise: float = 0.003,
    seed: int = 0,
    slower: float = 300.0,
) -> Points:
    """A pellet between blocking electrodes: arcs of bulk (0.1 µs) and grain boundaries, tail."""
    tau = 1e-7
    return circuit(
        lambda jw: (
            5e-7 * jw
            + bulk / (1 + (jw * tau) ** 0.95)
            + boundaries / (1 + (jw * slower * tau) ** 0.9)
            + 1e5 * jw**-0.9
        ),
        noise,
        sweep(7e6, 0.1, 79),
        seed,
    )


def zplot(folder: Path, name: str) -> Points:
    """A ZPlot file of the collection, as impedance.py brings it."""
    table = FORMAT.read(folder / "eis" / "zplot_zview" / "impedance.py" / name).frame
    frequency, real, imaginary = (
        table[column].to_numpy(dtype=np.float64)
        for column in (FREQUENCY, REAL_IMPEDANCE, IMAGINARY_IMPEDANCE)
    )
    return frequency, real + 1j * imaginary


def example(folder: Path) -> Points:
    """The example spectrum of impedance.py, a lithium-ion cell."""
    path = folder / "eis" / "csv" / "impedance.py" / "exampleData.csv"
    rows = np.loadtxt(path, delimiter=",", encoding="utf-8-sig")
    return rows[:, 0], rows[:, 1] + 1j * rows[:, 2]


def pellet(folder: Path) -> Points:
    """A sulfide pellet between stainless steel at -25 °C (hybrid-drt)."""
    name = "PEIS_LPSCl_IonBlocking_-25C.txt"
    path = folder / "eis" / "biologic" / "hybrid-drt_SSB" / name
    lines = path.read_text(encoding="latin-1").splitlines()
    header = int(lines[1].split(":")[1])
    rows = np.array([[float(cell) for cell in line.split()[:3]] for line in lines[header:]])
    return rows[:, 0], rows[:, 1] - 1j * rows[:, 2]


def electrolytes(folder: Path) -> Iterator[tuple[str, float, Points]]:
    """Liquid electrolytes between blocking electrodes with the published resistance (MADAP)."""
    path = folder / "eis" / "temperature_series" / "MADAP" / "Dataframe_STRUCTURED_all508.csv"
    csv.field_size_limit(1_000_000)
    text = io.StringIO(path.read_text(encoding="utf-8-sig"))
    for row in csv.DictReader(text, delimiter=";"):
        frequency, real, imaginary = (
            _numbers(row[name])
            for name in (
                "frequency [Hz]",
                "real impedance Z' [Ohm]",
                "imaginary impedance Z'' [Ohm]",
            )
        )
        name = f"{row['experimentID']} at {row['temperature [°C]']} °C"
        yield name, float(row["resistance [Ohm]"]), (frequency, real + 1j * imaginary)


def capacitive(points: Points) -> Points:
    """The points with Z'' < 0, by falling frequency."""
    frequency, impedance = points
    order = np.argsort(-frequency)
    kept = order[impedance.imag[order] < 0]
    return frequency[kept], impedance[kept]


def _numbers(text: str) -> Floats:
    return np.array(json.loads(text), dtype=np.float64)
