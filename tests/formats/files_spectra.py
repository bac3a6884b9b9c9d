"""Spectra in the layouts of their programs: JCAMP-DX in every ordinate form, .spc, Raman texts."""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.formats.files_texts import write

FIRST_X, LAST_X = 400.0, 4000.0
COUNTS = [0, 0, 0, 5, 17, 17, 17, 17, -3, -120, 1000, 999, 999, 998, 7, 7, 7, 7, 7, 0, -1, 31]
"""Ordinates with zeros, repetitions and changes of sign; every form must give them back."""

Y_FACTOR = 0.001
FORMS = ("AFFN", "PAC", "SQZ", "DIF", "DIFDUP", "SQZDUP")
A_LINE = 6


def pseudo(value: int, zero: str, positive: str, negative: str) -> str:
    """A number whose first digit is a letter of the form."""
    if value == 0:
        return zero
    digits = str(abs(value))
    first = (positive if value > 0 else negative)[int(digits[0]) - 1]
    return first + digits[1:]


def squeezed(value: int) -> str:
    return pseudo(value, "@", "ABCDEFGHI", "abcdefghi")


def difference(value: int) -> str:
    return pseudo(value, "%", "JKLMNOPQR", "jklmnopqr")


def duplicated(tokens: Sequence[str]) -> str:
    """Tokens with runs of equal ones replaced by a count (DUP)."""
    text, at = "", 0
    while at < len(tokens):
        run = 1
        while at + run < len(tokens) and tokens[at + run] == tokens[at]:
            run += 1
        text += tokens[at] + (pseudo(run, "", "STUVWXYZs", "") if run > 1 else "")
        at += run
    return text


def asdf_lines(
    form: str, values: Sequence[int] = COUNTS, interval: float | None = None
) -> list[str]:
    """Lines of a table (X++(Y..Y)), each with its abscissa."""
    if interval is None:
        interval = (LAST_X - FIRST_X) / (len(values) - 1)
    lines = []
    for at in range(0, len(values), A_LINE):
        part = list(values[at : at + A_LINE])
        x = f"{FIRST_X + at * interval:.4f}"
        if form.startswith("DIF"):
            before = [values[at - 1]] if at else []
            x = f"{FIRST_X + max(at - 1, 0) * interval:.4f}"
            lines.append(x + difference_line([*before, *part], repeat="DUP" in form))
        elif form == "AFFN":
            lines.append(" ".join([x, *map(str, part)]))
        elif form == "PAC":
            lines.append(x + "".join(f"{value:+d}" for value in part))
        else:
            tokens = [squeezed(value) for value in part]
            lines.append(x + (duplicated(tokens) if "DUP" in form else "".join(tokens)))
    if form.startswith("DIF"):
        lines.append(f"{LAST_X:.4f}{squeezed(values[-1])}")
    return lines


def difference_line(values: Sequence[int], *, repeat: bool) -> str:
    steps = [difference(int(step)) for step in np.diff(values)]
    return squeezed(values[0]) + (duplicated(steps) if repeat else "".join(steps))


def jcamp_lines(
    rows: Sequence[str],
    *,
    points: int = len(COUNTS),
    kind: str = "INFRARED SPECTRUM",
    x: str = "1/CM",
    y: str = "ABSORBANCE",
    table: str = "XYDATA=(X++(Y..Y))",
) -> list[str]:
    return [
        "##TITLE=film 12",
        "##JCAMP-DX=4.24 $$ a comment",
        f"##DATA TYPE={kind}",
        "##ORIGIN=lab",
        "##SPECTROMETER/DATA SYSTEM=Nexus 870",
        f"##XUNITS={x}",
        f"##YUNITS={y}",
        "##XFACTOR=1.0",
        f"##YFACTOR={Y_FACTOR}",
        f"##FIRSTX={FIRST_X}",
        f"##LASTX={LAST_X}",
        f"##NPOINTS={points}",
        f"##{table}",
        *rows,
        "##END=",
    ]


def jcamp(folder: Path) -> Path:
    return write(folder / "film.jdx", jcamp_lines(asdf_lines("DIFDUP")), end="\r\n")


def raman_block(rows: Sequence[str], table: str) -> list[str]:
    """Four points in arbitrary units."""
    return jcamp_lines(rows, points=4, kind="RAMAN SPECTRUM", y="ARBITRARY UNITS", table=table)


def linked(folder: Path) -> Path:
    """Two Raman spectra in a link block, the second in points."""
    pairs = [f"{x}, {y}; {x + 2}, {y + 2}" for x, y in ((100, 10), (104, 14))]
    lines = [
        "##TITLE=two",
        "##JCAMP-DX=5.00",
        "##DATA TYPE=LINK",
        "##BLOCKS=2",
        *raman_block(pairs, "XYPOINTS=(XY..XY)"),
        *raman_block(asdf_lines("SQZ", [1, 2, 3, 4]), "XYDATA=(X++(Y..Y))"),
        "##END=",
    ]
    return write(folder / "two.dx", lines)


def thermogram(folder: Path) -> Path:
    lines = [
        "##TITLE=residue",
        "##JCAMP-DX=6.00",
        "##DATA TYPE=TGA",
        "##NTUPLES=",
        "##VAR_NAME= Temperature, Weight, Time",
        "##SYMBOL= X,Y,T",
        "##VAR_DIM= 3,3,3",
        "##UNITS= K, g, min",
        "##PAGE= N=1",
        "##DATA TABLE= (XYT..XYT), PEAKS",
        "303.15\t0.010\t0",
        "403.15\t0.009\t10",
        "503.15\t0.004\t20",
        "##END=",
    ]
    return write(folder / "residue.jdx", lines)


SHIFTS = np.linspace(200.0, 900.0, 8)
BANDS = np.array(
    [[0.0, 1.5, -2.25, 100.0, 6.0, 5.0, 4.0, 3.0], [9.0, 8.0, 7.0, -6.5, 5.0, 4.0, 3.0, 0.125]]
)
"""Two spectra whose ordinates every storage of .spc holds exactly."""

EXPONENT = 8


def spc_header(
    order: str, flags: int, *, exponent: int, points: int, subfiles: int, codes: tuple[int, int]
) -> bytes:
    """The 512 bytes of the new format; ``codes`` of x and y."""
    version = 0x4C if order == ">" else 0x4B
    date = 2021 << 20 | 10 << 16 | 1 << 11 | 13 << 6 | 20
    head = struct.pack(
        order + "BBBbIddIBBBBI9s9sH32s130s30sI",
        flags, version, 11 if codes[0] == 13 else 0, exponent, points, SHIFTS[0], SHIFTS[-1],
        subfiles, *codes, 0, 0, date, b"4 cm-1", b"RM1", 0, b"", b"film 12\0junk",
        b"\0Intensity", 0,
    )  # fmt: skip
    return head.ljust(512, b"\0")


def ordinates(order: str, bits: int, values: NDArray[np.float64]) -> bytes:
    """Ordinates as floats (0 bits) or as fractions of 16 or 32 bits."""
    if bits == 0:
        return values.astype(order + "f4").tobytes()
    return np.round(np.ldexp(values, bits - EXPONENT)).astype(f"{order}i{bits // 8}").tobytes()


def spc_bytes(
    order: str = "<", bits: int = 32, axis: str = "even", codes: tuple[int, int] = (13, 4)
) -> bytes:
    """Both spectra with one even axis, one axis of values, or an axis in each subfile."""
    flags = 0x04 | (bits == 16) | {"even": 0, "values": 0x80, "own": 0xC0}[axis]
    exponent = EXPONENT if bits else -128
    count = len(SHIFTS)
    data = spc_header(order, flags, exponent=exponent, points=count, subfiles=2, codes=codes)
    axis_bytes = SHIFTS.astype(order + "f4").tobytes()
    data += axis_bytes if axis == "values" else b""
    for number, band in enumerate(BANDS):
        own = count if axis == "own" else 0
        data += struct.pack(order + "BbHfffIIf4s", 0, exponent, number, 0, 0, 0, own, 0, 0, b"")
        data += (axis_bytes if own else b"") + ordinates(order, bits, band)
    return data


def old_spc_bytes() -> bytes:
    """The first spectrum in the old format: 256 bytes, ordinates with the high word first."""
    head = struct.pack(
        "<BBhfffBBHBBBB8sHH28s130s30s32s",
        0, 0x4D, EXPONENT, len(SHIFTS), SHIFTS[0], SHIFTS[-1], 1, 2, 1990, 5, 4, 3, 2, b"4",
        0, 0, b"", b"film 11", b"", b"",
    )  # fmt: skip
    words = np.frombuffer(ordinates("<", 32, BANDS[0]), "<u2").reshape(-1, 2)
    return head + words[:, ::-1].tobytes()


def spc(folder: Path) -> Path:
    path = folder / "map.spc"
    path.write_bytes(spc_bytes())
    return path


def old_spc(folder: Path) -> Path:
    path = folder / "film.spc"
    path.write_bytes(old_spc_bytes())
    return path


PEAK = [(200.5, 10.0), (300.25, 200.0), (400.0, 12.5)]
"""The spectrum of the texts: shift and intensity."""


def labspec_lines(*axes: str, unit: str = "cm-¹") -> list[str]:
    return [
        "#Acq. time (s)=\t30",
        "#Accumulations=\t2",
        f"#Range ({unit})=\t200...400",
        "#Instrument=\tLabRAM HR Evol",
        "#Laser=\t633nm_Edge",
        "#Title=\tfilm 12",
        "#Acquired=\t23.10.2023 16:11:12",
        *axes,
        *(f"{x}\t{y}" for x, y in PEAK),
    ]


def labspec(folder: Path) -> Path:
    lines = labspec_lines("#AxisUnit[0]=Cnt", "#AxisUnit[1]=1/cm")
    return write(folder / "film.txt", lines, encoding="latin-1", end="\r\n")


def witec_lines(unit: str = "rel. 1/cm", *header: str) -> list[str]:
    """Two spectra beside each other, the second twice the first."""
    return [
        "//Exported ASCII-File",
        "[Header]",
        "GraphName = film 12",
        *header,
        "",
        "[Data]",
        "X-Axis,film 12,film 13",
        f"{unit},CCD cts,CCD cts",
        *(f" {x:.9E}, {y:.9E}, {2 * y:.9E}" for x, y in PEAK),
    ]


def witec(folder: Path) -> Path:
    return write(folder / "film.txt", witec_lines())


def bwtek_lines(*, decimal: str = ",") -> list[str]:
    """Four pixels, the first outside the axis."""
    rows = [
        f"{at};{500 + at:.2f};{20000 - at:.2f};{x:.2f};7.0000;65535.0000;{y + 7:.4f};{y:.4f};"
        for at, (x, y) in enumerate(PEAK, start=1)
    ]
    table = ["0;   ;   ;   ;7.0000;65535.0000;9.0000;2.0000;", *rows]
    return [
        "File Version;BWSpec4.11_1",
        "Date;2021-10-29 16:24:49",
        "title;BWS415-532S",
        "intigration times(ms);2500",
        f"laser_wavelength;532{decimal}07",
        "Pixel;Wavelength;Wavenumber;Raman Shift;Dark;Reference;Raw data #1;Dark Subtracted #1;",
        *(line.replace(".", decimal) for line in table),
    ]


def bwtek(folder: Path) -> Path:
    return write(folder / "film.txt", bwtek_lines(), end="\r\n")


def wire_map(folder: Path) -> Path:
    """A spectrum at each of two places."""
    rows = [f"{place}\t0.0\t{x}\t{y + place}" for place in (0.0, 1.5) for x, y in PEAK]
    return write(folder / "map.txt", ["#X\t\t#Y\t\t#Wave\t\t#Intensity", *rows])


def perkin_elmer(folder: Path) -> Path:
    rows = [f"{x:.2f};{y / 10:.2f}".replace(".", ",") for x, y in PEAK]
    return write(folder / "film.csv", ["film 12", "cm-1;%T", *rows])


def rod(folder: Path) -> Path:
    lines = [
        "#---",
        "data_1000679",
        "loop_",
        "_publ_author_name",
        "'Kanzaki, M.'",
        "_chemical_name_mineral           K-cymrite",
        "_raman_measurement_device.company 'home made'",
        "_raman_measurement_device.excitation_laser_wavelength 488",
        "loop_",
        "_raman_spectrum.raman_shift",
        "_raman_spectrum.intensity",
        *(f"{x} {y}" for x, y in PEAK),
    ]
    return write(folder / "1000679.rod", lines)


def grams_lines(points: int = 12, types: tuple[int, int] = (1, 2)) -> list[str]:
    header = [points, 4000.0, 400.0, *types, 4]
    return [*map(str, header), "'film 12", *(f"{0.05 * at:.12f}" for at in range(12))]


def grams(folder: Path) -> Path:
    return write(folder / "film.asp", grams_lines(), end="\r\n")


SAMPLES = {
    "jcamp": ("jcamp", jcamp),
    "jcamp linked": ("jcamp", linked),
    "jcamp thermogram": ("jcamp", thermogram),
    "spc": ("spc", spc),
    "spc old": ("spc", old_spc),
    "labspec": ("labspec", labspec),
    "witec": ("witec", witec),
    "bwtek": ("bwtek", bwtek),
    "wire map": ("two_column", wire_map),
    "perkin elmer spectrum": ("two_column", perkin_elmer),
    "rod": ("rod", rod),
    "grams ascii": ("grams_ascii", grams),
}
