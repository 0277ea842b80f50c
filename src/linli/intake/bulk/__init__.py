"""A million rows at a time: insert, update, delete and read tables without an object per row, alike on both databases.

Everything here works below Django's models: no signal, no default, no validation, no ``auto_now``. Whoever calls gives every
column that has to be there, inside a command. SQLite is fed through ``executemany``, PostgreSQL through ``COPY``.
"""

from __future__ import annotations

from linli.intake.bulk.columns import Same
from linli.intake.bulk.indexes import counted, indexed_afterwards, roomy
from linli.intake.bulk.reading import fetch
from linli.intake.bulk.writing import delete, insert, insert_columns, update

__all__ = ["Same", "counted", "delete", "fetch", "indexed_afterwards", "insert", "insert_columns", "roomy", "update"]
