"""Small exports of Neware's BTSDA: the records of a written .ndax in every layout and language."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

from measurements import columns
from tests.formats.files import cycling_frame

START = datetime(2026, 3, 14, 9, 0, 0)
TYPES = {"CC_CHG": "CC Chg", "CV_CHG": "CV Chg", "CC_DCH": "CC DChg", "REST": "Rest"}
CHINESE_TYPES = {
    "CC_CHG": "恒流充电", "CV_CHG": "恒压充电", "CC_DCH": "恒流放电", "REST": "搁置",
}  # fmt: skip
ENGLISH = (
    "DataPoint", "Cycle Index", "Step Index", "Step Type", "Time", "Total Time", "Current(mA)",
    "Voltage(V)", "Capacity(mAh)", "Date",
)  # fmt: skip
CHINESE = (
    "数据序号", "循环号", "工步号", "工步类型", "时间", "总时间", "电流(mA)", "电压(V)",
    "容量(mAh)", "绝对时间",
)  # fmt: skip


def records(*, days: float = 0.0) -> pd.DataFrame:
    """The frame of the .ndax sample in an export's units; the test has run for ``days`` before."""
    truth = cycling_frame()
    step = truth[columns.STEP]
    total = truth[columns.TEST_TIME]
    capacity = truth[columns.STEP_CHARGING_CAPACITY] + truth[columns.STEP_DISCHARGING_CAPACITY]
    return pd.DataFrame(
        {
            "record": range(1, len(truth) + 1),
            "cycle": truth[columns.CYCLE],
            "step": (step - 1) % 4 + 1,
            "type": truth[columns.STEP_TYPE],
            "step_s": total - total.groupby(step).transform("min"),
            "total_s": total + 86400 * days,
            "current": 1e3 * truth[columns.CURRENT],
            "voltage": truth[columns.VOLTAGE],
            "capacity": 1e3 * capacity,
            "number": step,
        }
    )  # fmt: skip


def rows_of(frame: pd.DataFrame) -> list[dict[str, float | str]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def clock(seconds: float, *, hyphen: bool = False) -> str:
    """27:00:01, or 1-03:00:01 with the days before a hyphen."""
    whole = int(seconds)
    days, rest = divmod(whole, 86400) if hyphen else (0, whole)
    text = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return f"{days}-{text}" if days else text


def cells(
    row: Mapping[str, float | str], types: Mapping[str, str], *, hyphen: bool = False
) -> list[str]:
    return [
        f"{row['record']}", f"{row['cycle']}", f"{row['step']}", types[str(row["type"])],
        clock(float(row["step_s"])), clock(float(row["total_s"]), hyphen=hyphen),
        f"{row['current']:.6f}", f"{row['voltage']:.4f}", f"{row['capacity']:.9f}",
        (START + timedelta(seconds=float(row["total_s"]))).isoformat(" "),
    ]  # fmt: skip


def flat_lines(
    headings: Sequence[str] = ENGLISH,
    types: Mapping[str, str] = TYPES,
    *,
    days: float = 0.0,
    hyphen: bool = False,
) -> list[list[str]]:
    rows = rows_of(records(days=days))
    return [list(headings), *(cells(row, types, hyphen=hyphen) for row in rows)]


def write(
    path: Path, lines: Sequence[Sequence[str]], *, encoding: str = "utf-8", separator: str = ","
) -> Path:
    path.write_bytes("".join(f"{separator.join(line)}\r\n" for line in lines).encode(encoding))
    return path


def flat(folder: Path) -> Path:
    return write(folder / "cell.csv", flat_lines())


def chinese(folder: Path) -> Path:
    return write(folder / "cell.csv", flat_lines(CHINESE, CHINESE_TYPES), encoding="gb18030")


def comma(folder: Path) -> Path:
    lines = [[cell.replace(".", ",") for cell in line] for line in flat_lines()]
    return write(folder / "cell.csv", lines, encoding="utf-8-sig", separator=";")


LAYERS = [
    ["Cycle Index", "Chg. Cap.(mAh)", "DChg. Cap.(mAh)"],
    ["", "Step Index", "Step Number", "Step Type", "Step Time", "Capacity(mAh)"],
    ["", "", "DataPoint", *ENGLISH[4:]],
]  # fmt: skip


def layered(folder: Path) -> Path:
    """The first cycle and its first step share a line, as in a real file."""
    lines = [*LAYERS]
    for cycle, of_cycle in records().groupby("cycle"):
        lines.append([f"{cycle}", "0.0", "0.0"])
        for number, of_step in of_cycle.groupby("number"):
            rows = rows_of(of_step)
            first = rows[0]
            step = [f"{first['step']}", f"{number}", TYPES[str(first["type"])], "00:00:39", "0.0"]
            if number == 1:
                lines[-1] += step
            else:
                lines.append(["", *step])
            for row in rows:
                found = cells(row, TYPES)
                lines.append(["", "", found[0], *found[4:]])
    return write(folder / "cell.csv", lines)


def workbook(folder: Path) -> Path:
    """Sheets of cycles and steps, and two of records that continue one another; days pass."""
    book = Workbook()
    book.create_sheet("cycle", 0).append(LAYERS[0])
    book.create_sheet("step").append(LAYERS[1][1:])
    rows = rows_of(records(days=2))
    for name, part in (("record", rows[:200]), ("record1", rows[200:])):
        sheet = book.create_sheet(name)
        sheet.append(list(ENGLISH))
        for row in part:
            found: list[object] = list(cells(row, TYPES))
            found[4] = time(0, 0, int(row["step_s"]))
            found[5] = timedelta(seconds=float(row["total_s"]))
            found[6:9] = [row["current"], row["voltage"], row["capacity"]]
            found[9] = START + timedelta(seconds=float(row["total_s"]))
            sheet.append(found)
    book.save(folder / "cell.xlsx")
    return folder / "cell.xlsx"


SAMPLES = {
    "neware flat csv": ("neware_export", flat),
    "neware csv in Chinese": ("neware_export", chinese),
    "neware csv with decimal comma": ("neware_export", comma),
    "neware layered csv": ("neware_export", layered),
    "neware xlsx": ("neware_export", workbook),
}
