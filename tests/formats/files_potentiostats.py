"""Small files of potentiostats in the vendors' layouts, written by the tests."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.formats.files_texts import (
    POINTS,
    SWEEP_A,
    SWEEP_V,
    chi,
    ivium,
    nova_spectrum,
    nova_voltammogram,
    powersuite,
    relaxis,
    versastudio_cv,
    versastudio_eis,
    write,
)

DEGREE = "°"


def gamry_lines(tag: str, *tables: Sequence[str]) -> list[str]:
    header = [
        "EXPLAIN",
        f"TAG\t{tag}",
        "TITLE\tLABEL\tTest of the reader\tTest &Identifier",
        "DATE\tLABEL\t1/25/2026\tDate",
        "TIME\tLABEL\t09:00:00\tTime",
        "NOTES\tNOTES\t2\t&Notes...",
        "\tRC element",
        "\tsecond line",
        "PSTAT\tPSTAT\tREF600-00001\tPotentiostat",
        "VAC\tQUANT\t1.00000E+001\tAC &Voltage (mV rms)",
        "AREA\tQUANT\t2.01060E+000\t&Area (cm^2)",
        "SCANRATE\tQUANT\t1.00000E+002\t&Scan Rate (mV/s)",
        "EOC\tQUANT\t0.125\tOpen Circuit (V)",
        "CONVENTION\tIQUANT\t1\tCurrent Convention",
        "FRAMEWORKVERSION\tLABEL\t7.8.4\tFramework Version",
    ]
    return [*header, *(line for table in tables for line in table)]


def gamry_spectrum(factor: float = 1.0) -> list[str]:
    rows = [
        f"\t{at}\t{at + 1}\t{f:.9g}\t{z.real * factor:.9g}\t{z.imag * factor:.9g}\t1"
        f"\t{abs(z) * factor:.9g}\t{np.degrees(np.angle(z)):.9g}\t1E-009\t0.5\t9"
        for at, (f, z) in enumerate(POINTS)
    ]
    return [
        "ZCURVE\tTABLE",
        "\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\tIdc\tVdc\tIERange",
        f"\t#\ts\tHz\tohm\tohm\tV\tohm\t{DEGREE}\tA\tV\t#",
        *rows,
    ]


def gamry_open_circuit(name: str = "OCVCURVE", points: int = 5) -> list[str]:
    return [
        f"{name}\tTABLE\t{points}",
        "\tPt\tT\tVf\tVm\tAch\tOver\tTemp",
        "\t#\ts\tV vs. Ref.\tV\tV\tbits\tdeg C",
        *(
            f"\t{at}\t{0.25 * (at + 1)}\t{0.1 + at / 100:.5E}\t0.1\t0.2\t..........a\t-327.6"
            for at in range(points)
        ),
    ]


def gamry_curve(name: str, first: int, last: int) -> list[str]:
    return [
        f"{name}\tTABLE",
        "\tPt\tT\tVf\tIm\tVu\tSig\tOver",
        "\t#\ts\tV vs. Ref.\tA\tV\tV\tbits",
        *(
            f"\t{at}\t{at:.6g}\t{SWEEP_V[at]:.5E}\t{SWEEP_A[at]:.8E}\t0\t0\t..........."
            for at in range(first, last)
        ),
    ]


def gamry_eis(folder: Path) -> Path:
    lines = gamry_lines("EISPOT", gamry_open_circuit(), gamry_spectrum())
    return write(folder / "film.DTA", lines, encoding="latin-1")


def gamry_several(folder: Path) -> Path:
    second = ["ZCURVE2\tTABLE", *gamry_spectrum(1.5)[1:]]
    return write(folder / "loop.DTA", gamry_lines("EISPOT", gamry_spectrum(), second))


def gamry_cv(folder: Path) -> Path:
    curves = [gamry_curve("CURVE1", 0, 20), gamry_curve("CURVE2", 20, 41)]
    return write(folder / "cv.DTA", gamry_lines("CV", *curves), end="\r\n")


def gamry_ocp(folder: Path) -> Path:
    return write(folder / "rest.DTA", gamry_lines("CORPOT", gamry_open_circuit("CURVE", 20)))


def gamry_front_panel(folder: Path) -> Path:
    lines = ["VFP600", "TAG\tVFP600", "FREQ\tIQUANT\t1.50000E+1\tAcquisition Frequency (Hz)"]
    rows = [f"\t{0.1 * at:.6f}\t{1e-9 * at:.6E}" for at in range(10)]
    return write(
        folder / "panel.DTA", [*lines, "VFPCURVE\tTABLE", "\tVoltage\tCurrent", "\tV\tA", *rows]
    )


def eclab_header(technique: str, *settings: str) -> list[str]:
    lines = [
        "EC-Lab ASCII FILE",
        "Nb header lines : 00                          ",
        "",
        technique,
        "",
        "Run on channel : 3 (SN 12345)",
        "Acquisition started on : 01/02/2026 09:00:00.500",
        "Device : VSP (SN 0001)",
        "EC-Lab for windows v11.50 (software)",
        "Internet server v11.50 (firmware)",
        "Mass of active material : 1.250 mg",
        "Electrode surface area : 2,0106 cm²",
        *settings,
        "",
    ]
    lines[1] = lines[1].replace("00", str(len(lines) + 1))
    return lines


def eclab_spectrum(folder: Path) -> Path:
    rows = [
        f"{f:.9E}\t{z.real:.9E}\t{-z.imag:.9E}\t{abs(z):.9E}\t{np.degrees(np.angle(z)):.9E}"
        f"\t{at + 1:.15E}\t0.5\t1.0E-03\t{cycle:.15E}\t0"
        for cycle in (1, 2)
        for at, (f, z) in enumerate(POINTS)
    ]
    headings = (
        "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/deg\ttime/s\t<Ewe>/V\t<I>/mA"
        "\tcycle number\tNs\t"
    )
    rest = "\t".join(["0"] * 10)
    header = eclab_header(
        "Potentio Electrochemical Impedance Spectroscopy", "Va (mV)             14.1"
    )
    return write(folder / "film.mpt", [*header, headings, rest, *rows], encoding="latin-1")


def eclab_cycling(folder: Path) -> Path:
    """Decimal commas: 1 mA for 30 s, then -1 mA."""
    rows = [
        f"{at:.15E}\t{3.5 + at / 1000:.7E}\t{1.0 if at < 30 else -1.0:.7E}\t{at // 30}\t{at // 60}"
        for at in range(60)
    ]
    header = eclab_header("Galvanostatic Cycling with Potential Limitation")
    lines = [*header, "time/s\tEwe/V\tI/mA\tNs\tcycle number\t", *rows]
    lines[len(header) :] = [line.replace(".", ",") for line in lines[len(header) :]]
    return write(folder / "cell.mpt", lines, encoding="latin-1", end="\r\n")


def eclab_voltammogram(folder: Path) -> Path:
    header = eclab_header(
        "Cyclic Voltammetry", "dE/dt               100.000", "dE/dt unit          mV/s"
    )
    rows = [f"{at:.6E}\t{SWEEP_V[at]:.6E}\t{1e3 * SWEEP_A[at]:.9E}\t0.1" for at in range(41)]
    return write(folder / "cv.mpt", [*header, "time/s\tEwe/V\t<I>/mA\t<Ece>/V\t", *rows])


def eclab_bare(folder: Path) -> Path:
    rows = [f"{at:.6E}\t{3 + at / 100:.6E}" for at in range(20)]
    return write(folder / "rest.txt", ["time/s\tEwe/V\t", *rows])


def eclab_absolute(folder: Path) -> Path:
    rows = [f"01/02/2026 09:00:{at:02d}.250\t3.5\t1.0\t0" for at in range(20)]
    header = ["BT-Lab ASCII FILE", *eclab_header("Modulo Bat")[1:]]
    return write(folder / "cell.txt", [*header, "time/s\tEcell/V\tI/mA\tNs\t", *rows])


def palmsens_spectra(folder: Path) -> Path:
    headings = "freq / Hz,neg. Phase / °,Idc / uA,Z / Ohm,Z' / Ohm,Z'' / Ohm,Cs / F,"
    rows = [
        f"{f:.9g},{-np.degrees(np.angle(z)):.9g},0.5,{abs(z):.9g},{z.real:.9g},{-z.imag:.9g},1E-6,"
        for f, z in POINTS
    ]
    lines = ["File date:,2026-01-06 10:00:00", ""]
    for name, clock in (("", "09:00:00"), (" [1]", "09:30:00")):
        lines += [
            f"Measurement:,Impedance Spectroscopy{name}",
            "Notes:,",
            f"Date and time:,2026-01-05 {clock}",
            f"Fixed at 26 freqs{name}",
            headings,
            *rows,
            "",
        ]
    return write(folder / "film.csv", lines, encoding="utf-16", end="\r\n\r\n")


def palmsens_curves(folder: Path, units: str = "s,V") -> Path:
    """Two curves, the second shorter by two points and 60 s later."""
    rows = [f"{at / 10:.5E},{at / 100:.5E},{at / 10:.5E},{at / 50:.5E}" for at in range(8)]
    rows += [f"{at / 10:.5E},{at / 100:.5E},," for at in (8, 9)]
    lines = [
        "Date and time:,2026-01-06 10:00:00",
        "Notes:",
        "",
        "Chronopotentiometry: CP E vs t,,Chronopotentiometry [1]: CP E vs t [1]",
        "Date and time measurement:,2026-01-05 09:00:00,"
        "Date and time measurement:,2026-01-05 09:01:00,",
        f"{units},{units}",
        *rows,
    ]
    return write(folder / "curves.csv", lines, encoding="utf-16", end="\r\n\r\n")


SAMPLES = {
    "gamry impedance": ("gamry", gamry_eis),
    "gamry, several spectra": ("gamry", gamry_several),
    "gamry voltammogram": ("gamry", gamry_cv),
    "gamry open circuit": ("gamry", gamry_ocp),
    "gamry front panel": ("gamry", gamry_front_panel),
    "ec-lab impedance": ("biologic_text", eclab_spectrum),
    "ec-lab cycling, decimal commas": ("biologic_text", eclab_cycling),
    "ec-lab voltammogram": ("biologic_text", eclab_voltammogram),
    "ec-lab without header": ("biologic_text", eclab_bare),
    "bt-lab with dates": ("biologic_text", eclab_absolute),
    "palmsens spectra": ("palmsens", palmsens_spectra),
    "palmsens curves": ("palmsens", palmsens_curves),
    "ch instruments": ("chi", chi),
    "powersuite": ("powersuite", powersuite),
    "versastudio impedance": ("versastudio", versastudio_eis),
    "versastudio voltammogram": ("versastudio", versastudio_cv),
    "nova impedance": ("autolab", nova_spectrum),
    "nova voltammogram": ("autolab", nova_voltammogram),
    "ivium": ("ivium", ivium),
    "relaxis": ("relaxis", relaxis),
}
"""Name of a sample -> format that must recognise it, writer."""
