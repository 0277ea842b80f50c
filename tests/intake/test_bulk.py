"""Rows by the million come back as they went in, on both databases, and as Django itself would have written them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.intake import bulk
from linli.intake.models import Batch, Change, Mapping
from linli.kernel.ids import new_id
from tests.intake.records import House

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)
ROWS = st.lists(
    st.tuples(
        TEXT,
        st.none() | st.dates(date(1850, 1, 1), date(2100, 1, 1)),
        st.none() | st.decimals(-(10**6), 10**6, places=2),
        st.none() | st.binary(max_size=40),
        st.none() | st.uuids(),
    ),
    min_size=1,
    max_size=12,
)
COLUMNS = ("id", "community", "code", "name", "built", "price", "seal", "batch")
many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def stored(**where: Any) -> list[tuple[Any, ...]]:
    found = House.objects.filter(**where).order_by("id").values_list("id", "name", "built", "price", "seal", "batch")
    return [(*row[:4], bytes(row[4]) if row[4] is not None else None, row[5]) for row in found]


@many
@given(ROWS, st.booleans())
def test_what_is_inserted_is_what_the_model_reads(db: None, rows: list[tuple[Any, ...]], digits: bool) -> None:
    place, numbers = new_id(), count()
    given_rows = [(new_id(), *row) for row in rows]
    bulk.insert(House, COLUMNS, ((i.hex if digits else i, place, str(next(numbers)), *rest) for i, *rest in given_rows))
    assert stored(community=place) == given_rows


@many
@given(ROWS)
def test_what_is_fetched_is_what_stands_there(db: None, rows: list[tuple[Any, ...]]) -> None:
    place = new_id()
    made = [House(id=new_id(), community=place, code="x", name=n, built=b, price=p, seal=s, batch=w) for n, b, p, s, w in rows]
    House.objects.bulk_create(made)
    table = bulk.fetch(House, ("id", "name", "built", "seal", "batch"), community=place)
    found = {row[0]: row[1:] for row in zip(*(column.to_pylist() for column in table.columns), strict=True)}
    assert found == {h.id.hex: (h.name, h.built, h.seal, h.batch.hex if h.batch else None) for h in made}


@many
@given(ROWS, ROWS)
def test_an_update_rewrites_the_rows_it_names_and_no_others(
    db: None, before: list[tuple[Any, ...]], after: list[tuple[Any, ...]]
) -> None:
    place = new_id()
    made = [(new_id(), *row) for row in before]
    bulk.insert(House, COLUMNS, ((i, place, "x", *rest) for i, *rest in made))
    changed = {i: new for (i, *_), new in zip(made, after, strict=False)}
    rows = [(i, *new) for i, new in changed.items()]
    assert bulk.update(House, ("name", "built", "price", "seal", "batch"), [*rows, (new_id(), *after[0])]) == len(rows)
    assert stored(community=place) == [(i, *changed.get(i, rest)) for i, *rest in made]


def test_a_delete_takes_the_named_rows_within_its_bounds(db: None) -> None:
    here, there = new_id(), new_id()
    ids = [new_id() for _ in range(6)]
    rows = ((i, here if n < 4 else there, "x", "n", None, None, None, None) for n, i in enumerate(ids))
    bulk.insert(House, COLUMNS, rows)
    assert bulk.delete(House, [*ids[2:], new_id()], community=here) == 2
    assert set(House.objects.values_list("id", flat=True)) == {*ids[:2], *ids[4:]}
    assert bulk.delete(House, []) == 0
    assert bulk.update(House, ["name"], []) == 0
    assert len(bulk.fetch(House, ["id"], community=new_id())) == 0


def test_json_instants_truth_and_foreign_keys(place: UUID) -> None:
    mapping, batch, at = Mapping.objects.get(), new_id(), datetime(2026, 11, 22, 18, 0, 0, 500000, tzinfo=UTC)
    given_values = {
        "id": batch, "community_id": place, "kind": "k", "mapping": mapping.id, "file_name": 'a\t"\\N\n', "sha256": "s",
        "size": 2**40, "kept": "", "encoding": "", "ignored": ["列", "\\"], "received_at": at, "as_of": at, "state": "applied",
        "rows": 3, "verdicts": {"a": [1]}, "counts": {}, "ranges": {}, "digest": "", "seconds": 1.5, "undo_reason": "", "turn": 0,
    }  # fmt: skip
    assert bulk.insert(Batch, list(given_values), [tuple(given_values.values())]) == 1
    found = Batch.objects.get()
    assert (found.file_name, found.size, found.ignored, found.received_at) == ('a\t"\\N\n', 2**40, ["列", "\\"], at)
    assert (found.verdicts, found.seconds, found.error) == ({"a": [1]}, 1.5, None)
    read = bulk.fetch(Batch, ("file_name", "received_at", "community", "seconds", "error"), id=batch).to_pylist()
    assert read == [{"file_name": 'a\t"\\N\n', "received_at": at, "community": place.hex, "seconds": 1.5, "error": None}]


def test_a_doubled_row_is_refused_or_left_out(place: UUID) -> None:
    test_json_instants_truth_and_foreign_keys(place)
    row = (place, Batch.objects.get().id, "House", new_id(), 2, {"name": "first"})
    columns = ("community", "batch", "model", "object_id", "row", "before")
    bulk.insert(Change, columns, [row, (*row[:5], {"name": "second"})], ignore=True)
    assert Change.objects.get().before == {"name": "first"}
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Change, columns, [row])


def test_a_decimal_is_not_read_in_bulk(db: None) -> None:
    with pytest.raises(TypeError, match="price"):
        bulk.fetch(House, ["price"])
