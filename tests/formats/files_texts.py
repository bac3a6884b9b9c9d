"""Small texts in the layouts of further vendors, and the sweeps that all samples hold."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.formats.files import FREQUENCY_HZ, IMPEDANCE_OHM

POINTS = list(zip(FREQUENCY_HZ, IMPEDANCE_OHM, strict=True))
SWEEP_V = np.round(np.concatenate([np.arange(21) * 0.1, np.arange(19, -1, -1) * 0.1]), 6)
SWEEP_A = 1e-5 * np.sign(np.diff(SWEEP_V, prepend=-0.1)) + 2e-6 * SWEEP_V
"""A capacitor with a leak: a cyclic voltammogram from 0 to 2 V and back at 100 mV/s."""


def write(path: Path, lines: Sequence[str], *, encoding: str = "utf-8", end: str = "\n") -> Path:
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path


def chi_lines(technique: str = "A.C. Impedance") -> tuple[list[str], list[str]]:
    """Header with headings, and rows."""
    header = [
        "Jan. 25, 2026   09:00:00",
        technique,
        "File: c:\\data\\film.bin",
        "Data Source:  Experiment",
        "Instrument Model:  CHI660E",
        "Header: ",
        "Note: RC element",
        "",
        "Init E (V) = 0.5",
        "Amplitude (V) = 0.005",
        "",
        "Freq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, Phase/deg",
        "",
    ]
    rows = [
        f"{f:.9e}, {z.real:.9e}, {z.imag:.9e}, {abs(z):.9e}, {np.degrees(np.angle(z)):.1f}"
        for f, z in POINTS
    ]
    return header, rows


def chi(folder: Path) -> Path:
    header, rows = chi_lines()
    return write(folder / "film.txt", [*header, *rows])


def powersuite(folder: Path) -> Path:
    rows = [f"{f:.9g}\t {z.real:.9g}\t {z.imag:.9g}" for f, z in POINTS]
    return write(folder / "film.txt", ["Frequency\t Zre\t Zimg", *rows], end="\r\r\n")


def nova_spectrum(folder: Path) -> Path:
    headings = "Index;Frequency (Hz);Z' (Ω);-Z'' (Ω);Z (Ω);-Phase (°);Time (s)"
    rows = [
        f"{at + 1};{f:.9g};{z.real:.9g};{-z.imag:.9g};{abs(z):.9g}"
        f";{-np.degrees(np.angle(z)):.9g};{at}".replace(".", ",")
        for at, (f, z) in enumerate(POINTS)
    ]
    return write(folder / "film.txt", [headings, *rows], encoding="utf-8-sig")


def nova_voltammogram(folder: Path) -> Path:
    headings = (
        "Potential applied (V)\tTime (s)\tWE(1).Current (A)\tWE(1).Potential (V)\tScan\tIndex"
    )
    rows = [
        f"{SWEEP_V[at]:.6g}\t{at}\t{SWEEP_A[at]:.9g}\t{SWEEP_V[at]:.6g}\t1\t{at + 1}"
        for at in range(41)
    ]
    return write(folder / "cv.txt", [headings, *rows])


def ivium(folder: Path) -> Path:
    rows = [f"{60.0 * at}\t{0.5 if at else 0.0}\t{3 + at / 1000}" for at in range(20)]
    return write(folder / "rest.txt", ["time /s\tI /mA\tE /V", *rows])


def relaxis(folder: Path) -> Path:
    rows = [
        f"{f:.9g}\t{z.real:.9g}\t{z.imag:.9g}\t{abs(z):.9g}\t{np.degrees(np.angle(z)):.9g}"
        for f, z in POINTS
    ]
    lines = [
        "RelaxIS 3.0 Spectrum export",
        "Date: 1/25/2026 9:00:00 AM",
        "Data: Frequency\tData: Z'\tData: Z''\tData: |Z|\tData: Theta (Z)",
        "DC=-0.08, TM=33.7, J=-5E-6, FV2=1\tModel: Unassigned Spectra\tfilm\t\t",
        *rows,
    ]
    return write(folder / "film.txt", lines)


VERSASTUDIO_HEADINGS = (
    "Segment #, Point #, E(V), I(A), Elapsed Time(s), Status, Frequency(Hz), Z Real, Z Imag"
)


def versastudio_lines(action: str, rows: Sequence[str]) -> list[str]:
    return [
        "<Application>",
        "Name=VersaStudio",
        "Version=2.52.3.0",
        "</Application>",
        "<Action0>",
        "Working Electrode Area (cm2)=2.0106",
        "Mass (g)=0.00125",
        "Name=Common",
        "</Action0>",
        "<Instrument>",
        "Type=VersaSTAT4",
        "SN=1",
        "</Instrument>",
        "<Experiment>",
        "TimeAcquired=9:00:00 PM",
        "DateAcquired=Monday, January 5, 2026",
        "</Experiment>",
        "<Action1>",
        "Amplitude (mV RMS)=20",
        f"Name={action}",
        "</Action1>",
        "<Segment1>",
        "Type=2",
        "Version=3",
        f"Definition={VERSASTUDIO_HEADINGS}",
        *rows,
        "</Segment1>",
        "<Graph1>",
        "Type=Unknown",
        "</Graph1>",
    ]


def versastudio_rows() -> list[str]:
    return [
        f"0,{at},0.5,-1E-06,{at + 1},53,{f:.9g},{z.real:.9g},{z.imag:.9g}"
        for at, (f, z) in enumerate(POINTS)
    ]


def versastudio_eis(folder: Path) -> Path:
    lines = versastudio_lines("Potentiostatic EIS", versastudio_rows())
    return write(folder / "film.par", lines, end="\r\n")


def versastudio_cv(folder: Path) -> Path:
    rows = [f"0,{at},{SWEEP_V[at]:.6g},{SWEEP_A[at]:.9g},{at},0,0,0,0" for at in range(41)]
    return write(folder / "cv.par", versastudio_lines("Cyclic Voltammetry", rows))
