"""Everything in the database in a form that can be compared: ids by their order of appearance, instants of writing left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.apps import apps

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
# When something was written, and how long it took, differs from run to run and means nothing.
WRITTEN = {
    "applied_at", "at", "created_at", "declared_at", "finished_at", "kept", "last_login", "made_at", "received", "received_at",
    "seconds", "started_at", "written_at",
}  # fmt: skip
# The trail tells every attempt, and so it should; passwords are salted; the queue and sessions belong to the machine.
LEFT_OUT = {
    "trust.auditevent", "trust.audittouch", "trust.auditpending", "trust.auditblock", "trust.audithead", "trust.account",
    "work.heartbeat",
}  # fmt: skip
FLATS = {"trust", "facts", "intake", "work", "territory", "register", "flows", "cases", "focus", "monday"}


def dump(leave_out: Iterable[str] = ()) -> dict[str, list[str]]:
    """Every table of ours: its rows as JSON, sorted. Random ids and pseudonyms are left out."""
    tables: dict[str, list[str]] = {}
    for model in apps.get_models():
        label = model._meta.label_lower
        if model._meta.app_label not in FLATS or label in LEFT_OUT or label in set(leave_out):
            continue
        rows = [_row(values) for values in model._default_manager.values()]
        if rows:
            tables[label] = sorted(rows)
    return tables


def _row(values: dict[str, Any]) -> str:
    # A number that only counts up (the id of a row nobody refers to) differs once a row has been taken back.
    told = {name: _plain(v) for name, v in values.items() if name not in WRITTEN and not (name == "id" and isinstance(v, int))}
    told |= {name: "token" for name, v in told.items() if name.endswith("_token") and v is not None}
    return json.dumps(told, sort_keys=True, default=str)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return "id"
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items() if name not in WRITTEN}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, bytes | memoryview):
        # Sealed values, keyed hashes and shapes: each run has keys of its own. tests.support.register_state opens what is sealed.
        return f"{len(bytes(value))} bytes"
    if isinstance(value, str):
        return "pseudonym" if re.fullmatch(r"[0-9a-f]{16}", value) else _UUID.sub("id", value)
    return value


def differences(one: dict[str, list[str]], other: dict[str, list[str]]) -> list[str]:
    """Which tables differ, with the first row of each side that the other has not."""
    told = []
    for label in sorted({*one, *other}):
        here, there = one.get(label, []), other.get(label, [])
        if here != there:
            mine = next((row for row in here if row not in there), None)
            theirs = next((row for row in there if row not in here), None)
            told.append(f"{label}: {len(here)} and {len(there)} rows; {mine!s:.400} | {theirs!s:.400}")
    return told
