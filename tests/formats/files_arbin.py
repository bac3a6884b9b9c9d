"""Small Arbin files: three cycles of 2 A, in every layout that its programs write."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from openpyxl import Workbook

from tests.formats.access_writer import write_database

CYCLES, POINTS, STEP_S, CURRENT_A = 3, 20, 30.0, 2.0
START = datetime(2026, 3, 14, 9, 0, 0)
START_SERIAL = 46095.375
"""The same moment in Excel's days."""

PHASE_AH = CURRENT_A * STEP_S * (POINTS - 1) / 3600
"""What a charge or discharge of one cycle moves."""

COLUMNS = {
    "Data_Point": "long",
    "Test_Time": "double",
    "Step_Time": "double",
    "DateTime": "double",
    "Step_Index": "short",
    "Cycle_Index": "short",
    "Is_FC_Data": "short",
    "Current": "single",
    "Voltage": "single",
    "Charge_Capacity": "double",
    "Discharge_Capacity": "double",
    "Charge_Energy": "double",
    "Discharge_Energy": "double",
}
UNITS = {
    "Test_Time": "s", "Step_Time": "s", "Current": "A", "Voltage": "V", "Charge_Capacity": "Ah",
    "Discharge_Capacity": "Ah", "Charge_Energy": "Wh", "Discharge_Energy": "Wh",
}  # fmt: skip

Row = list[float]


def records(*, restart: str = "cycle", cycles: int = CYCLES) -> list[Row]:
    """Rows of the database: charge, discharge; the capacities restart per cycle, step or never."""
    rows: list[Row] = []
    total = [0.0, 0.0]
    for cycle in range(1, cycles + 1):
        if restart == "cycle":
            total = [0.0, 0.0]
        for half, sign in enumerate((1.0, -1.0)):
            if restart == "step":
                total = [0.0, 0.0]
            base = total[half]
            for point in range(POINTS):
                total[half] = base + CURRENT_A * STEP_S * point / 3600
                time = STEP_S * len(rows)
                rows.append(
                    [
                        len(rows) + 1, time, STEP_S * point, START_SERIAL + time / 86400,
                        half + 2, cycle, 0, sign * CURRENT_A, 3.5 + 0.01 * sign * point, *total,
                        3.5 * total[0], 3.4 * total[1],
                    ]
                )  # fmt: skip
    return rows


def headings(style: Callable[[str, str], str]) -> list[str]:
    return [style(name, UNITS.get(name, "")) for name in COLUMNS]


def mits(name: str, unit: str) -> str:
    """Test_Time(s), Date_Time."""
    name = name.replace("DateTime", "Date_Time")
    return f"{name}({unit})" if unit else name


def mits_pro(name: str, unit: str) -> str:
    """Test Time (s), Date Time."""
    return mits(name, f"{unit}").replace("_", " ").replace("(", " (")


def table(rows: Sequence[Row], heads: Sequence[str], date: Callable[[datetime], object]) -> str:
    lines = [",".join(heads)]
    for row in rows:
        cells: list[object] = list(row)
        cells[3] = date(START + timedelta(seconds=row[1]))
        lines.append(",".join(f"{cell}" for cell in cells))
    return "\n".join(lines) + "\n"


def iso(moment: datetime) -> str:
    return moment.isoformat(" ")


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def text_mits(folder: Path, *, restart: str = "cycle") -> Path:
    return write(folder / "cell.csv", table(records(restart=restart), headings(mits), iso))


def text_mits_pro(folder: Path) -> Path:
    text = table(records(), headings(mits_pro), lambda at: at.strftime("\t%m/%d/%Y %H:%M:%S.000"))
    return write(folder / "cell.csv", "\ufeff" + text.replace("\n", "\r\n"))


def text_database(folder: Path) -> Path:
    text = table(records(), list(COLUMNS), lambda at: 1773478800 + (at - START).total_seconds())
    return write(folder / "cell.csv", text)


def text_comma(folder: Path) -> Path:
    text = table(records(), headings(mits), iso)
    return write(folder / "cell.csv", text.replace(",", ";").replace(".", ","))


FACTS: dict[str, float | str] = {
    "Test_ID": 7, "Test_Name": "EC-2026-0007", "Channel_Index": 12, "Start_DateTime": START_SERIAL,
    "Creator": "hfa", "Comments": "", "Schedule_File_Name": "cells\\C10.sdu", "MASS": 0.0125,
    "Specific_Capacity": 0.15, "Serial_Number": "176075",
}  # fmt: skip


def workbook(folder: Path, *, channels: Sequence[str] = ("1-008", "1-008")) -> Path:
    book = Workbook()
    info = book.create_sheet("Global_Info", 0)
    info.append(["TEST REPORT"])
    info.append([])
    info.append([name.replace("_", " ") for name in FACTS])
    info.append([START if name == "Start_DateTime" else value for name, value in FACTS.items()])
    rows = records()
    half = len(rows) // 2
    for at, channel in enumerate(channels):
        sheet = book.create_sheet(f"Channel_{channel}_{at + 1}")
        sheet.append(headings(mits))
        for row in rows[half * at : half * (at + 1)]:
            cells: list[object] = list(row)
            cells[3] = START + timedelta(seconds=row[1])
            sheet.append(cells)
    book.create_sheet("Statistics_1-008").append(["Cycle_Index", "Charge_Capacity(Ah)"])
    book.save(folder / "cell.xlsx")
    return folder / "cell.xlsx"


def database(folder: Path, rows: Sequence[Row] | None = None) -> Path:
    """A .res whose records stand in reverse order."""
    found = records() if rows is None else rows
    kinds = {"long": int, "short": int}
    packed = [
        [
            7,
            *(
                kinds.get(kind, float)(cell)
                for kind, cell in zip(COLUMNS.values(), row, strict=True)
            ),
        ]
        for row in reversed(found)
    ]
    kinds_of_facts = {
        name: "text" if isinstance(value, str) else "long" if isinstance(value, int) else "double"
        for name, value in FACTS.items()
    }
    return write_database(
        folder / "cell.res",
        {
            "Global_Table": (kinds_of_facts, [list(FACTS.values())]),
            "Channel_Normal_Table": ({"Test_ID": "long", **COLUMNS}, packed),
        },
    )


SAMPLES = {
    "arbin csv": ("arbin_text", text_mits),
    "arbin csv of MITS Pro": ("arbin_text", text_mits_pro),
    "arbin csv of the database": ("arbin_text", text_database),
    "arbin csv with decimal comma": ("arbin_text", text_comma),
    "arbin xlsx": ("arbin_workbook", workbook),
    "arbin res": ("arbin_res", database),
}
