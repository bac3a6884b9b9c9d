"""Battery Data Format as Parquet (``.bdf.parquet`` or any Parquet table with BDF names)."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from measurements import columns
from measurements.formats import MAX_TEXT_BYTES, Format, FormatError, Reading, Sample
from measurements.formats._bdf import to_reading
from measurements.formats._checks import Source, clean_text

MAGIC = b"PAR1"
MAX_UNPACKED_BYTES = 4 * 2**30
"""About 40 million rows of 13 numbers; a larger table is refused before it is unpacked."""

MAX_COLUMNS = 2_000
NUMBER_BYTES = 8


def sniff(sample: Sample) -> bool:
    """Tell a Parquet file by its magic; the names of its columns are checked when reading."""
    return sample.head.startswith(MAGIC)


def read(path: Path) -> Reading:
    """Read a Parquet table; FormatError when it is cut off, too large, nested or not BDF."""
    source = Source(path.name)
    try:
        with pq.ParquetFile(path) as file:
            _check_size(source, file.metadata)
            _check_flat(source, file.schema_arrow)
            texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            table = file.read()
        _check_texts(source, table)
        frame: pd.DataFrame = table.cast(file.schema_arrow).to_pandas(ignore_metadata=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FormatError(
            f"{path.name} is damaged or cut off",
            place="the Parquet structure",
            found=f"“{clean_text(str(error).splitlines()[0], 120)}”",
            expected="a complete Parquet file",
            code="E_DAMAGED",
        ) from error
    return to_reading(source, frame, {})


def _check_size(source: Source, footer: pq.FileMetaData) -> None:
    """Raise FormatError when the footer announces more than memory should take."""
    packed_groups = (footer.row_group(at).total_byte_size for at in range(footer.num_row_groups))
    size = max(sum(packed_groups), footer.num_rows * footer.num_columns * NUMBER_BYTES)
    if footer.num_columns > MAX_COLUMNS:
        raise FormatError(
            f"{source.name} has too many columns",
            place="the footer",
            found=f"{footer.num_columns:,} columns",
            expected=f"at most {MAX_COLUMNS:,}",
            code="E_TOO_LARGE",
        )
    if size > MAX_UNPACKED_BYTES:
        raise _too_large(source, "the footer", size, MAX_UNPACKED_BYTES)


def _too_large(source: Source, place: str, size: int, most: int) -> FormatError:
    return FormatError(
        f"{source.name} is too large when unpacked",
        place=place,
        found=f"{size / 2**20:,.0f} MiB",
        expected=f"at most {most / 2**20:,.0f} MiB",
        code="E_TOO_LARGE",
    )


def _check_texts(source: Source, table: pa.Table) -> None:
    """Raise FormatError when few long texts, each stored once, fill many rows."""
    for name, column in zip(table.column_names, table.columns, strict=True):
        if not pa.types.is_dictionary(column.type):
            continue
        size = sum(_text_bytes(chunk) for chunk in column.chunks)
        if size > MAX_TEXT_BYTES:
            raise _too_large(source, f"column {clean_text(name, 60)}", size, MAX_TEXT_BYTES)


def _text_bytes(chunk: pa.DictionaryArray) -> int:
    lengths = pc.binary_length(chunk.dictionary).take(chunk.indices)
    return int(pc.sum(lengths).as_py() or 0)


def _check_flat(source: Source, schema: pa.Schema) -> None:
    """Raise FormatError for a column of lists or records."""
    for field in schema:
        if pa.types.is_nested(field.type):
            raise FormatError(
                f"{source.name} has a column that is not one value a row",
                place=f"column {clean_text(field.name, 60)}",
                found=clean_text(field.type, 60),
                expected="a column of numbers or texts",
                code="E_VALUE",
            )


FORMAT = Format(
    name="bdf_parquet",
    title="Parquet with Battery Data Format columns",
    suffixes=(".parquet",),
    kinds=(columns.CYCLING, columns.IMPEDANCE),
    sniff=sniff,
    read=read,
    max_bytes=MAX_UNPACKED_BYTES,
)
