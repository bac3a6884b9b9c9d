"""Figures of raw data: peaks stay, units are those of the axis, maps lie the right way round."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from measurements import columns, materialfigures
from measurements.frames import ParquetFrame
from measurements.traces import Window, thinned

ALL = Window()


def table(folder: Path, **values: object) -> ParquetFrame:
    path = folder / "frame.parquet"
    pd.DataFrame(values).to_parquet(path)
    return ParquetFrame(path)


def test_a_long_loop_keeps_its_lone_peak_and_its_ends_apart() -> None:
    x = np.concatenate([np.linspace(0, 1, 50_000), np.linspace(1, 0, 50_000)])
    y = np.concatenate([np.zeros(50_000), np.ones(50_000)])
    y[20_000], y[70_000] = 9.0, -9.0
    few_x, few_y = thinned(x, y)
    assert few_x.size <= 4_000
    assert few_y.max() == 9.0
    assert few_y.min() == -9.0
    assert few_x.max() == 1.0
    assert set(np.unique(few_y[few_x < 0.1])) == {0.0, 1.0}


def test_strain_is_drawn_in_percent_and_stress_in_kilopascal(tmp_path: Path) -> None:
    frame = table(tmp_path, **{columns.STRAIN: [0.0, 11.6], columns.STRESS: [0.0, 1.7e6]})
    figure = materialfigures.mechanical(frame, ALL)
    assert figure["data"][0]["x"] == [0.0, 1160.0]
    assert figure["data"][0]["y"] == pytest.approx([0.0, 1700.0])
    assert figure["layout"]["xaxis"]["title"]["text"] == "Strain / %"
    assert figure["layout"]["yaxis"]["title"]["text"] == "Stress / kPa"


def test_force_over_extension_without_geometry(tmp_path: Path) -> None:
    frame = table(tmp_path, **{columns.FORCE: [0.0, 13.6], columns.EXTENSION: [0.0, 185.6]})
    figure = materialfigures.mechanical(frame, ALL)
    assert figure["data"][0]["x"] == [0.0, 185.6]
    assert figure["data"][0]["y"] == [0.0, 13.6]


def test_every_spectrum_is_a_curve_of_its_own_up_to_eight(tmp_path: Path) -> None:
    frame = table(
        tmp_path,
        **{
            columns.RAMAN_SHIFT: np.tile([700.0, 731.0, 744.0], 30),
            columns.INTENSITY: np.repeat(np.arange(30.0), 3),
            columns.SPECTRUM: np.repeat(np.arange(1, 31), 3),
        },
    )
    data = materialfigures.raman(frame, ALL)["data"]
    assert len(data) == 8
    assert (data[0]["name"], data[0]["y"]) == ("1", [0.0] * 3)
    assert (data[-1]["name"], data[-1]["y"]) == ("30", [29.0] * 3)


def test_infrared_runs_from_high_to_low(tmp_path: Path) -> None:
    frame = table(
        tmp_path, **{columns.WAVENUMBER: [988.0, 1675.0], columns.TRANSMITTANCE: [40.0, 5.0]}
    )
    layout = materialfigures.infrared(frame, ALL)["layout"]
    assert layout["xaxis"]["autorange"] == "reversed"
    assert layout["yaxis"]["title"]["text"] == "Transmittance / %"


def test_a_height_stands_at_its_place_on_the_map(tmp_path: Path) -> None:
    frame = table(
        tmp_path,
        **{
            columns.X_POSITION: [0.0, 1e-6, 2e-6, 0.0, 1e-6, 2e-6],
            columns.Y_POSITION: [1e-6, 1e-6, 1e-6, 0.0, 0.0, 0.0],
            columns.HEIGHT: [1e-9, 2e-9, 3e-9, 4e-9, 5e-9, 6e-9],
        },
    )
    drawn = materialfigures.topography(frame, ALL)["data"][0]
    assert drawn["x"] == pytest.approx([0.0, 1.0, 2.0])
    assert drawn["y"] == pytest.approx([0.0, 1.0])
    assert drawn["z"] == [[4.0, 5.0, 6.0], [1.0, 2.0, 3.0]]


def test_scattered_heights_are_no_map(tmp_path: Path) -> None:
    places = np.random.default_rng(1).random((2, 500))
    frame = table(
        tmp_path,
        **{
            columns.X_POSITION: places[0],
            columns.Y_POSITION: places[1],
            columns.HEIGHT: places[0],
        },
    )
    assert materialfigures.topography(frame, ALL)["data"] == []


def test_a_log_without_times_counts_its_readings(tmp_path: Path) -> None:
    frame = table(tmp_path, **{columns.RECORD: [1, 2], columns.RESISTANCE: [288e3, 2.39e6]})
    figure = materialfigures.multimeter(frame, ALL)
    assert figure["layout"]["xaxis"]["title"]["text"] == "Reading"
    assert figure["data"][0]["y"] == pytest.approx([288.0, 2390.0])


def test_a_stack_shows_its_grey_values_between_their_extremes(tmp_path: Path) -> None:
    frame = table(
        tmp_path,
        slice_index=[1, 2],
        grey_mean=[100.0, 90.0],
        grey_min=[3.0, 4.0],
        grey_max=[250.0, 255.0],
    )
    drawn = materialfigures.image(frame, ALL)["data"]
    assert {one["name"]: one["y"] for one in drawn} == {
        "Highest": [250.0, 255.0],
        "Mean": [100.0, 90.0],
        "Lowest": [3.0, 4.0],
    }
