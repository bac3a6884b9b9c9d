"""Raman Open Database .rod: a Raman spectrum as CIF text.

Read are the loop of shift (1/cm by its dictionary) and intensity, and the facts of the measurement.
Source: dictionary cif_raman, https://solsa.crystallography.net/rod/
"""

import re
from pathlib import Path

import numpy as np

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._checks import Source, short_list
from measurements.formats._spectra import PER_CM, joined, spectrum
from measurements.formats._text import Grid, decode, facts, numeric, quantity, read_grid

SHIFT, INTENSITY = "_raman_spectrum.raman_shift", "_raman_spectrum.intensity"
LOOP = "loop_"
TAG = re.compile(r"_\S+")
ITEM = re.compile(r"(_\S+)\s+(?:'(.*)'|\"(.*)\"|(\S.*?))\s*")
DEVICE = "_raman_measurement_device"
FACTS = {
    "_chemical_name_mineral": "sample_name",
    "_chemical_compound_source": "sample_source",
    f"{DEVICE}.company": "instrument",
    f"{DEVICE}.model": "instrument_model",
    "_journal_paper_doi": "doi",
    "_rod_database.code": "database_code",
}
QUANTITIES = {
    f"{DEVICE}.excitation_laser_wavelength": "laser_nm",
    f"{DEVICE}.resolution": "resolution_cm1",
    "_raman_measurement.integration_time": "acquisition_time_s",
}


def sniff(sample: Sample) -> bool:
    """Tell CIF text with Raman items by its data block and one of their names."""
    text = decode(sample.head)
    return re.search(r"^data_\S", text, re.MULTILINE) is not None and "\n_raman_" in text


def read(path: Path) -> Reading:
    """Read the spectrum; FormatError where the loop lacks or a line of it is cut off."""
    lines = [line.strip() for line in decode(path.read_bytes()).splitlines()]
    source = Source(path.name, "line")
    at = next((at for at, line in enumerate(lines) if line == SHIFT), len(lines))
    begin = at
    while begin > 0 and lines[begin - 1] != LOOP and TAG.fullmatch(lines[begin - 1]):
        begin -= 1
    end = at
    while end < len(lines) and TAG.fullmatch(lines[end]):
        end += 1
    tags = tuple(lines[begin:end])
    if SHIFT not in tags or INTENSITY not in tags:
        raise FormatError(
            f"{path.name} lacks the loop of a spectrum",
            place="its loops",
            found=short_list(tags) or "none of a spectrum",
            expected=f"{SHIFT}, {INTENSITY}",
            code="E_COLUMNS_MISSING",
        )
    rows = _rows(lines[end:])
    grid = Grid(Source(path.name, "line", end + 1), tags, "\t")
    table = read_grid(grid, rows)
    x, y = (np.asarray(numeric(grid, table[tag]), np.float64) for tag in (SHIFT, INTENSITY))
    header = {
        match[1]: match[2] or match[3] or match[4] or ""
        for match in map(ITEM.fullmatch, lines[:begin])
        if match
    }
    metadata = facts(header, FACTS)
    for tag, name in QUANTITIES.items():
        metadata |= quantity(header.get(tag), name)
    points = Source(source.name, "point")
    found = spectrum(points, columns.RAMAN, (PER_CM, 1.0), x, "intensity", y)
    return joined(points, [found], metadata=metadata)


def _rows(lines: list[str]) -> list[str]:
    """Return the lines of the loop, up to the next item, as cells between tabs."""
    end = next(
        (at for at, line in enumerate(lines) if line.startswith(("_", "#", LOOP, "data_"))),
        len(lines),
    )
    return ["\t".join(line.split()) for line in lines[:end]]


FORMAT = Format(
    name="rod",
    title="Raman Open Database .rod",
    suffixes=(".rod",),
    kinds=(columns.RAMAN,),
    sniff=sniff,
    read=read,
)
