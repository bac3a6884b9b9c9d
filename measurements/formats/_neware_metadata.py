"""Facts about a test that a Neware file carries beside its records."""

import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from defusedxml import ElementTree

from measurements.formats._checks import clean_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NDA_NAMES = {
    "server_version": "bts_server_version",
    "client_version": "bts_client_version",
    "bts_version": "bts_version",
    "creator": "creator",
    "sn": "serial_number",
    "remarks": "remark",
    "barcode": "barcode",
    "test_name": "test_name",
    "step_name": "step_file",
    "test_id": "test_id",
}
TEST_INFO_NAMES = {
    "DevID": "device",
    "DevType": "device_type",
    "TestID": "test_id",
    "CurrRange": "current_range_ma",
    "VoltRange": "voltage_range_volt",
    "SN": "serial_number",
    "StepName": "step_file",
    "Barcode": "barcode",
}
HEAD_INFO_NAMES = {"Creator": "creator", "Remark": "remark", "PN": "part_number"}
ACTIVE_MASS = "SCQ"
VERSION_NAMES = {"SvrVer": "bts_server_version", "CurrClientVer": "bts_client_version"}


def from_nda(raw: Mapping[str, object]) -> dict[str, object]:
    """Return canonical metadata of an .nda from those of fastnda (masses there are in mg)."""
    metadata = _renamed(raw, NDA_NAMES)
    metadata |= _times(raw.get("start_time"), raw.get("stop_time"))
    return metadata | _mass(raw.get("active_mass_mg"), 1.0)


def from_ndax(path: Path) -> dict[str, object]:
    """Return canonical metadata of an .ndax from its XML files, as far as they are there.

    Read here and not through fastnda, which drops letters outside ASCII (their encoding is GB2312).
    """
    with zipfile.ZipFile(path) as archive:
        test = _xml(archive, "TestInfo.xml")
        step = _xml(archive, "Step.xml")
        version = _xml(archive, "VersionInfo.xml")
    info = _attributes(test, "config/TestInfo")
    values = {
        name: _attributes(step, f"config/Head_Info/{name}").get("Value", "")
        for name in (*HEAD_INFO_NAMES, ACTIVE_MASS)
    }
    metadata = _renamed(info, TEST_INFO_NAMES)
    metadata |= _renamed(values, HEAD_INFO_NAMES)
    metadata |= _renamed(_attributes(version, "config/ZwjVersion"), VERSION_NAMES)
    metadata |= _times(info.get("StartTime"), info.get("EndTime"))
    metadata |= _channel(info)
    return metadata | _mass(values[ACTIVE_MASS], 1e-3)


def _xml(archive: zipfile.ZipFile, name: str) -> "Element | None":
    """Return the root of an XML file of the archive, None if the file is missing."""
    if name not in archive.namelist():
        return None
    data = archive.read(name)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")  # contains GB2312
    root: Element = ElementTree.fromstring(text)
    return root


def _attributes(root: "Element | None", place: str) -> dict[str, str]:
    part = None if root is None else root.find(place)
    return {} if part is None else dict(part.attrib)


def _renamed(raw: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    texts = {canonical: clean_text(raw.get(name) or "") for name, canonical in names.items()}
    return {canonical: text for canonical, text in texts.items() if text}


def _channel(info: Mapping[str, object]) -> dict[str, object]:
    """Return device-unit-channel as the programs of Neware show it.

    A file whose unit is 0 numbers the channels of the device through, eight to a unit.
    """
    try:
        device, unit, channel = (int(str(info[name])) for name in ("DevID", "UnitID", "ChlID"))
    except (KeyError, ValueError):
        return {}
    if unit == 0 and channel > 0:
        unit, channel = (channel - 1) // 8 + 1, (channel - 1) % 8 + 1
    return {"channel": f"{device}-{unit}-{channel}"}


def _times(start: object, end: object) -> dict[str, object]:
    times = {"start_time": _iso_time(start), "end_time": _iso_time(end)}
    return {name: text for name, text in times.items() if text}


def _iso_time(text: object) -> str:
    """Return an ISO time, with a zone only if the text has one; empty if it is no time."""
    for candidate in (str(text), str(text).replace(".", "-", 2)):
        with suppress(ValueError):
            return datetime.fromisoformat(candidate).isoformat()
    return ""


def _mass(text: object, factor_mg: float) -> dict[str, object]:
    """Return the active mass that was typed into the test, if any."""
    try:
        mass_mg = float(str(text)) * factor_mg
    except ValueError:
        return {}
    return {"active_mass_in_file_mg": round(mass_mg, 6)} if 0 < mass_mg < float("inf") else {}
