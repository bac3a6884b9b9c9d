"""Small tables of universal testers: a film of 16 x 4 x 2 mm, drawn at 100 mm/min to 1.6 N."""

from pathlib import Path

import numpy as np
from openpyxl import Workbook

from tests.formats.files_texts import write

SECONDS = np.round(np.arange(0.0, 10.05, 0.5), 3)
MILLIMETRES = np.round(SECONDS * 100.0 / 60.0, 5)
NEWTONS = np.round(0.1 * MILLIMETRES - 0.002 * MILLIMETRES**2, 6)
PERCENT = np.round(MILLIMETRES / 16.0 * 100.0, 6)
MEGAPASCAL = np.round(NEWTONS / 8.0, 7)

TRA_WORDS = {
    "english": (
        "Specimen thickness|Specimen width|Cross-section|Gage length, standard travel",
        "Date/Clock time|Time|Crosshead absolute|Standard force|Standard travel",
    ),
    "french": (
        "Épaisseur éprouvette|Largeur éprouvette|Section|L0 - course standard",
        "Date/heure|Temps|Traverse absolue|Force standard|Course standard",
    ),
    "german": (
        "Probendicke|Probenbreite|Querschnitt|Messlänge Standardweg",
        "Datum/Uhrzeit|Prüfzeit|Traverse absolut|Standardkraft|Standardweg",
    ),
}
"""Language -> names of the sizes; name of the date, then headings."""


def tra_lines(language: str, *, force: str = "N", travel: str = "mm") -> list[str]:
    """A .TRA; German ones have semicolons and decimal commas."""
    sizes_in, words = (text.split("|") for text in TRA_WORDS[language])
    date, *headings = words
    sizes = zip(sizes_in, ("2", "4.0", "8", "16.0"), ("mm", "mm", "mm²", "mm"), strict=True)
    lines = [[f'"{name}"', size, f'"{unit}"'] for name, size, unit in sizes]
    lines += [[f'"{date}"', "46047.395833", '""'], ['"v1"', "100", '"mm/min"']]
    units = ["s", "mm", force, travel]
    lines += [[f'"{cell}"' for cell in row] for row in (headings, units)]
    values = MILLIMETRES if travel == "mm" else PERCENT
    lines += [
        [f"{t:g}", f"{790 - x:g}", f"{f:g}", f"{v:g}"]
        for t, x, f, v in zip(SECONDS, MILLIMETRES, NEWTONS, values, strict=True)
    ]
    if language == "german":
        return [";".join(cells).replace(".", ",") for cells in lines]
    return [",".join(cells) for cells in lines]


def tra(folder: Path) -> Path:
    return write(folder / "film.TRA", tra_lines("english"), encoding="latin-1", end="\r\n")


def tra_french(folder: Path) -> Path:
    return write(folder / "film.TRA", tra_lines("french"), encoding="latin-1", end="\r\n")


def tra_german(folder: Path) -> Path:
    return write(folder / "film.TRA", tra_lines("german"), encoding="latin-1", end="\r\n")


def bluehill_lines(*specimens: str, decimal: str = ".") -> list[str]:
    """Blocks as Bluehill writes them, every value in quotes."""
    lines = ["Results Table 1", ""]
    for at, name in enumerate(specimens, 1):
        facts = [("Thickness", f"{at}.0"), ("Width", "4.0"), ("Length", "16.0")]
        facts += [("Final width", "3.0")]
        lines += [
            f'Specimen properties : {key},"{size.replace(".", decimal)}",mm' for key, size in facts
        ]
        lines += [f'Specimen properties : Specimen label,"{name}"', ""]
        lines += ["Time,Extension,Load,Tensile strain (Extension),Tensile stress"]
        lines += ["(s),(mm),(N),(%),(MPa)"]
        rows = zip(SECONDS, MILLIMETRES, NEWTONS, PERCENT, MEGAPASCAL, strict=True)
        lines += [",".join(f'"{v:.6f}"'.replace(".", decimal) for v in row) for row in rows]
        lines += [""]
    return lines


def bluehill(folder: Path) -> Path:
    return write(folder / "film.csv", bluehill_lines("x08-1"), encoding="utf-8-sig", end="\r\n")


def bluehill_commas(folder: Path) -> Path:
    return write(folder / "film.csv", bluehill_lines("x08-1", "x08-2", decimal=","))


def testworks(folder: Path) -> Path:
    rows = [
        f"{x * 1e3:.3f}\t{f * 1e3:.4f}\t{t:.3f}"
        for t, x, f in zip(SECONDS, MILLIMETRES, NEWTONS, strict=True)
    ]
    return write(folder / "film.txt", ["Crosshead (µm)\tLoad (mN)\tTime (sec)", *rows])


def stress_strain(folder: Path) -> Path:
    rows = [
        f"{e:.6f};{s * 1e3:.5f}".replace(".", ",") for e, s in zip(PERCENT, MEGAPASCAL, strict=True)
    ]
    return write(folder / "film.csv", ["Dehnung [%];Zugspannung [kPa]", *rows])


def testxpert_book(folder: Path) -> Path:
    book = Workbook()
    results = book.active
    assert results is not None
    results.title = "Results film"
    results.append([None, "Specimen designation", "a0", "b0", "S0", "Test speed"])
    results.append([None, None, "mm", "mm", "mm²", "mm/min"])
    results.append([None, "film", 2, 4, 8, 100])
    values = book.create_sheet("Values film")
    values.append(["film"] * 4)
    values.append(["Time", "Standard force", "Nominal strain", "Standard travel"])
    values.append(["s", "kN", "mm", "mm"])
    for t, f, x in zip(SECONDS, NEWTONS, MILLIMETRES, strict=True):
        values.append([float(t), float(f) / 1e3, float(x) * 1.5, float(x)])
    path = folder / "film.xlsx"
    book.save(path)
    return path


SAMPLES = {
    "zwick .TRA": ("zwick_tra", tra),
    "zwick .TRA in French": ("zwick_tra", tra_french),
    "zwick .TRA in German": ("zwick_tra", tra_german),
    "bluehill": ("universal_tester", bluehill),
    "bluehill with decimal commas": ("universal_tester", bluehill_commas),
    "testworks": ("universal_tester", testworks),
    "stress and strain": ("universal_tester", stress_strain),
    "testXpert workbook": ("universal_tester", testxpert_book),
}
