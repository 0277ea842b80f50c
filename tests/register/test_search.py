"""Finding people: whom a search finds and whom not, what it asks of the database, and how it goes on where there are too many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.actor import Actor
from linli.register.models import Person
from linli.register.queries import search
from linli.register.queries.search import MOST, Narrow, search_people
from linli.register.rules import asked
from linli.trust import erase_subject
from tests.register.ground import Town, build, line, named, take
from tests.support.asking import ask

TODAY = date(2026, 11, 16)
PEOPLE = [
    line("张小兰"),
    line("章晓岚", birth=date(1990, 1, 2), sequence=22, building=5, phone="000 5550 9876"),
    line("欧阳大山", birth=date(1985, 6, 1), sequence=33, building=5, phone="000 5550 9876"),
]


@pytest.fixture
def town(community: UUID, data: Path, tmp_path: Path) -> Town:
    made = build(community)
    take(tmp_path, community, "2026-W47", PEOPLE)
    return made


@pytest.fixture
def clerk(town: Town, actor_for: Callable[..., Actor]) -> Actor:
    return actor_for("desk_clerk", town.community)


def ways(clerk: Actor, town: Town, q: str, **narrow: object) -> dict[str, tuple[str, ...]]:
    """Masked name → how it was found."""
    found = search_people(viewer=clerk, community=town.community, q=q, today=TODAY, narrow=Narrow(**narrow))  # type: ignore[arg-type]
    assert found.total == len(found.rows)
    return {row.name: row.matched for row in found.rows}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("张小兰", {"张*兰": ("name",), "章*岚": ("sound",)}),
        ("小兰", {"张*兰": ("given",)}),
        ("zhangxiaolan", {"张*兰": ("pinyin",), "章*岚": ("pinyin",)}),
        ("zxl", {"张*兰": ("initials",), "章*岚": ("initials",)}),
        ("大山", {"欧**山": ("given",)}),
        ("ouyang dashan", {"欧**山": ("pinyin",)}),
        ("柳荫苑3", {"张*兰": ("address",)}),
        ("柳荫苑3-2-501", {"张*兰": ("address",)}),
        ("柳荫苑5号楼2单元501室", {"章*岚": ("address",), "欧**山": ("address",)}),
        ("桐荫路18弄", {"张*兰": ("address",), "章*岚": ("address",), "欧**山": ("address",)}),
        ("柳荫苑3-2-999", {}),
        ("9876", {"章*岚": ("phone",), "欧**山": ("phone",)}),
        ("0005550 9876", {"章*岚": ("phone",), "欧**山": ("phone",)}),
        ("张", {}),
        ("欧阳", {}),
        ("小", {}),
        ("zhang", {}),
        ("%", {}),
        ("__", {}),
    ],
)
def test_how_people_are_found(clerk: Actor, town: Town, q: str, expected: dict[str, tuple[str, ...]]) -> None:
    found = search_people(viewer=clerk, community=town.community, q=q, today=TODAY)
    assert {row.name: row.matched for row in found.rows} == expected


@pytest.mark.django_db
def test_a_search_is_narrowed_by_birth_grid_and_place(clerk: Actor, town: Town) -> None:
    assert set(ways(clerk, town, "桐荫路18弄", born=asked.years("1985-1990"))) == {"章*岚", "欧**山"}
    assert set(ways(clerk, town, "桐荫路18弄", born=asked.years("1954"))) == {"张*兰"}
    assert set(ways(clerk, town, "zxl", grid="02")) == {"章*岚"}
    assert set(ways(clerk, town, "zxl", place="柳荫苑3号楼")) == {"张*兰"}
    assert ways(clerk, town, "zxl", grid="77") == {}
    assert ways(clerk, town, "zxl", place="没有这个地方") == {}


@pytest.mark.django_db
def test_too_many_say_how_they_are_spread(town: Town, clerk: Actor, tmp_path: Path) -> None:
    crowd = [
        line("王众人", birth=date(1950 + n % 20, 1, 1), sequence=2 * n, household="", building=3 + 2 * (n % 2))
        for n in range(1, MOST + 5)
    ]
    take(tmp_path, town.community, "2026-W48", [*PEOPLE, *crowd])
    many = search_people(viewer=clerk, community=town.community, q="王众人", today=TODAY)
    assert (many.rows, many.more, many.total) == ([], False, MOST + 4)
    assert sum(count for _grid, count in many.grids) == many.total
    assert dict(many.decades).keys() == {1950, 1960}
    for narrow in (Narrow(grid="01"), Narrow(born=asked.years("1950-1959")), Narrow(place="柳荫苑5号楼")):
        fewer = search_people(viewer=clerk, community=town.community, q="王众人", today=TODAY, narrow=narrow)
        assert 0 < fewer.total == len(fewer.rows) < MOST


@pytest.mark.django_db
def test_far_too_many_are_not_even_counted(town: Town, clerk: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "COUNTED", 2)
    found = search_people(viewer=clerk, community=town.community, q="桐荫路18弄", today=TODAY)
    assert (found.rows, found.more) == ([], True)
    fewer = search_people(
        viewer=clerk, community=town.community, q="桐荫路18弄", today=TODAY, narrow=Narrow(born=asked.years("1954"))
    )
    assert len(fewer.rows) == 1


@pytest.mark.django_db
def test_a_shared_hash_is_no_match(town: Town, clerk: Actor) -> None:
    """24 bits are shared by strangers: who is found by chance is opened, compared and dropped."""
    mine, other = (Person.objects.get(id=named(town.community, name).id) for name in ("张小兰", "欧阳大山"))
    Person.objects.filter(id=other.id).update(name_token=mine.name_token, given_token=mine.given_token)
    assert set(ways(clerk, town, "张小兰")) == {"张*兰", "章*岚"}


@pytest.mark.django_db
def test_somebody_erased_is_not_found(town: Town, clerk: Actor, actor_for: Callable[..., Actor]) -> None:
    known = named(town.community, "张小兰")
    erase_subject(
        by=actor_for("privacy_officer", town.community), community=town.community, subject=known.subject, reason="asked"
    )
    for q in ("张小兰", "zxl", "1234", known.number, "柳荫苑3"):
        assert "张*兰" not in ways(clerk, town, q)


@pytest.mark.django_db
def test_a_worker_finds_nobody_elsewhere_by_any_way(town: Town, actor_for: Callable[..., Actor]) -> None:
    worker = actor_for("grid_worker", town.grids[0])
    other = named(town.community, "欧阳大山")
    for q in ("欧阳大山", "大山", "ouyangdashan", "9876", other.number, "柳荫苑5", "柳荫苑5-2-501"):
        found = search_people(viewer=worker, community=town.community, q=q, today=TODAY)
        assert (found.rows, found.total, found.grids) == ([], 0, ())


@pytest.mark.django_db
def test_every_look_up_uses_an_index(town: Town, clerk: Actor) -> None:
    """No search walks through the people: each query on them is answered by an index."""
    number = named(town.community, "张小兰").number
    for q, index in (("张小兰", "person_by_name"), ("小兰", "person_by_given"), ("zhangxiaolan", "person_by_pinyin"),
                     ("zxl", "person_by_initials"), ("9876", "person_by_phone"), (number, "person_by_number")):  # fmt: skip
        with CaptureQueriesContext(connection) as asked_of:
            search_people(viewer=clerk, community=town.community, q=q, today=TODAY)
        wanted = [one["sql"] for one in asked_of if '_token" =' in one["sql"] or '"number_index" IN' in one["sql"]]
        plans = [plan_of(sql) for sql in wanted if 'FROM "register_person"' in sql]
        assert any(index in plan for plan in plans), (q, plans)
        assert not any("SCAN register_person" in plan or "Seq Scan on register_person " in plan for plan in plans), plans


def plan_of(sql: str) -> str:
    """How the database would answer, with walking through a table forbidden where it may choose (tables of a test are small)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN " + sql)
        else:
            cursor.execute("EXPLAIN QUERY PLAN " + sql)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@given(st.text(max_size=30))
def test_whatever_is_typed_can_be_read(typed: str) -> None:
    found = asked.read(typed)
    assert not (found.digits and found.readings)
    asked.years(typed)


@pytest.mark.django_db
def test_pages(town: Town, clerk: Actor, signed_in: Callable[..., Client]) -> None:
    client = signed_in(clerk)
    home = "/desk/999901001001/people/"
    page = client.get(ask(client, "zxl", born="1954")).content.decode()
    assert "张*兰" in page
    assert "章*岚" not in page
    assert "1954, or 1950-1959" not in client.get(ask(client, "zxl", born="soon")).content.decode()
    several = client.post(f"{home}several/", {"lines": "张小兰\n9876\n没有人\n\n张"}, follow=True).content.decode()
    assert several.count("<section") >= 5
    assert "欧**山" in several
    person = named(town.community, "欧阳大山").id
    assert client.get(f"{home}{person}/").status_code == 200
    assert "欧**山" in client.get(home).content.decode(), "what was opened is at hand"
