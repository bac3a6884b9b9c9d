"""Scattering curves in the layouts of their programs; one curve, q in 1/Å."""

from pathlib import Path

from tests.formats.files_texts import write

CURVE = [(0.01, 120.0, 1.5), (0.02, 250.0, 2.5), (0.03, 90.0, 1.0), (0.04, 30.0, 0.5)]
"""q (1/Å), intensity and its uncertainty."""


def cansas_lines(*units: str, version: str = "1.1") -> list[str]:
    """One SASdata for each unit of q, "1/A" or "1/nm"."""
    lines = [
        '<?xml version="1.0"?>',
        f'<SASroot version="{version}" xmlns="urn:cansas1d:{version}">',
        "<SASentry><Title>x = 0.8</Title><Run>83589</Run>",
    ]
    for unit in units:
        factor = {"1/A": 1.0, "1/nm": 10.0}.get(unit, 1.0)
        points = [
            f'<Idata><Q unit="{unit}">{q * factor:.6g}</Q><I unit="1/cm">{i}</I>'
            f'<Idev unit="1/cm">{u}</Idev><Qdev unit="{unit}">{0.001 * factor:.6g}</Qdev></Idata>'
            for q, i, u in CURVE
        ]
        lines += ["<SASdata>", *points, "</SASdata>"]
    return [
        *lines,
        '<SASsample><ID>film 12</ID><temperature unit="K">298.15</temperature></SASsample>',
        '<SASinstrument><name>LOQ</name><SASsource><wavelength unit="nm">0.5</wavelength>',
        "</SASsource></SASinstrument></SASentry></SASroot>",
    ]


def cansas(folder: Path) -> Path:
    return write(folder / "film.xml", cansas_lines("1/A", "1/nm"))


def text_lines(heading: str, separator: str, factor: float = 1.0) -> list[str]:
    rows = [separator.join(f"{cell:.6g}" for cell in (q * factor, i, u)) for q, i, u in CURVE]
    return [heading, *rows]


def brad(folder: Path) -> Path:
    return write(folder / "film.Q", text_lines("Q (A-1), I0(80_1.004),I0(err)", ",  "))


def pyfai(folder: Path) -> Path:
    lines = ["# == pyFAI calibration ==", *text_lines("#  q_nm^-1   I   sigma", "  ", 10.0)]
    return write(folder / "film.dat", lines)


def nist_lines() -> list[str]:
    heading = (
        "The 6 columns are | Q (1/A) | I(Q) (1/cm) | std. dev. I(Q) (1/cm) | sigmaQ | meanQ | "
        "ShadowFactor|"
    )
    rows = [f"{q:12.4g}{i:12.4g}{u:12.4g}{0.002:12.4g}{q:12.4g}{1:4d}" for q, i, u in CURVE]
    return ["FILE: SILIC010.DAT", "LABEL: film 12", heading, *rows]


def nist(folder: Path) -> Path:
    return write(folder / "film.ABS", nist_lines())


def colette_lines(points: int = len(CURVE)) -> list[str]:
    return [
        " LOQ Wed  4-JUN-2003 14:21 SAMPLE: 98929     EMPTY CAN: 98931 used /FLAT",
        " Wav  2.20 >  10.00 Phi   45.0 >   180.0 Rad  38.0 >  419.0  Scaled* 0.970",
        f"  {points}    0    0    0    1  {points}    0",
        "         0         0         0         0",
        " 3 (F12.5,2E16.6)",
        *(f"{q:12.5f}{i:16.6E}{u:16.6E}" for q, i, u in CURVE),
    ]


def colette(folder: Path) -> Path:
    return write(folder / "film.LOQ", colette_lines())


DESCRIPTION = [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<fileinfo version="3.50">',
    '<column key="X"><value key="unit">n_m^-1</value></column>',
    '<column key="Y"><value key="unit">u_m^-2</value></column>',
    '<parameter key="Temperature"><value key="value">30</value>'
    '<value key="unit">degC</value></parameter>',
    '<parameter key="Wavelength"><value key="value">0.1542</value>'
    '<value key="unit">n_m</value></parameter>',
    "</fileinfo>",
]


def pdh_lines(*, points: int = len(CURVE), wavelength: float = 0.1542) -> list[str]:
    """A curve in 1/nm without description."""
    return [
        "film 12",
        "SAXS BOX",
        f"{points:9d}" + f"{0:10d}" * 7,
        "".join(f"{real:14.6E} " for real in (0, 261.2, 0, 1, wavelength)),
        "".join(f"{real:14.6E} " for real in (30, 5.6, 0, 0, 0)),
        *(f"{10 * q:14.6E} {i:14.6E} {u:14.6E} " for q, i, u in CURVE),
    ]


def pdh(folder: Path) -> Path:
    return write(folder / "film.pdh", [*pdh_lines(), *DESCRIPTION], end="\r\n")


SAMPLES = {
    "cansas": ("cansas_xml", cansas),
    "saxs with commas": ("saxs_text", brad),
    "saxs of pyFAI": ("saxs_text", pyfai),
    "sans of NIST": ("saxs_text", nist),
    "loq": ("colette", colette),
    "pdh": ("pdh", pdh),
}
