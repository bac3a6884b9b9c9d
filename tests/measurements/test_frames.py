"""Stored tables: row groups end where cycles end, and one cycle is read without the rest."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from django.core.files.storage import default_storage

from measurements.columns import CYCLE, TEST_TIME, VOLTAGE
from measurements.frames import ROW_GROUP, ParquetFrame, group_borders, write_frame


def table(*lengths: int, numbers: list[int] | None = None) -> pd.DataFrame:
    """Cycles of so many rows; the voltage is the number of the row, scrambled."""
    rows = sum(lengths)
    return pd.DataFrame(
        {
            TEST_TIME: np.arange(rows, dtype=np.float64),
            VOLTAGE: np.random.default_rng(7).permutation(rows).astype(np.float64),
            CYCLE: np.repeat(numbers or list(range(1, len(lengths) + 1)), lengths),
        }
    )


def stored(frame: pd.DataFrame) -> ParquetFrame:
    return ParquetFrame(Path(default_storage.path(write_frame(frame, "frames/t.parquet"))))


@pytest.mark.parametrize(
    ("lengths", "borders"),
    [
        ((50_000,), [0, 50_000]),
        ((60_000, 60_000, 60_000), [0, 60_000, 120_000, 180_000]),
        ((40_000, 60_000, 10), [0, 100_000, 100_010]),
        ((30_000,) * 7, [0, 90_000, 180_000, 210_000]),
        ((10, 250_000, 20, 30), [0, 10, 100_010, 200_010, 250_060]),
    ],
)
def test_a_row_group_takes_whole_cycles_and_a_long_cycle_is_split(
    lengths: tuple[int, ...], borders: list[int]
) -> None:
    assert group_borders(table(*lengths)) == borders


def test_cycles_that_fall_and_tables_without_cycles_are_cut_by_rows() -> None:
    falling = table(70_000, 70_000, 70_000, numbers=[2, 1, 2])
    assert group_borders(falling) == [0, ROW_GROUP, 2 * ROW_GROUP, 210_000]
    assert group_borders(falling.drop(columns=CYCLE)) == [0, ROW_GROUP, 2 * ROW_GROUP, 210_000]


def test_the_rows_come_back_as_they_were() -> None:
    frame = table(60_000, 60_000, 60_000)
    kept = stored(frame)
    assert kept.rows == 180_000
    for name in frame:
        np.testing.assert_array_equal(kept[name], frame[name])


def test_one_cycle_is_read_from_its_row_groups_only(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = table(*[60_000] * 8)
    kept = stored(frame)
    asked: list[list[int]] = []
    read = pq.ParquetFile.read_row_groups

    def counted(self: pq.ParquetFile, groups: list[int], **kwargs: object) -> object:
        asked.append(groups)
        return read(self, groups, **kwargs)

    monkeypatch.setattr(pq.ParquetFile, "read_row_groups", counted)
    found = kept.cycle(5, [VOLTAGE])
    assert asked == [[4]]
    assert list(found) == [VOLTAGE]
    np.testing.assert_array_equal(found[VOLTAGE], frame[VOLTAGE][240_000:300_000])


def test_one_cycle_reads_a_small_part_of_the_bytes() -> None:
    name = write_frame(table(*[60_000] * 8), "frames/t.parquet")
    path = Path(default_storage.path(name))
    with path.open("rb") as raw:
        counting = Counting(raw)
        kept = ParquetFrame(counting)
        footer, counting.read_bytes = counting.read_bytes, 0
        kept.cycle(5, [VOLTAGE])
    assert footer < 70_000
    assert counting.read_bytes < path.stat().st_size / 7


class Counting:
    """A file that counts what is read from it."""

    def __init__(self, file: object) -> None:
        self.file, self.read_bytes = file, 0

    def read(self, size: int = -1) -> bytes:
        data: bytes = self.file.read(size)
        self.read_bytes += len(data)
        return data

    def __getattr__(self, name: str) -> object:
        return getattr(self.file, name)


def test_a_cycle_in_several_pieces_and_a_cycle_that_is_not_there() -> None:
    frame = table(70_000, 70_000, 70_000, numbers=[2, 1, 2])
    kept = stored(frame)
    expected = np.append(frame[VOLTAGE][:70_000], frame[VOLTAGE][140_000:])
    np.testing.assert_array_equal(kept.cycle(2, [VOLTAGE])[VOLTAGE], expected)
    assert kept.cycle(9, [VOLTAGE])[VOLTAGE].size == 0
    with pytest.raises(KeyError, match="no_such"):
        kept.cycle(1, ["no_such"])
