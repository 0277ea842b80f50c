"""The declared way a file is recognised and read: what stands in a mapping file, checked."""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from linli.intake.kinds import KINDS, Kind
from linli.kernel.errors import BadInput, Where
from linli.kernel.words import sentence

NOT_JSON = sentence("intake.mapping.not_json", "This is not a mapping file: it is not readable as JSON.")
WRITE_JSON = sentence("intake.mapping.write_json", "Write it as JSON in UTF-8; docs/reference/mappings.md shows one.")
LACKS = sentence("intake.mapping.lacks", "The mapping lacks “%(key)s”, or it has the wrong form.")
UNKNOWN_KEY = sentence("intake.mapping.unknown_key", "The mapping says “%(key)s”, which nothing reads.")
UNKNOWN_KIND = sentence("intake.mapping.unknown_kind", "There is no kind of file called %(kind)s. There are: %(kinds)s.")
UNKNOWN_FIELD = sentence("intake.mapping.unknown_field", "%(kind)s has no field called %(field)s. It has: %(fields)s.")
FIELD_NEEDED = sentence("intake.mapping.field_needed", "%(kind)s needs a column for %(fields)s.")
UNKNOWN_ENCODING = sentence("intake.mapping.unknown_encoding", "There is no encoding called %(encoding)s.")
UNKNOWN_ZONE = sentence("intake.mapping.unknown_zone", "There is no time zone called %(zone)s.")
MEND_MAPPING = sentence("intake.mapping.mend", "Mend the mapping file and declare it again.")

_KEYS = frozenset(
    {
        "name",
        "kind",
        "recognise",
        "encodings",
        "delimiter",
        "heading_row",
        "sheet",
        "columns",
        "optional",
        "values",
        "only",
        "options",
        "note",
    }
)


@dataclass(frozen=True)
class Definition:
    """One mapping. ``columns``: field → heading; ``optional``: fields whose column may be missing; ``values``: field → cell →
    value; ``only``: (heading, values) that mark the rows of this community, where a file carries several."""

    name: str
    kind: str
    file_pattern: str
    headings: tuple[str, ...]
    columns: Mapping[str, str]
    encodings: tuple[str, ...] = ("utf-8-sig", "gb18030")
    delimiter: str = ","
    heading_row: int = 1
    sheet: str | None = None
    optional: frozenset[str] = frozenset()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    only: tuple[str, frozenset[str]] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def needed(self) -> tuple[str, ...]:
        """The headings without which the file can't be read, in the order of the mapping."""
        wanted = [heading for name, heading in self.columns.items() if name not in self.optional]
        if self.only and self.only[0] not in wanted:
            wanted.append(self.only[0])
        return tuple(wanted)

    def fits_name(self, file_name: str) -> bool:
        """Whether the file's name fits the declared pattern; a name typed on a Mac is composed first."""
        return fnmatchcase(normalize("NFC", file_name), normalize("NFC", self.file_pattern))

    def heading_of(self, name: str) -> str:
        """The heading of a field; a name that is no field of the mapping stays what it is."""
        return self.columns.get(name, name)


def read_definition(path: Path) -> dict[str, Any]:
    """The JSON object in a mapping file. BadInput where there is none."""
    try:
        value = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError):
        raise BadInput(NOT_JSON, where=Where(file=path.name), remedy=WRITE_JSON) from None
    if not isinstance(value, dict):
        raise BadInput(NOT_JSON, where=Where(file=path.name), remedy=WRITE_JSON)
    return value


def definition_of(value: Mapping[str, Any]) -> Definition:
    """The mapping that a JSON object declares. BadInput names the first thing wrong with it."""
    _known_keys(value)
    name, kind = _text(value, "name", 64), _text(value, "kind", 64)
    if kind not in KINDS:
        raise BadInput(UNKNOWN_KIND, remedy=MEND_MAPPING, kind=kind, kinds=", ".join(sorted(KINDS)))
    recognise = value.get("recognise")
    if not isinstance(recognise, dict):
        raise BadInput(LACKS, remedy=MEND_MAPPING, key="recognise")
    columns = _pairs(value, "columns")
    if not columns:
        raise BadInput(LACKS, remedy=MEND_MAPPING, key="columns")
    optional = frozenset(_texts(value, "optional", ()))
    made = Definition(
        name=name,
        kind=kind,
        file_pattern=_text(recognise, "file", 200),
        headings=tuple(_texts(recognise, "headings", None)),
        columns=columns,
        encodings=tuple(_encodings(value)),
        delimiter=_delimiter(value),
        heading_row=_heading_row(value),
        sheet=_sheet(value),
        optional=optional,
        values=_values(value),
        only=_only(value),
        options=_options(value),
    )
    _check_fields(made, KINDS[kind])
    return made


def _known_keys(value: Mapping[str, Any]) -> None:
    for key in value:
        if key not in _KEYS:
            raise BadInput(UNKNOWN_KEY, remedy=MEND_MAPPING, key=str(key))


def _check_fields(made: Definition, kind: Kind) -> None:
    names = [f.name for f in kind.fields]
    for name in [*made.columns, *made.values, *made.optional]:
        if name not in names:
            raise BadInput(UNKNOWN_FIELD, remedy=MEND_MAPPING, kind=kind.name, field=name, fields=", ".join(names))
    lacking = [f.name for f in kind.fields if f.required and (f.name not in made.columns or f.name in made.optional)]
    if lacking:
        raise BadInput(FIELD_NEEDED, remedy=MEND_MAPPING, kind=kind.name, fields=", ".join(lacking))


def _text(value: Mapping[str, Any], key: str, longest: int) -> str:
    found = value.get(key)
    if not isinstance(found, str) or not found.strip() or len(found) > longest:
        raise BadInput(LACKS, remedy=MEND_MAPPING, key=key)
    return found.strip()


def _texts(value: Mapping[str, Any], key: str, default: Sequence[str] | None) -> list[str]:
    found = value.get(key, default)
    if not isinstance(found, list | tuple) or (default is None and not found) or not all(isinstance(t, str) and t for t in found):
        raise BadInput(LACKS, remedy=MEND_MAPPING, key=key)
    return list(found)


def _pairs(value: Mapping[str, Any], key: str) -> dict[str, str]:
    found = value.get(key, {})
    if not isinstance(found, dict) or not all(isinstance(v, str) and v for v in found.values()):
        raise BadInput(LACKS, remedy=MEND_MAPPING, key=key)
    return dict(found)


def _values(value: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    found = value.get("values") or {}
    if not isinstance(found, dict):
        raise BadInput(LACKS, remedy=MEND_MAPPING, key="values")
    return {name: {str(cell): str(to) for cell, to in _pairs_any(found, name).items()} for name in found}


def _pairs_any(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value[key]
    if not isinstance(found, dict):
        raise BadInput(LACKS, remedy=MEND_MAPPING, key=f"values.{key}")
    return found


def _encodings(value: Mapping[str, Any]) -> list[str]:
    found = _texts(value, "encodings", ("utf-8-sig", "gb18030"))
    if not found:
        raise BadInput(LACKS, remedy=MEND_MAPPING, key="encodings")
    for encoding in found:
        try:
            codecs.lookup(encoding)
        except LookupError:
            raise BadInput(UNKNOWN_ENCODING, remedy=MEND_MAPPING, encoding=encoding) from None
    return found


def _delimiter(value: Mapping[str, Any]) -> str:
    found = value.get("delimiter") or ","
    if not isinstance(found, str) or len(found) != 1 or found in '"\r\n\0':
        raise BadInput(LACKS, remedy=MEND_MAPPING, key="delimiter")
    return found


def _heading_row(value: Mapping[str, Any]) -> int:
    found = value.get("heading_row", 1)
    if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= 100:
        raise BadInput(LACKS, remedy=MEND_MAPPING, key="heading_row")
    return found


def _sheet(value: Mapping[str, Any]) -> str | None:
    found = value.get("sheet")
    if found is not None and not isinstance(found, str):
        raise BadInput(LACKS, remedy=MEND_MAPPING, key="sheet")
    return found


def _only(value: Mapping[str, Any]) -> tuple[str, frozenset[str]] | None:
    found = value.get("only")
    if found is None:
        return None
    if not isinstance(found, dict):
        raise BadInput(LACKS, remedy=MEND_MAPPING, key="only")
    return _text(found, "column", 200), frozenset(_texts(found, "values", None))


def _options(value: Mapping[str, Any]) -> dict[str, Any]:
    found = value.get("options") or {}
    if not isinstance(found, dict):
        raise BadInput(LACKS, remedy=MEND_MAPPING, key="options")
    zone = found.get("zone")
    if zone is not None:
        try:
            ZoneInfo(str(zone))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadInput(UNKNOWN_ZONE, remedy=MEND_MAPPING, zone=str(zone)) from None
    return dict(found)
