"""Parts of a test become one table with visible seams; what does not fit is refused."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from measurements.formats import FormatError, Notice, Reading
from measurements.joining import join

RATE = 1e-3


def whole(cycles: int = 3, rows: int = 10) -> pd.DataFrame:
    """A row a minute: charge and discharge at 1 mA, with what an instrument counts."""
    n = 2 * rows * cycles
    half = np.arange(n) // rows
    minute = np.arange(n, dtype=float)
    current = np.where(half % 2 == 0, RATE, -RATE)
    return pd.DataFrame(
        {
            "test_time_second": 60 * minute,
            "voltage_volt": 3 + 0.1 * np.sin(minute) + 0.001 * minute,
            "current_ampere": current,
            "cycle_count": half // 2 + 1,
            "step_count": half + 1,
            "charging_capacity_ah": np.cumsum(np.clip(current, 0, None)) / 60,
            "discharging_capacity_ah": np.cumsum(np.clip(-current, 0, None)) / 60,
        }
    )


def cut(frame: pd.DataFrame, *rows: int) -> list[pd.DataFrame]:
    borders = [0, *rows, len(frame)]
    pairs = zip(borders[:-1], borders[1:], strict=True)
    return [frame.iloc[low:high].reset_index(drop=True) for low, high in pairs]


def restarted(frame: pd.DataFrame) -> pd.DataFrame:
    """The part as an instrument writes it that begins to count again."""
    fresh = frame.copy()
    for name in ("test_time_second", "charging_capacity_ah", "discharging_capacity_ah"):
        fresh[name] -= frame[name].iloc[0]
    for name in ("cycle_count", "step_count"):
        fresh[name] -= frame[name].iloc[0] - 1
    return fresh


def reading(frame: pd.DataFrame, kind: str = "cycling", **metadata: object) -> Reading:
    return Reading(kind, frame, metadata)


def joined(*readings: Reading) -> Reading:
    return join([(n, f"run_{n}.csv", part) for n, part in enumerate(readings, start=1)])


def codes(found: Reading) -> list[str]:
    return [notice.code for notice in found.notices]


def test_a_single_file_is_left_as_it_is() -> None:
    single = reading(whole())
    assert joined(single) is single


def test_parts_of_an_instrument_that_goes_on_counting_are_the_whole_again() -> None:
    frame = whole()
    found = joined(*map(reading, cut(frame, 23, 41)))
    pd.testing.assert_frame_equal(found.frame.drop(columns="part_index"), frame)
    assert found.frame["part_index"].value_counts(sort=False).to_dict() == {1: 23, 2: 18, 3: 19}
    assert found.notices == ()


def test_without_any_clock_a_part_follows_directly_and_its_counts_go_on() -> None:
    frame = whole()
    first, second = cut(frame, 40)
    found = joined(reading(first), reading(restarted(second)))
    part = found.frame[found.frame["part_index"] == 2]
    assert part["test_time_second"].iloc[0] == first["test_time_second"].iloc[-1] == 39 * 60
    assert part["test_time_second"].iloc[-1] == 39 * 60 + 19 * 60
    assert part["cycle_count"].unique().tolist() == [3]
    assert part["step_count"].unique().tolist() == [5, 6]
    assert found.frame["charging_capacity_ah"].iloc[-1] == pytest.approx(
        frame["charging_capacity_ah"].iloc[-1] - RATE / 60
    )
    assert codes(found) == [
        "SEAM_TIME_UNKNOWN", "SEAM_CYCLES_CONTINUED", "SEAM_STEPS_CONTINUED",
    ]  # fmt: skip
    assert found.notices[1].message == (
        "Part 2 counts its cycles from 1; here they go on from 3: +2. "
        "A cycle that the end of the file cut is 2 and 3."
    )


def test_a_cut_cycle_stays_two_when_the_instrument_counts_anew() -> None:
    first, second = cut(whole(), 25)
    found = joined(reading(first), reading(restarted(second)))
    assert found.frame["cycle_count"].unique().tolist() == [1, 2, 3, 4]
    assert found.frame["cycle_count"].value_counts(sort=False).to_dict() == {
        1: 20, 2: 5, 3: 15, 4: 20,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("starts", "pause_s"),
    [
        (("2026-03-02T10:00:00", "2026-03-02T11:00:00"), 1260.0),
        (("2026-03-02T10:00:00+01:00", "2026-03-02T11:00:00+02:00"), None),
        (("2026-03-02T10:00:00+01:00", "2026-03-02T10:00:00+00:00"), 1260.0),
    ],
)
def test_start_times_of_one_clock_place_a_part(
    starts: tuple[str, str], pause_s: float | None
) -> None:
    """The first part ends after 39 minutes; an hour after its start the second begins."""
    first, second = cut(whole(), 40)
    parts = (
        reading(first, start_time=starts[0]),
        reading(restarted(second), start_time=starts[1]),
    )
    if pause_s is None:  # the same moment: it says nothing about the order
        assert "SEAM_TIME_UNKNOWN" in codes(joined(*parts))
        return
    found = joined(*parts)
    assert found.frame["test_time_second"].iloc[40] == 3600.0
    assert np.diff(found.frame["test_time_second"])[39] == pause_s
    assert "SEAM_TIME_UNKNOWN" not in codes(found)


def test_absolute_times_of_the_rows_place_a_part() -> None:
    first, second = cut(whole(), 40)
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()
    again = restarted(second)
    first["unix_time_second"] = noon + first["test_time_second"]
    again["unix_time_second"] = noon + 7200 + again["test_time_second"]
    found = joined(reading(first), reading(again))
    assert found.frame["test_time_second"].iloc[40] == 7200.0
    assert (found.frame["unix_time_second"] - found.frame["test_time_second"]).nunique() == 1


def test_a_part_that_begins_before_the_one_before_ends_is_refused() -> None:
    first, second = cut(whole(), 40)
    parts = (
        reading(first, start_time="2026-03-02T10:00:00"),
        reading(restarted(second), start_time="2026-03-02T10:10:00"),
    )
    with pytest.raises(FormatError, match="begins before the part before it ends") as refusal:
        joined(*parts)
    assert refusal.value.found == "a start 1740 s before that end"


def test_rows_that_are_there_already_are_left_out() -> None:
    frame = whole()
    first, second = frame.iloc[:40], frame.iloc[35:]
    found = joined(reading(first), reading(second))
    pd.testing.assert_frame_equal(found.frame.drop(columns="part_index"), frame)
    assert [notice.message for notice in found.notices] == [
        "Part 2 begins with 5 rows that the part before has already; they are left out."
    ]


def test_rows_at_the_same_time_with_other_values_are_a_restart_not_a_repetition() -> None:
    frame = whole()
    other = frame.iloc[35:].assign(voltage_volt=lambda rows: rows["voltage_volt"] + 0.01)
    found = joined(reading(frame.iloc[:40]), reading(other))
    assert len(found.frame) == 40 + 25
    assert "SEAM_TIME_UNKNOWN" in codes(found)


def test_a_part_that_repeats_rows_otherwise_rounded_is_refused() -> None:
    """Both files count from one moment: the second begins within the first, none is doubled."""
    frame = whole()
    other = frame.iloc[30:].assign(voltage_volt=lambda rows: rows["voltage_volt"].round(3))
    start = {"start_time": "2026-03-02T10:00:00"}
    with pytest.raises(FormatError, match="a start 540 s before that end"):
        joined(reading(frame.iloc[:40], **start), reading(other, **start))


def test_an_older_or_a_newer_version_is_no_next_part() -> None:
    frame = whole()
    with pytest.raises(FormatError, match="expected a newer version of that part"):
        joined(reading(frame.iloc[:40]), reading(frame))
    with pytest.raises(FormatError, match="only rows that are there already"):
        joined(reading(frame), reading(frame.iloc[30:]))


def test_other_kinds_and_columns_are_refused() -> None:
    frame = whole()
    with pytest.raises(FormatError, match="found voltammetry data after cycling data"):
        joined(reading(frame), reading(frame, "voltammetry"))
    with pytest.raises(FormatError, match="found raman data after raman data"):
        joined(reading(frame, "raman"), reading(frame, "raman"))
    with pytest.raises(FormatError, match="cycle_count in one of them only"):
        joined(reading(frame.iloc[:40]), reading(frame.iloc[40:].drop(columns="cycle_count")))


def test_columns_that_one_part_lacks_are_left_out_with_a_notice() -> None:
    frame = whole()
    found = joined(reading(frame.iloc[:40]), reading(frame.iloc[40:].assign(Aux=1.0)))
    assert "Aux" not in found.frame
    assert [notice.message for notice in found.notices] == [
        "Part 2 and what comes before do not share and therefore leave out: Aux."
    ]


def test_notices_of_the_parts_say_which_part() -> None:
    first, second = cut(whole(), 40)
    noticed = Reading("cycling", second, {}, (Notice("X", "A row was left out."),))
    assert joined(reading(first), noticed).notices == (Notice("X", "Part 2: A row was left out."),)


def test_spectra_of_further_files_are_counted_on() -> None:
    spectrum = pd.DataFrame(
        {
            "frequency_hertz": [1e3, 1e2],
            "real_impedance_ohm": [5.0, 5.0],
            "imaginary_impedance_ohm": [-1.0, -2.0],
        }
    )
    later = spectrum.assign(imaginary_impedance_ohm=[-1.1, -2.1])
    several = pd.concat([later, spectrum], ignore_index=True).assign(spectrum_index=[1, 1, 2, 2])
    found = joined(reading(spectrum, "impedance"), reading(several, "impedance"))
    grown = pd.concat([spectrum, later], ignore_index=True).assign(spectrum_index=[1, 1, 2, 2])
    with pytest.raises(FormatError, match="expected a newer version of that part"):
        joined(reading(spectrum, "impedance"), reading(grown, "impedance"))
    assert found.frame["spectrum_index"].tolist() == [1, 1, 2, 2, 3, 3]
    assert found.frame["part_index"].tolist() == [1, 1, 2, 2, 2, 2]


def test_the_balance_of_charge_goes_on_from_where_it_was() -> None:
    first, second = cut(whole(), 40)
    balance = [
        part.assign(net_capacity_ah=part["current_ampere"].cumsum() / 60)
        for part in (first, restarted(second))
    ]
    found = joined(*map(reading, balance)).frame
    assert found["net_capacity_ah"].to_numpy() == pytest.approx(
        found["current_ampere"].cumsum().to_numpy() / 60
    )
