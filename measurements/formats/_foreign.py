"""Files that are sent by mistake or that no format reads: what they are, what to send instead."""

from dataclasses import dataclass

from measurements.formats import Sample
from measurements.formats._archive import GZIP_MAGIC, MAGIC

TAR_AT = 257
CONTENT_TYPES = "[Content_Types].xml"
"""A member of every file of Office since 2007."""

ATTACH = "the instrument's own file; a document or picture can be attached to the record"
UNPACKED = "a zip archive, or the files one by one"
AS_TABLE = "the same table as CSV or Parquet"


@dataclass(frozen=True)
class Foreign:
    """A kind of file: what it is, and what to send instead of it."""

    words: str
    instead: str


STARTS = {
    b"\xd0\xcf\x11\xe0": Foreign(
        "an old Office file (.xls, .doc)", "the workbook saved as .xlsx, or an export as text"
    ),
    b"\x00\x01\x00\x00Standard Jet DB": Foreign(
        "an Access database that is no Arbin .res", "an Arbin .res, or an export as .csv"
    ),
    b"BIO-LOGIC": Foreign("a BioLogic file", "its export as text (EC-Lab: .mpt)"),
    b"WDF1": Foreign("a Renishaw file (.wdf)", "the spectrum as text (WiRE: Save as .txt)"),
    b"\x0a\x0a\xfe\xfe": Foreign(
        "a Bruker OPUS file", "the spectrum as data points (.dpt) or JCAMP-DX (.dx)"
    ),
    b"\x89HDF\r\n\x1a\n": Foreign(
        "an HDF5 or NeXus file", "the reduced curve as text (q, intensity and its uncertainty)"
    ),
    b"Sourcefile\t": Foreign(
        "a text of Quadera, mass spectrometry (.asc)",
        "the thermogravimetry of the same run; the spectrometer's file can be attached to it",
    ),
    b"%PDF": Foreign("a PDF", ATTACH),
    b"\x89PNG": Foreign("a PNG picture", ATTACH),
    b"\xff\xd8\xff": Foreign("a JPEG picture", ATTACH),
    b"GIF8": Foreign("a GIF picture", ATTACH),
    b"{\\rtf": Foreign("a text document (.rtf)", ATTACH),
    b"MATLAB 5.0": Foreign("a MATLAB file", AS_TABLE),
    b"ARROW1": Foreign("an Arrow or Feather table", AS_TABLE),
    b"FEA1": Foreign("a Feather table", AS_TABLE),
    b"7z\xbc\xaf": Foreign("a 7-Zip archive", UNPACKED),
    b"Rar!": Foreign("a RAR archive", UNPACKED),
    b"BZh": Foreign("a bzip2 archive", UNPACKED),
    b"\xfd7zXZ": Foreign("an xz archive", UNPACKED),
    GZIP_MAGIC: Foreign("a gzip file in an archive", UNPACKED),
    MAGIC: Foreign("a zip archive", "a whole zip archive of instrument files, none in another"),
}
"""First bytes -> kind of file."""

MEMBERS = {
    "word/document.xml": Foreign("a Word document", ATTACH),
    "ppt/presentation.xml": Foreign("a presentation", ATTACH),
    "content.xml": Foreign("an OpenDocument file", "the sheet saved as .xlsx or CSV"),
    "Streams/stream_1.table": Foreign(
        "a NETZSCH Proteus file (.ngb)", "its export as text (Proteus: Extras, Export data)"
    ),
}
"""Name in a zip archive -> kind of file."""

WORKBOOK = "xl/workbook.xml"
DAMAGED_WORKBOOK = Foreign("a damaged Excel workbook", "a workbook as Excel saves it (.xlsx)")


def kind_of(sample: Sample) -> Foreign | None:
    """Return what a file is that no format reads, None if it is not known either."""
    if sample.head[TAR_AT:].startswith(b"ustar"):
        return Foreign("a tar archive", UNPACKED)
    if WORKBOOK in sample.members:
        return None if sample.sheets else DAMAGED_WORKBOOK
    by_member = (kind for name, kind in MEMBERS.items() if name in sample.members)
    by_start = (kind for start, kind in STARTS.items() if sample.head.startswith(start))
    return next(by_member, None) or next(by_start, None)


def is_document(sample: Sample) -> bool:
    """Whether a zip archive is one document of a program: its files mean nothing by themselves."""
    return CONTENT_TYPES in sample.members or any(name in sample.members for name in MEMBERS)
