"""Finds plug-ins (formats, analysis methods), recognises files and reads them."""

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from types import ModuleType

import measurements.formats
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._archive import MAGIC, member_names
from measurements.formats._checks import clean_text, under_name
from measurements.formats._workbook import is_workbook, preview

SAMPLE_BYTES = 2048
LINE_BYTES = 80

FOREIGN_MAGIC = {
    b"PK\x03\x04": "a zip archive (.xlsx and .docx are such archives too)",
    b"\xd0\xcf\x11\xe0": "an old Office file (.xls, .doc)",
    b"\x00\x01\x00\x00Standard Jet DB": "an Access database (Arbin .res)",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"BIO-LOGIC": "a BioLogic file",
    b"\xff\xfe": "text in UTF-16 (it can be saved as UTF-8)",
    b"\xfe\xff": "text in UTF-16 (it can be saved as UTF-8)",
}
"""First bytes of files that people send by mistake or that have no reader."""


def discover(package: ModuleType, attribute: str) -> dict[str, object]:
    """Return every ``attribute`` of the package's modules by its name, in sorted module order.

    Raises RuntimeError for a public module without the attribute or for a name given twice.
    """
    found: dict[str, object] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        plugin = getattr(module, attribute, None)
        if plugin is None:
            raise RuntimeError(f"{module.__name__} does not define {attribute}")
        if plugin.name in found:
            raise RuntimeError(f"{module.__name__} defines {plugin.name!r} a second time")
        found[plugin.name] = plugin
    return found


@cache
def formats() -> dict[str, Format]:
    """Return all formats by name."""
    plugins = discover(measurements.formats, "FORMAT")
    return {name: plugin for name, plugin in plugins.items() if isinstance(plugin, Format)}


def sample(path: Path, name: str) -> Sample:
    """Read the ends of a file; ``name`` is the original file name."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
        file.seek(max(0, size - SAMPLE_BYTES))
        tail = file.read(SAMPLE_BYTES)
    if not head.startswith(MAGIC):
        return Sample(name=name, size=size, head=head, tail=tail)
    members = member_names(path)
    sheets = preview(path) if is_workbook(members) else {}
    return Sample(name, size, head, tail, members, sheets)


def recognise(path: Path, name: str) -> Format:
    """Return the one format that recognises the file.

    Raises FormatError when the file is empty or when none or several formats recognise it.
    """
    seen = sample(path, name)
    if seen.size == 0:
        raise FormatError(
            f"{name} is empty",
            place="byte 0",
            found="0 bytes",
            expected="an instrument file",
            code="E_EMPTY_FILE",
        )
    matches = [plugin for plugin in formats().values() if plugin.sniff(seen)]
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise FormatError(
            f"{name} is of no known format",
            place="the start of the file",
            found=describe(seen.head),
            expected=_expected(name),
            code="E_UNKNOWN_FORMAT",
        )
    raise FormatError(
        f"{name} could be of several formats",
        place="the start of the file",
        found=", ".join(plugin.title for plugin in matches),
        expected="exactly one format",
        code="E_AMBIGUOUS_FORMAT",
    )


def read_file(path: Path, name: str) -> tuple[Format, Reading]:
    """Recognise a file and read it under its original name, which errors then mention.

    Raises FormatError as ``recognise`` and the format do.
    """
    plugin = recognise(path, name)
    with under_name(path, name) as named:
        return plugin, plugin.read(named)


def describe(head: bytes) -> str:
    """Return the first bytes of a file in a form that a person can read."""
    for magic, words in FOREIGN_MAGIC.items():
        if head.startswith(magic):
            return words
    line = head[:LINE_BYTES].split(b"\n")[0].strip()
    text = line.decode("utf-8", errors="replace").lstrip("\ufeff")
    if text and "\ufffd" not in text and text.replace("\t", "").isprintable():
        return f"“{clean_text(text)}”"
    return f"bytes {head[:8].hex(' ')}"


def _expected(name: str) -> str:
    """Return which formats there are, or which one the ending of the name promises."""
    promised = [
        plugin.title for plugin in formats().values() if name.lower().endswith(plugin.suffixes)
    ]
    if promised:
        return f"a file of the kind {' or '.join(promised)}, as its ending says"
    return "one of: " + ", ".join(plugin.title for plugin in formats().values())
