"""JCAMP-DX: infrared, Raman and UV/VIS spectra and thermograms, one or several in a file.

Read are (X++(Y..Y)) in every ordinate form, (XY..XY), and NTUPLES in groups. The number of points,
the abscissa of every line and the check ordinates must agree. Peaks, NMR and mass spectra are
refused. Transmittance becomes percent. Source: http://jcamp-dx.org/protocols.html
"""

import re
from pathlib import Path

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._checks import Source, clean_text
from measurements.formats._jcamp_file import Block, Table, blocks_of, label_key
from measurements.formats._jcamp_table import even_table, grouped_table, listed_factors, pairs
from measurements.formats._jcamp_thermal import is_thermal, thermogram
from measurements.formats._spectra import Spectrum, abscissa_unit, joined, spectrum
from measurements.formats._text import decode, facts

TITLE = re.compile(r"(\$\$.*\n|\s)*##\s*TITLE\s*=", re.IGNORECASE)
MARKS = ("JCAMPDX", "DATATYPE")

KINDS = (
    (r".*(NMR|MASS|CHROMATO|INTERFEROGRAM|PEAK|ASSIGN|DIFFRACTION|XRD|ESR|EPR|MOBILITY).*", ""),
    (r".*RAMAN.*", columns.RAMAN),
    (r".*(INFRARED|FTIR).*|IR(SPECTRUM)?|NIR.*", columns.INFRARED),
    (r".*(UV|VIS|FLUORESCENCE|LUMINESCENCE|EMISSION).*", columns.SPECTRUM_OTHER),
    (r"TG|TGA.*|.*THERMOGRAVI.*", columns.TGA),
)
"""Data type without blanks and hyphens -> kind; none for what is not read."""

FACTS = {
    "TITLE": "test_name",
    "SPECTROMETERDATASYSTEM": "instrument",
    "ORIGIN": "origin",
    "SAMPLEDESCRIPTION": "sample_name",
    "LONGDATE": "date",
    "DATE": "date",
    "RESOLUTION": "resolution",
    "SAMPLINGPROCEDURE": "sampling_procedure",
}
EVEN, PAIRS = "(X++(Y..Y))", "(XY..XY)"
GROUPS = re.compile(r"\(([A-Z]+)\.\.\1\)(,.*)?")


def sniff(sample: Sample) -> bool:
    """Tell JCAMP-DX by its title and the label of its version or of its data type."""
    text = decode(sample.head)
    if not TITLE.match(text):
        return False
    labels = {label_key(label) for label in re.findall(r"^\s*##([^=\n]*)=", text, re.MULTILINE)}
    return not labels.isdisjoint(MARKS)


def read(path: Path) -> Reading:
    """Read all spectra of one kind; FormatError names the block or line that cannot be right."""
    blocks = blocks_of(decode(path.read_bytes()).splitlines())
    source = Source(path.name, "point")
    spectra, first = [], None
    refused: list[FormatError] = []
    for block in blocks:
        try:
            spectra.append(_spectrum(source, block))
        except FormatError as error:
            if error.code != "E_UNSUPPORTED":
                raise
            refused.append(error)
        else:
            first = first or block
    if first is None:
        raise refused[0] if refused else _empty(path.name)
    metadata = facts(first.labels, FACTS)
    return joined(source, spectra, metadata=metadata, left_out=len(refused))


def _spectrum(source: Source, block: Block) -> Spectrum:
    """Return the spectrum of a block; FormatError E_UNSUPPORTED for what is none."""
    if len(block.tables) > 1:
        raise _unsupported(source, block, f"{len(block.tables)} tables", "one table in a block")
    table = block.tables[0]
    if table.label == "DATATABLE":
        return _tuples(source, block, table)
    x_unit, y_unit = block.text("XUNITS"), block.text("YUNITS")
    kind = _kind(source, block, (x_unit, y_unit))
    if table.label.startswith("PEAK") and kind != columns.TGA:
        raise _unsupported(source, block, "a table of peaks", "a whole spectrum (XYDATA)")
    if table.form not in {EVEN, PAIRS}:
        raise _unsupported(
            source, block, f"a table {clean_text(table.form, 40)}", f"{EVEN}, {PAIRS}"
        )
    x, y, notices = (even_table if table.form == EVEN else pairs)(source.name, block, table)
    if kind == columns.TGA:
        return _over_temperature(source, block, thermogram(source, [(x_unit, x), (y_unit, y)]))
    unit = abscissa_unit(x_unit)
    if unit is None:
        raise FormatError(
            f"{source.name} has an axis in an unknown unit",
            place=f"XUNITS of the block at line {block.line}",
            found=f"“{clean_text(x_unit, 40)}”",
            expected="1/CM, NANOMETERS or MICROMETERS",
            code="E_UNITS_UNKNOWN",
        )
    found = spectrum(source, kind, unit, x, y_unit, y)
    return Spectrum(found.kind, found.frame, found.unit, (*found.notices, *notices))


def _kind(source: Source, block: Block, units: tuple[str, ...]) -> str:
    """Return the kind by the data type, or by the units where the type is empty."""
    name = label_key(block.text("DATATYPE", "NTUPLES"))
    kind = next((kind for names, kind in KINDS if re.fullmatch(names, name)), "")
    if not name and is_thermal(units):
        return columns.TGA
    if not kind:
        found = clean_text(block.text("DATATYPE", "NTUPLES"), 60)
        raise _unsupported(
            source, block, f"data type “{found}”", "an infrared, Raman or UV/VIS spectrum or TGA"
        )
    return kind


def _tuples(source: Source, block: Block, table: Table) -> Spectrum:
    """Return the thermogram of a table of groups; other NTUPLES are not read."""
    units = [text.strip() for text in block.text("UNITS").split(",")]
    symbols = [text.strip().upper() for text in block.text("SYMBOL").split(",")]
    form = GROUPS.fullmatch(table.form)
    kind = _kind(source, block, tuple(units))
    if kind != columns.TGA or not form or sorted(form[1]) != sorted(symbols):
        raise _unsupported(
            source, block, f"NTUPLES {clean_text(table.form, 40)}", "XYDATA, or a TGA in groups"
        )
    if len(units) != len(symbols):
        raise _unsupported(source, block, f"{len(units)} UNITS", f"one for each of {len(symbols)}")
    values, notices = grouped_table(source.name, block, table, len(symbols))
    factors = listed_factors(source.name, block, len(symbols))
    meant = dict(zip(symbols, zip(units, factors, strict=True), strict=True))
    columns_of = [(*meant[symbol], values[:, at]) for at, symbol in enumerate(form[1])]
    found = thermogram(source, [(unit, factor * column) for unit, factor, column in columns_of])
    return Spectrum(found.kind, found.frame, "", tuple(notices))


def _over_temperature(source: Source, block: Block, found: Spectrum) -> Spectrum:
    """Return a thermogram that has temperatures; FormatError for a mass over time alone."""
    if columns.TEMPERATURE not in found.frame:
        axes = ", ".join(found.frame.columns)
        raise _unsupported(source, block, f"only {axes}", "a mass over the temperature")
    return found


def _unsupported(source: Source, block: Block, found: str, expected: str) -> FormatError:
    return FormatError(
        f"{source.name} holds what is not read as a spectrum",
        place=f"the block at line {block.line}",
        found=found,
        expected=expected,
        code="E_UNSUPPORTED",
    )


def _empty(name: str) -> FormatError:
    return FormatError(
        f"{name} holds no data",
        place="the end of the file",
        found="no block with a table",
        expected="XYDATA, XYPOINTS or NTUPLES with at least one point",
        code="E_TOO_FEW_POINTS",
    )


FORMAT = Format(
    name="jcamp",
    title="JCAMP-DX .jdx",
    suffixes=(".jdx", ".dx", ".jcamp", ".jcm"),
    kinds=(columns.INFRARED, columns.RAMAN, columns.SPECTRUM_OTHER, columns.TGA),
    sniff=sniff,
    read=read,
)
