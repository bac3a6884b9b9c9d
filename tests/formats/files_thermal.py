"""Small texts of thermal analysis in the layouts of the vendors.

One film: heated at 10 K/min from -100 degC, a glass transition at -68.5 degC, endothermic down;
one salt: heated from 30 degC, loses 40 % of 10 mg around 325 degC.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.formats.files_texts import write

CELSIUS = np.round(np.arange(-100.0, 0.5, 2.0), 3)
MINUTES = np.round((CELSIUS + 100.0) / 10.0, 5)
WATTS_A_GRAM = np.round(-0.1 - 0.05 / (1 + np.exp(-(CELSIUS + 68.5) / 3.0)), 6)
SALT_CELSIUS = np.round(np.arange(30.0, 600.5, 10.0), 3)
SALT_MINUTES = np.round((SALT_CELSIUS - 30.0) / 10.0, 5)
SALT_MG = np.round(10.0 - 4.0 / (1 + np.exp(-(SALT_CELSIUS - 325.0) / 8.0)), 6)
FILM_MG = 5.0

NETZSCH_HEADER = [
    "#EXPORTTYPE:DATA SINGLE",
    "#FILE:film.ngb-sd8",
    "#FORMAT:NETZSCH5",
    "#FTYPE:ANSI",
    "#IDENTITY:2026-17",
    "#DECIMAL:{decimal}",
    "#SEPARATOR:SEMICOLON",
    "#MTYPE:DSC",
    "#INSTRUMENT:NETZSCH DSC 200F3",
    "#DATE/TIME:25.01.2026 09:30",
    "#OPERATOR:mk",
    "#SAMPLE:film",
    "#SAMPLE MASS /mg:{mass}",
    "#PURGE 1 MFC:NITROGEN",
    "#EXO:1",
    "#RANGE:-100°C/10.0(K/min)/0°C",
    "#SEGMENT:S3/4",
    "#SEG. 3:-100°C/10.0(K/min)/0°C",
    "",
]


def netzsch_lines(*, decimal: str = ".", signal: str = "DSC/(mW/mg)") -> list[str]:
    word = "COMMA" if decimal == "," else "POINT"
    header = [
        line.format(decimal=word, mass=str(FILM_MG).replace(".", decimal))
        for line in NETZSCH_HEADER
    ]
    rows = [
        f"{t:9.5f};{m:9.5f};{q:9.6f}".replace(".", decimal)
        for t, m, q in zip(CELSIUS, MINUTES, WATTS_A_GRAM, strict=True)
    ]
    return [*header, f"##Temp./°C;Time/min;{signal}", *rows]


def netzsch(folder: Path) -> Path:
    return write(folder / "film.txt", netzsch_lines(), encoding="latin-1", end="\r\n")


def netzsch_commas(folder: Path) -> Path:
    return write(folder / "film.txt", netzsch_lines(decimal=","), encoding="utf-16")


def universal_lines(*, exotherm: str = "Exotherm\tUp", heat: str = "Heat Flow (W/g)") -> list[str]:
    marked = [f"{-1.0:.6f}\t{-100.0:.3f}\t0.0"]
    heating = [
        f"{m + 20:.6f}\t{t:.3f}\t{q:.6f}"
        for t, m, q in zip(CELSIUS, MINUTES, WATTS_A_GRAM, strict=True)
    ]
    return [
        "CLOSED",
        "Version\t2.0",
        "Run\t17",
        "Instrument\tDSC Q2000 V24.11",
        "Module\tDSC Standard Cell RC",
        "Sample\tfilm",
        "Size\t5.00000\tmg",
        "Operator\tmk",
        "Xcomment\tPan: Tzero  Gas1: Nitrogen 50.0 ml/min",
        exotherm,
        "Nsig\t3",
        "Sig1\tTime (min)",
        "Sig2\tTemperature (øC)",
        f"Sig3\t{heat}",
        "Date\t25-Jan-26",
        "Time\t09:30",
        "OrgFile\tC:\\TA\\film.001",
        "StartOfData",
        *marked,
        *heating,
        *marked,
    ]


def universal(folder: Path) -> Path:
    return write(folder / "film.txt", universal_lines(), encoding="latin-1")


def universal_utf16(folder: Path) -> Path:
    return write(folder / "film.txt", universal_lines(), encoding="utf-16")


def trios_lines(separator: str = "\t") -> list[str]:
    header = [
        ("Filename", "C:\\data\\film.tri"),
        ("Instrument name", "DSC2500"),
        ("Operator", "mk"),
        ("rundate", "1/25/2026 9:30:00 AM"),
        ("Sample name", "film"),
        ("proceduresegments", "Ramp"),
        ("[Procedure]", ""),
        ("Sample Mass", "5.00 mg"),
        ("[Configuration]", ""),
        ("Exotherm Direction", "Up"),
    ]
    steps = []
    for end, part in (("-50.00", slice(0, 26)), ("0.00", slice(26, None))):
        rows = zip(MINUTES[part], CELSIUS[part], WATTS_A_GRAM[part], strict=True)
        steps += [
            ["[step]"],
            [f"Ramp 10.00 °C/min to {end} °C"],
            ["Time", "Temperature", "Heat Flow (Normalized)"],
            ["min", "°C", "W/g"],
            *([f"{m:.5f}", f"{t:.3f}", f"{q:.6f}"] for m, t, q in rows),
            [],
        ]
    return [separator.join(cells) for cells in [*header, *steps]]


def trios(folder: Path) -> Path:
    return write(folder / "film.txt", trios_lines())


def trios_csv(folder: Path) -> Path:
    return write(folder / "film.csv", trios_lines(","), encoding="utf-8-sig")


def pyris_lines() -> list[str]:
    rows = [
        f"\t{m:.6f}\t{w:.6f}\t0.000000\t{t:.6f}\t{t - 1:.6f}\t20.000000 "
        for m, w, t in zip(SALT_MINUTES, SALT_MG, SALT_CELSIUS, strict=True)
    ]
    return [
        "Filename:\tC:\\Pyris\\salt.tg4d ",
        "Operator ID:\tmk ",
        "Sample ID:\tsalt ",
        "Serial Number:\t0042 ",
        "Data Collected:\t25.01.2026 09:30:00 ",
        "Sample Weight:\t10.000 mg ",
        "Initial Conditions ",
        "Temperature:\t 30.00 °C ",
        f"Total Points in Run:\t{len(rows)} ",
        "Switch the Gas to Nitrogen at 20.0 ml/min  ",
        "1)\tHold for 1.0 min at 30.00°C ",
        "2)\tHeat from 30.00°C to 600.00°C at 10.00°C/min ",
        " ",
        "1) TGA Isothermal ",
        "\tTime     \tUnsubtracted\tBaseline     \tProgram     \tSample     \tApprox. ",
        "\t          \tWeight     \tWeight     \tTemperature\tTemperature\tGas Flow ",
        *rows[:1],
        "2) TGA Temperature Scan ",
        *rows[1:],
    ]


def pyris(folder: Path) -> Path:
    return write(folder / "salt.txt", pyris_lines(), end="\r\n")


def pyris_csv(folder: Path) -> Path:
    headings = (
        "Time,Unsubtracted Heat Flow,Baseline Heat Flow,Program Temperature,Sample Temperature,"
        "Approx. Gas Flow, "
    )
    rows = [
        f"{m:.6f},{q * FILM_MG:.6f},0.0,{t:.3f},{t:.3f},20.0, "
        for m, t, q in zip(MINUTES, CELSIUS, WATTS_A_GRAM, strict=True)
    ]
    return write(folder / "film.csv", [headings, *rows])


def star_curve(name: str, unit: str, values: Sequence[float]) -> list[str]:
    head = f"{'Index':>15}{'t':>15}{'Ts':>15}{'Tr':>15}{'Value':>15}"
    units = f"{'[s]':>30}{'[°C]':>15}{'[°C]':>15}{f'[{unit}]':>15}"
    rows = [
        f"{at:>15}{m * 60:>15.4f}{t:>15.3f}{t + 1:>15.3f}{value:>15.6f}"
        for at, (m, t, value) in enumerate(zip(SALT_MINUTES, SALT_CELSIUS, values, strict=True))
    ]
    performed = "  Performed 25.01.2026 09:30:00"
    return [
        "Curve Name:",
        "  salt",
        performed,
        f"  {name}",
        "Curve Values:",
        head,
        units,
        *rows,
        "",
    ]


def star_lines() -> list[str]:
    return [
        "Title                                                           26.01.2026 15:28",
        "_" * 80,
        "",
        *star_curve("Sample Weight", "mg", SALT_MG.tolist()),
        "Results:",
        "Sample:",
        "  salt, 10.0000 mg",
        "Adjustment:",
        "    TGA/LF, adjusted 18.01.2016 16:59:57",
        "",
        *star_curve("Heatflow", "mW", (SALT_MG - 10.0).tolist()),
        "Not signed                                                        STARe SW 16.00",
    ]


def star(folder: Path) -> Path:
    return write(folder / "salt.txt", star_lines(), encoding="latin-1", end="\r\n")


def calisto(folder: Path) -> Path:
    headings = "Time (s);Furnace Temperature (°C);Sample Temperature (°C);TG (mg);HeatFlow (mW)"
    rows = [
        f"{m * 60:.1f};{t + 4:.3f};{t:.3f};{w:.6f};{-12.3 + t / 1000:.4f}".replace(".", ",")
        for m, t, w in zip(SALT_MINUTES, SALT_CELSIUS, SALT_MG, strict=True)
    ]
    return write(folder / "salt.csv", [headings, *rows], encoding="latin-1")


def endo_up(folder: Path) -> Path:
    rows = [
        f"{t + 273.15:.3f}, {-q * FILM_MG * 1e3:.4f}"
        for t, q in zip(CELSIUS, WATTS_A_GRAM, strict=True)
    ]
    return write(folder / "film.csv", ["Temperature (K), Heat Flow Endo Up (µW)", *rows])


SAMPLES = {
    "netzsch": ("netzsch", netzsch),
    "netzsch in UTF-16 with decimal commas": ("netzsch", netzsch_commas),
    "universal analysis": ("ta_instruments", universal),
    "universal analysis in UTF-16": ("ta_instruments", universal_utf16),
    "trios": ("ta_instruments", trios),
    "trios csv": ("ta_instruments", trios_csv),
    "pyris": ("perkinelmer", pyris),
    "pyris csv": ("perkinelmer", pyris_csv),
    "star": ("mettler", star),
    "calisto": ("thermal_csv", calisto),
    "heat flow endo up": ("thermal_csv", endo_up),
}
