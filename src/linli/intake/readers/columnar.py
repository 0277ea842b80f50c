"""Parquet: a table with types, read as text so that one set of parsers serves every format."""

from __future__ import annotations

import math
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.compute as pc
import pyarrow.parquet
from django.conf import settings

from linli.intake.mapping import Definition
from linli.intake.readers.table import Columns, Table, clean_heading
from linli.kernel.errors import BadInput, Where
from linli.kernel.words import sentence

TRUNCATED = sentence(
    "intake.file.truncated_parquet",
    "The Parquet file is damaged or was cut off on its way: its end, which says how to read it, is not there.",
)
SEND_PARQUET = sentence(
    "intake.file.send_parquet", "Ask for the file again and compare its size with the sender's. Nothing was taken in."
)
TOO_LARGE_INSIDE = sentence("intake.file.large_inside", "Unpacked, the file would take %(unpacked)s MB.")
SPLIT = sentence("intake.file.split", "Split it into smaller files.")

_MB = 1024 * 1024


def read(path: Path, definition: Definition, *, file_name: str) -> Table:
    """The rows of a Parquet file; row 1 stands for the headings, as if it were a sheet. BadInput for a truncated one."""
    limit = 2 * settings.LINLI_MAX_FILE_BYTES
    try:
        file = pyarrow.parquet.ParquetFile(path)
        groups = file.metadata
        unpacked = sum(groups.row_group(i).total_byte_size for i in range(groups.num_row_groups))
    except (pyarrow.ArrowException, OSError, ValueError):
        raise BadInput(TRUNCATED, where=Where(file=file_name), remedy=SEND_PARQUET) from None
    if unpacked > limit:
        file.close()
        raise BadInput(TOO_LARGE_INSIDE, where=Where(file=file_name), remedy=SPLIT, unpacked=unpacked // _MB)
    headings = [clean_heading(name) for name in file.schema_arrow.names]
    try:
        columns = [_texts(column) for column in file.read().columns]
    except (pyarrow.ArrowException, OSError, ValueError):
        raise BadInput(TRUNCATED, where=Where(file=file_name), remedy=SEND_PARQUET) from None
    finally:
        file.close()
    found = Columns.whole(2, columns)
    return Table(headings, found.rows(), encoding="parquet", read=found)


def _texts(column: pyarrow.ChunkedArray) -> pyarrow.ChunkedArray:
    """A column as text. Each value is written once, however often it stands there."""
    if pyarrow.types.is_string(column.type) or pyarrow.types.is_large_string(column.type):
        return pc.fill_null(column, "")
    try:
        codes = column if pyarrow.types.is_dictionary(column.type) else column.dictionary_encode()
    except pyarrow.ArrowNotImplementedError:
        return pyarrow.chunked_array([pyarrow.array([_text(value) for value in column.to_pylist()], pyarrow.large_string())])
    pieces = []
    for chunk in codes.chunks:
        known = pyarrow.array([_text(value) for value in chunk.dictionary.to_pylist()], pyarrow.large_string())
        pieces.append(pc.fill_null(known.take(chunk.indices), ""))
    return pyarrow.chunked_array(pieces, pyarrow.large_string())


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)
