"""Parquet: a table with types, read as text so that one set of parsers serves every format."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
from django.conf import settings

from linli.intake.mapping import Definition
from linli.intake.readers.table import Table, clean_heading
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
    limit = settings.LINLI_MAX_UNPACKED_BYTES
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
    return Table(headings, _rows(file, file_name), encoding="parquet")


def _rows(file: pyarrow.parquet.ParquetFile, file_name: str) -> Iterator[tuple[int, Sequence[str]]]:
    number = 1
    try:
        for batch in file.iter_batches(batch_size=4096):
            columns = [[_text(value) for value in column.to_pylist()] for column in batch.columns]
            for cells in zip(*columns, strict=True):
                number += 1
                if any(cells):
                    yield number, cells
    except (pyarrow.ArrowException, OSError, ValueError):
        raise BadInput(TRUNCATED, where=Where(file=file_name, row=number + 1), remedy=SEND_PARQUET) from None
    finally:
        file.close()


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
