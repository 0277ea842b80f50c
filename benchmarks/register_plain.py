"""The same population file through django-import-export, as its documentation sets it up: plain text on SQLite, twice.

A process of its own with settings of its own: ``python benchmarks/register_plain.py FIRST.csv SECOND.csv ROWS DATABASE``. Prints
seconds for the first load and for the week with its changes, and what the package reports of the rows.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any


def main(first: str, second: str, rows: str, database: str) -> None:
    import django
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "import_export"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()
    sys.stdout.write(json.dumps(measure([Path(first), Path(second)], int(rows))) + "\n")


def measure(files: list[Path], rows: int) -> dict[str, Any]:
    """Both files, the second with ``skip_unchanged`` as the documentation advises for repeated imports."""
    import tablib
    from django.db import connection, models
    from import_export import resources

    headings = next(csv.reader(files[0].open(encoding="utf-8", newline="")))
    # The day of the export moves on in every row; both leave it out when they ask whether a row is the same.
    moving = f"c{headings.index('核实日期')}"
    columns = {f"c{at}": models.CharField(max_length=200, blank=True) for at in range(1, len(headings))}
    meta = type("Meta", (), {"app_label": "contenttypes"})  # of some app it must be
    table: Any = type(
        "Resident",
        (models.Model,),
        {"__module__": __name__, "Meta": meta, "c0": models.CharField(max_length=40, unique=True), **columns},
    )
    with connection.schema_editor() as editor:
        editor.create_model(table)
    options = {
        "model": table, "import_id_fields": ("c0",), "skip_unchanged": True, "report_skipped": False,
        "fields": ("c0", *(name for name in columns if name != moving)), "use_transactions": True,
    }  # fmt: skip
    resource = type("ResidentResource", (resources.ModelResource,), {"Meta": type("Meta", (), options)})
    told: dict[str, Any] = {"rows": rows}
    for name, path in zip(("first_s", "week_s"), files, strict=True):
        start = time.perf_counter()
        with path.open(encoding="utf-8", newline="") as stream:
            lines = [tuple(cells) for cells in islice(csv.reader(stream), 1, rows + 1)]
        done = resource().import_data(tablib.Dataset(*lines, headers=["c0", *columns]), dry_run=False, raise_errors=True)
        told[name] = round(time.perf_counter() - start, 2)
        told[name.replace("_s", "_counts")] = {key: value for key, value in done.totals.items() if value}
    return told


if __name__ == "__main__":
    main(*sys.argv[1:])
