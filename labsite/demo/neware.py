"""Writes cycling tests in the layout of Neware .ndax (BTS 8, NDC version 14, as of 2024).

An .ndax is a zip archive of XML files (facts about the test) and .ndc files: pages of 4096 bytes,
the first a header, the others each with a number of rows, a bit mask of the filled rows, the rows
from byte 132 on, and the CRC-32 of the page in its last four bytes.
"""

import zipfile
import zlib
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labsite.demo import MARK
from measurements import columns

NDC_VERSION = 14
PAGE_BYTES = 4096
ROWS_AT = 132
CRC_BYTES = 4
ZIP_TIME = (2026, 1, 1, 0, 0, 0)
"""One time for all members, so that the same table gives the same bytes."""

STEP_TYPES = {
    "CC_CHG": 1,
    "CC_DCH": 2,
    "CV_CHG": 3,
    "REST": 4,
    "CCCV_CHG": 7,
    "CP_DCH": 8,
    "CP_CHG": 9,
    "PAUSE": 13,
    "CV_DCH": 19,
    "CCCV_DCH": 20,
}
RECORD = np.dtype([("voltage_volt", "<f4"), ("current_ampere", "<f4")])
RUN_INFO = np.dtype(
    {
        "names": [
            "step_time_ms",
            "charge_ah",
            "discharge_ah",
            "charge_wh",
            "discharge_wh",
            "dt_ms",
            "unix_s",
            "step",
            "index",
            "unix_ms",
        ],
        "formats": ["<u4", "<f4", "<f4", "<f4", "<f4", "<i4", "<u4", "<u4", "<u4", "<i2"],
        "offsets": [0, 5, 9, 13, 17, 29, 33, 37, 41, 45],
        "itemsize": 55,
    }
)
STEP = np.dtype(
    {
        "names": ["cycle", "step_id", "step_type"],
        "formats": ["<u4", "<u4", "u1"],
        "offsets": [0, 4, 24],
        "itemsize": 37,
    }
)
"""Rows of data.ndc, data_runInfo.ndc and data_step.ndc; the bytes between are zero."""

REQUIRED = (
    columns.TEST_TIME,
    columns.VOLTAGE,
    columns.CURRENT,
    columns.CYCLE,
    columns.STEP,
    columns.STEP_TYPE,
    columns.STEP_CHARGING_CAPACITY,
    columns.STEP_DISCHARGING_CAPACITY,
)


def write_ndax(
    path: Path,
    frame: pd.DataFrame,
    *,
    start: datetime = datetime(2026, 1, 5, 9, 0, 0, tzinfo=UTC),
    barcode: str = "",
    channel: tuple[int, int, int] = (120, 1, 1),
    active_mass_mg: float = 0.0,
) -> None:
    """Write a cycling test as .ndax, marked as synthetic in its remark.

    ``frame`` has the canonical columns of ``REQUIRED`` (s, V, A, Ah; positive current charges),
    rows in time order, steps numbered 1, 2, 3 ... without gaps; ``start`` has a zone. Numbers are
    stored as float32, times in ms. A step begins at the time at which the one before ended.
    Raises ValueError for an unknown step type or a wrong step number, KeyError for a column that
    is missing.
    """
    _check_steps(frame)
    members = {
        "TestInfo.xml": _test_info(start, barcode, channel),
        "Step.xml": _step_info(active_mass_mg),
        "VersionInfo.xml": _version_info(),
        "data.ndc": _pages(1, _records(frame)),
        "data_step.ndc": _pages(7, _steps(frame)),
        "data_runInfo.ndc": _pages(18, _run_info(frame, start)),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


def _check_steps(frame: pd.DataFrame) -> None:
    steps = frame[columns.STEP].to_numpy()
    if steps.size == 0 or steps[0] != 1 or not np.isin(np.diff(steps), (0, 1)).all():
        raise ValueError("steps must be numbered 1, 2, 3 ... in the order of the rows")
    unknown = set(frame[columns.STEP_TYPE]) - set(STEP_TYPES)
    if unknown:
        raise ValueError(f"unknown step types {sorted(unknown)}, allowed: {sorted(STEP_TYPES)}")


def _records(frame: pd.DataFrame) -> NDArray[np.void]:
    rows = np.zeros(len(frame), RECORD)
    rows["voltage_volt"] = frame[columns.VOLTAGE]
    rows["current_ampere"] = frame[columns.CURRENT]
    return rows


def _steps(frame: pd.DataFrame) -> NDArray[np.void]:
    first = frame.drop_duplicates(columns.STEP)
    rows = np.zeros(len(first), STEP)
    rows["cycle"] = first[columns.CYCLE] - 1
    rows["step_id"] = first[columns.STEP]
    rows["step_type"] = first[columns.STEP_TYPE].map(STEP_TYPES)
    return rows


def _run_info(frame: pd.DataFrame, start: datetime) -> NDArray[np.void]:
    time_ms = np.round(1e3 * (frame[columns.TEST_TIME] - frame[columns.TEST_TIME].iloc[0]))
    ends = time_ms.groupby(frame[columns.STEP]).max()
    begins = ends.shift(1, fill_value=0.0)
    unix_ms = (time_ms + round(1e3 * start.timestamp())).to_numpy().astype(np.int64)
    rows = np.zeros(len(frame), RUN_INFO)
    rows["step_time_ms"] = time_ms - frame[columns.STEP].map(begins)
    rows["charge_ah"] = frame[columns.STEP_CHARGING_CAPACITY]
    rows["discharge_ah"] = frame[columns.STEP_DISCHARGING_CAPACITY]
    rows["charge_wh"] = _energy(frame, columns.STEP_CHARGING_CAPACITY)
    rows["discharge_wh"] = _energy(frame, columns.STEP_DISCHARGING_CAPACITY)
    rows["dt_ms"] = np.diff(time_ms, prepend=0.0)
    rows["unix_s"], rows["unix_ms"] = np.divmod(unix_ms, 1000)
    rows["step"] = frame[columns.STEP]
    rows["index"] = np.arange(1, len(frame) + 1)
    return rows


def _energy(frame: pd.DataFrame, capacity: str) -> NDArray[np.float64]:
    """Return the energy of each step in Wh: mean voltage of an interval times its charge."""
    step, voltage = frame[columns.STEP].to_numpy(), frame[columns.VOLTAGE].to_numpy()
    within = np.diff(step, prepend=step[0] - 1) == 0
    charge = np.diff(frame[capacity].to_numpy(), prepend=0.0) * within
    energy = pd.Series(charge * (voltage + np.roll(voltage, 1)) / 2)
    return np.asarray(energy.groupby(step).cumsum(), dtype=np.float64)


def _pages(file_type: int, rows: NDArray[np.void]) -> bytes:
    """Return an .ndc file of these rows."""
    per_page = (PAGE_BYTES - ROWS_AT - 1) // rows.dtype.itemsize
    header = bytearray(PAGE_BYTES)
    header[0], header[2], header[4], header[12] = file_type, NDC_VERSION, 1, 1
    pages = [bytes(header)]
    for begin in range(0, len(rows), per_page):
        part = rows[begin : begin + per_page]
        page = bytearray(PAGE_BYTES)
        page[0] = file_type + 1
        page[2:4] = len(part).to_bytes(2, "little")
        mask = np.packbits(np.ones(len(part), dtype=np.uint8), bitorder="little").tobytes()
        page[4 : 4 + len(mask)] = mask
        page[ROWS_AT : ROWS_AT + part.nbytes] = part.tobytes()
        crc = zlib.crc32(page[: PAGE_BYTES - CRC_BYTES])
        page[PAGE_BYTES - CRC_BYTES :] = crc.to_bytes(CRC_BYTES, "little")
        pages.append(bytes(page))
    return b"".join(pages)


def _test_info(start: datetime, barcode: str, channel: tuple[int, int, int]) -> bytes:
    device, unit, number = channel
    info = {
        "DevType": "27",
        "DevID": str(device),
        "UnitID": str(unit),
        "ChlID": str(number),
        "TestID": "1",
        "SN": MARK,
        "StepName": f"{MARK}.xml",
        "StartTime": start.strftime("%Y-%m-%d %H:%M:%S"),
        "Barcode": barcode,
        "AuxCount": "0",
    }
    return _xml("Test Info File", f"<TestInfo {_attributes(info)} />")


def _step_info(active_mass_mg: float) -> bytes:
    mass = f'<SCQ Value="{1e3 * active_mass_mg:.0f}" />' if active_mass_mg else ""
    remark = (
        f"<Creator {_attributes({'Value': 'labsite'})} /><Remark {_attributes({'Value': MARK})} />"
    )
    return _xml("Step File", f"<Head_Info>{remark}{mass}</Head_Info>")


def _version_info() -> bytes:
    version = {"SvrVer": MARK, "CurrClientVer": MARK}
    return _xml("Version Info File", f"<ZwjVersion {_attributes(version)} />")


def _attributes(texts: dict[str, str]) -> str:
    return " ".join(f'{name}="{escape(text)}"' for name, text in texts.items())


def _xml(kind: str, content: str) -> bytes:
    text = f'<root><config type="{kind}" version="1">{content}</config></root>'
    document = f'<?xml version="1.0" encoding="GB2312"?>\n{text}\n'
    return document.encode("gb2312", "xmlcharrefreplace")
