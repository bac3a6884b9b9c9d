"""Small files in the vendors' layouts, written by the tests: no real file is copied."""

import struct
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from labsite.demo.neware import write_ndax
from labsite.demo.zplot import write_zplot
from measurements import columns

FREQUENCY_HZ = np.logspace(5, 0, 26)
IMPEDANCE_OHM = 20.0 + 1.0 / (1 / 150.0 + 2e-6j * np.pi * FREQUENCY_HZ)
"""20 ohm in series with 150 ohm parallel to 1 uF."""

ZVIEW_HEADINGS = (
    "\"  Freq (Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range\""
)
ZPLOT_HEADINGS = "  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange"

LABELS = {
    columns.TEST_TIME: "Test Time / s",
    columns.VOLTAGE: "Voltage / V",
    columns.CURRENT: "Current / A",
    columns.CYCLE: "Cycle Count / 1",
    columns.STEP: "Step Count / 1",
    columns.STEP_TYPE: "Step Type",
    columns.STEP_CHARGING_CAPACITY: "Step Charging Capacity / Ah",
    columns.STEP_DISCHARGING_CAPACITY: "Step Discharging Capacity / Ah",
}

NDA_HEADER_BYTES = 2048
NDA_INFO_BYTES = 503
NDA_RECORD_BYTES = 86


def cycling_frame(cycles: int = 3, points: int = 40) -> pd.DataFrame:
    """A test of 1 mA: charge (CC, then CV), discharge and rest in each cycle, whole seconds."""
    rows = []
    time = 0.0
    step = 0
    for cycle in range(1, cycles + 1):
        for kind, current in (("CC_CHG", 1e-3), ("CV_CHG", 5e-4), ("CC_DCH", -1e-3), ("REST", 0.0)):
            step += 1
            for second in range(points):
                charge = abs(current) * second / 3600
                rows.append(
                    {
                        columns.TEST_TIME: time + second,
                        columns.VOLTAGE: 3.0 + 400 * current + 0.001 * second,
                        columns.CURRENT: current,
                        columns.CYCLE: cycle,
                        columns.STEP: step,
                        columns.STEP_TYPE: kind,
                        columns.STEP_CHARGING_CAPACITY: charge if current > 0 else 0.0,
                        columns.STEP_DISCHARGING_CAPACITY: charge if current < 0 else 0.0,
                    }
                )
            time += points - 1
    return pd.DataFrame(rows)


def ndax(folder: Path) -> Path:
    path = folder / "cell.ndax"
    write_ndax(path, cycling_frame(), barcode="EC-2026-0001", active_mass_mg=1.25)
    return path


def nda(folder: Path, records: int = 30) -> Path:
    """An .nda of version 29: a charge and a discharge step of 10 mA, one record a second."""
    info_at = NDA_HEADER_BYTES
    data_at = info_at + NDA_INFO_BYTES
    head = bytearray(NDA_HEADER_BYTES)
    head[:15] = b"NEWARE20200325\x1d"
    struct.pack_into("<2I", head, 24, info_at, NDA_INFO_BYTES)
    struct.pack_into("<2I", head, 64, data_at, records * NDA_RECORD_BYTES)
    struct.pack_into("<I", head, 152, 1500)
    info = bytearray(NDA_INFO_BYTES)
    for at, text in ((37, "2026-01-05 09:00:00"), (77, "Müller"), (343, "EC-2026-0002")):
        raw = text.encode("gb2312")
        info[at : at + len(raw)] = raw
    data = b"".join(_nda_record(number, records) for number in range(records))
    path = folder / "cell.nda"
    path.write_bytes(bytes(head + info) + data)
    return path


def _nda_record(number: int, records: int) -> bytes:
    half = records // 2
    step, second = divmod(number, half)
    sign = 1 - 2 * step
    capacity = 10 * second * 1000  # 10 mA for some seconds, in units of 1e-3 mAs
    return struct.pack(
        "<BBIIHBBQii8xqqqqHBBBBBxii",
        0x55,
        0,
        number + 1,
        0,
        step + 1,
        step + 1,
        step + 1,
        1000 * second,
        36500 + 10 * second,
        sign * 10_000,
        capacity * (step == 0),
        capacity * (step == 1),
        0,
        0,
        2026,
        1,
        5,
        9,
        0,
        number % 60,
        10,
        0,
    )


def zplot(folder: Path) -> Path:
    path = folder / "film.z"
    write_zplot(path, FREQUENCY_HZ, IMPEDANCE_OHM, comment="RC element", area_cm2=2.0106)
    return path


def zplot_lines(folder: Path) -> tuple[list[str], list[str]]:
    """Header and data lines of a ZPLOT2 file."""
    lines = zplot(folder).read_text().splitlines()
    end = lines.index("End Comments") + 1
    return lines[:end], lines[end:]


def zview(folder: Path) -> Path:
    """A file as ZView writes it: quoted header, commas, four-digit exponents, CRLF."""
    header = [
        '"ZView Calculated Data File: Version 1.1"',
        '"Raw Data"',
        '"Sweep Frequency: Control Voltage"',
        '"Date: 1-5-2026     "Time: 9:0:0"',
        '"Synthetic"',
        '"RC element"',
        '"film_zview.z"',
        '"Frequency"',
        "0,2,0,1,1.00000E+00,1.00000E+05",
        str(FREQUENCY_HZ.size),
        ZVIEW_HEADINGS,
    ]
    path = folder / "film_zview.z"
    path.write_text("\r\n".join([*header, *_zview_rows()]) + "\r\n", newline="")
    return path


def _zview_rows() -> list[str]:
    numbers = (
        (frequency, 0.0, 0.0, float(at), z.real, z.imag, 0.0)
        for at, (frequency, z) in enumerate(zip(FREQUENCY_HZ, IMPEDANCE_OHM, strict=True))
    )
    return [" " + ",  ".join(_long_exponent(value) for value in row) + ", 0, 0" for row in numbers]


def _long_exponent(value: float) -> str:
    mantissa, exponent = f"{value:.9E}".split("E")
    return f"{mantissa}E{exponent[0]}{exponent[1:]:0>4}"


def zplot_without_header(folder: Path) -> Path:
    _, data = zplot_lines(folder)
    path = folder / "film_bare.z"
    path.write_text("\n".join([ZPLOT_HEADINGS, *data]) + "\n")
    return path


def bdf_csv_cycling(folder: Path) -> Path:
    path = folder / "cell.bdf.csv"
    cycling_frame().rename(columns=LABELS).to_csv(path, index=False)
    return path


def bdf_csv_impedance(folder: Path) -> Path:
    path = folder / "film.bdf.csv"
    impedance_frame().to_csv(path, index=False)
    return path


def bdf_parquet(folder: Path) -> Path:
    path = folder / "cell.bdf.parquet"
    cycling_frame().to_parquet(path, index=False)
    return path


def impedance_frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            columns.FREQUENCY: FREQUENCY_HZ,
            columns.REAL_IMPEDANCE: IMPEDANCE_OHM.real,
            columns.IMAGINARY_IMPEDANCE: IMPEDANCE_OHM.imag,
        }
    )


def zip_of(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


SAMPLES = {
    "ndax": ("neware", ndax),
    "nda": ("neware", nda),
    "zplot": ("zplot", zplot),
    "zview": ("zplot", zview),
    "zplot without header": ("zplot", zplot_without_header),
    "bdf csv, cycling": ("bdf_csv", bdf_csv_cycling),
    "bdf csv, impedance": ("bdf_csv", bdf_csv_impedance),
    "bdf parquet": ("bdf_parquet", bdf_parquet),
}
"""Name of a sample -> format that must recognise it, writer."""
