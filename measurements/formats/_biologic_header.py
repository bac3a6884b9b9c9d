"""The header of an EC-Lab or BT-Lab text: technique, device, versions, masses, settings."""

import re
from collections.abc import Sequence

from measurements.formats import Notice
from measurements.formats._checks import clean_text
from measurements.formats._dates import start_of
from measurements.formats._text import facts, number, quantity

NAMES = {
    "Device": "instrument",
    "User": "operator",
    "Reference electrode": "reference_electrode",
    "Electrolyte": "electrolyte",
    "Comments": "comment",
    "File": "original_file",
    "Loaded Setting File": "settings_file",
}
MASSES = ("Mass of active material", "Characteristic mass")
TO_MG = {"mg": 1.0, "g": 1e3, "ug": 1e-3, "μg": 1e-3, "µg": 1e-3}
UNTOUCHED = 0.001
"""Mass and area that EC-Lab writes, in their unit, where nobody typed one."""

NOTHING = ("NONE", "<None>")
MILLI = 1e3
TITLE_LINES = 2


def technique(lines: Sequence[str]) -> str:
    """Return the name of the technique: the first line after the two of the title."""
    named = (line.strip() for line in lines[TITLE_LINES:] if line.strip())
    first = next(named, "")
    return "" if ":" in first or _is_setting(first) else clean_text(first, 100)


def header_facts(lines: Sequence[str]) -> tuple[dict[str, object], list[Notice]]:
    """Return metadata and notices of the lines above the column headings."""
    pairs: dict[str, str] = {}
    for line in lines:
        name, colon, text = line.partition(" : ")
        if colon:
            pairs.setdefault(name.strip(), text.strip())
    settings = _settings(lines)
    day, _, clock = pairs.get("Acquisition started on", "").partition(" ")
    start, notices = start_of(day, clock.strip(), month_first=True)
    name = technique(lines)
    metadata: dict[str, object] = {"technique": name} if name else {}
    metadata |= facts(pairs, NAMES) | start | _channel(pairs) | _version(lines)
    metadata |= _mass(pairs) | _area(pairs) | _scan_rate(settings)
    metadata |= quantity(settings.get("Va (mV)"), "amplitude_peak_mv")
    return {key: value for key, value in metadata.items() if value not in NOTHING}, notices


def _is_setting(line: str) -> bool:
    return re.search(r"\S {2,}\S", line) is not None


def _settings(lines: Sequence[str]) -> dict[str, str]:
    """Return the settings of the first sequence: name, spaces, value in columns of 20 letters."""
    settings: dict[str, str] = {}
    for line in lines:
        name, value = line[:20].strip(), line[20:40].strip()
        if name and value and ":" not in name:
            settings.setdefault(name, value)
    return settings


def _channel(pairs: dict[str, str]) -> dict[str, object]:
    found = re.match(r"(\S+)(?:\s+\(SN (\w+)\))?", pairs.get("Run on channel", ""))
    if not found:
        return {}
    names = ("channel", "channel_serial_number")
    return {name: text for name, text in zip(names, found.groups(), strict=True) if text}


def _version(lines: Sequence[str]) -> dict[str, object]:
    text = "\n".join(lines)
    found = re.search(r"(EC|BT)-Lab for windows v(\S+)", text, re.IGNORECASE)
    firmware = re.search(r"Internet server v(\S+)", text)
    versions: dict[str, object] = {}
    if found:
        versions["software"] = f"{found[1].upper()}-Lab {found[2]}"
    if firmware:
        versions["firmware_version"] = firmware[1]
    return versions


def _mass(pairs: dict[str, str]) -> dict[str, object]:
    """Return the active mass in mg, if somebody typed one."""
    for name in MASSES:
        value, _, unit = pairs.get(name, "").partition(" ")
        found = number(value)
        if found is not None and found > UNTOUCHED and unit.strip() in TO_MG:
            return {"active_mass_in_file_mg": round(found * TO_MG[unit.strip()], 9)}
    return {}


def _area(pairs: dict[str, str]) -> dict[str, object]:
    """Return the area in cm2, if somebody typed one."""
    value, _, unit = pairs.get("Electrode surface area", "").partition(" ")
    found = number(value)
    typed = found is not None and found > UNTOUCHED and unit.strip().startswith("cm")
    return {"area_in_file_cm2": found} if typed else {}


def _scan_rate(settings: dict[str, str]) -> dict[str, object]:
    factor = {"mV/s": 1.0, "V/s": MILLI, "mV/mn": 1 / 60}.get(settings.get("dE/dt unit", ""))
    return quantity(settings.get("dE/dt"), "scan_rate_mv_s", factor) if factor else {}
