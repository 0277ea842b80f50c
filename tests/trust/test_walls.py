"""Row-level security: what a connection sees that was told nothing, one community, or everything."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from linli.kernel.actor import PUBLIC, SYSTEM, Actor
from linli.kernel.ids import new_id
from linli.site import walls as building
from linli.trust import Permission, record, walls
from linli.trust.door import COMMANDS, command
from linli.trust.models import AuditEvent, Subject
from linli.work import jobs
from tests.support.throwaway_postgres import APPLICATION

MakeActor = Callable[..., Actor]


def test_only_the_system_sees_everything() -> None:
    one = Actor(account=new_id(), role="community_manager", permissions=frozenset({"*"}), communities=frozenset({new_id()}))
    for actor in (PUBLIC, one, Actor(account=new_id(), role="x", permissions=frozenset(), communities=None)):
        with pytest.raises(TypeError), walls.everything(actor):
            pass
    with walls.everything(SYSTEM):
        pass


def test_every_table_with_a_community_is_named_by_its_column() -> None:
    """The walls find a table by the column ``community_id``: a community under another name would stand outside of them."""
    named = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("linli.")
        for field in model._meta.concrete_fields
        if field.name in ("community", "community_id") and field.column != "community_id"
    }
    assert named == set()


def scope() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('linli.scope', true), current_setting('linli.everything', true)")
        found: tuple[str, str] = cursor.fetchone()
        return found


@pytest.mark.postgres
@pytest.mark.django_db
def test_scopes_nest_and_are_put_back(community: UUID, other_community: UUID) -> None:
    with walls.within([community]):
        assert scope() == ("{" + str(community) + "}", "")
        with walls.everything(SYSTEM):
            assert scope()[1] == "yes"
        with pytest.raises(ZeroDivisionError), walls.within([other_community]):
            raise ZeroDivisionError
        assert scope() == ("{" + str(community) + "}", "")
        with walls.within([]):
            assert scope() == ("{}", "")
    assert scope()[1] == "yes"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_failed_transaction_takes_no_wall_down(community: UUID, other_community: UUID) -> None:
    def fail() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    mine = ("{" + str(community) + "}", "")
    with walls.within([community]):
        with pytest.raises(DatabaseError), transaction.atomic(), walls.within([other_community]):
            fail()
        assert scope() == mine
        with transaction.atomic():
            with pytest.raises(DatabaseError), transaction.atomic(), walls.everything(SYSTEM):
                fail()
            assert scope() == mine
        with pytest.raises(DatabaseError), walls.everything(SYSTEM), transaction.atomic():
            fail()
        assert scope() == mine
        with pytest.raises(ZeroDivisionError), transaction.atomic(), walls.everything(SYSTEM):
            raise ZeroDivisionError
        assert scope() == mine
        with walls.everything(SYSTEM):
            connection.close()
            assert scope()[1] == "yes"  # a connection opened in between is told
        assert scope() == mine


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_command_sees_its_community_alone(community: UUID, other_community: UUID) -> None:
    Subject.objects.create(community_id=community, pseudonym="mine")
    Subject.objects.create(community_id=other_community, pseudonym="theirs")
    COMMANDS.pop("test.wall", None)

    @command("test.wall", may=Permission.PERSON_SEARCH)
    def look(*, by: Actor, community: UUID, steal: UUID | None = None) -> list[str]:
        record("test.wall")
        if steal:
            Subject.objects.create(community_id=steal, pseudonym="stolen")
        Subject.objects.filter(pseudonym="theirs").update(pseudonym="changed")
        return list(Subject.objects.values_list("pseudonym", flat=True))

    try:
        assert look(by=SYSTEM, community=community) == ["mine"]
        with pytest.raises(DatabaseError), transaction.atomic():
            look(by=SYSTEM, community=community, steal=other_community)
    finally:
        COMMANDS.pop("test.wall", None)
    assert set(Subject.objects.values_list("pseudonym", flat=True)) == {"mine", "theirs"}


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_job_sees_its_community_alone(community: UUID, other_community: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str]] = []
    monkeypatch.setattr(jobs, "_JOBS", {"look": lambda _community: seen.append(scope())})
    jobs.run_job.func(name="look", community=str(community))
    assert seen == [("{" + str(community) + "}", "")]


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_page_sees_its_community_alone(
    community: UUID, signed_in: Callable[[Actor], Client], actor_for: MakeActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from linli.trust.web import views

    seen: list[tuple[str, str]] = []
    monkeypatch.setattr(views.queries, "audit_events", lambda **_: seen.append(scope()) or [])
    answer = signed_in(actor_for("auditor", community)).get(reverse("trust:audit", kwargs={"code": "999901001001"}))
    assert answer.status_code == 200
    assert seen == [("{" + str(community) + "}", "")]


@pytest.mark.postgres
@pytest.mark.django_db
def test_what_a_request_leaves_behind_is_cleared() -> None:
    token = walls._scope.set(walls._NOTHING)
    try:
        with connection.cursor() as cursor:
            cursor.execute(walls.SET_SCOPE, ["{}", "yes"])
        monkey = connection.in_atomic_block
        connection.in_atomic_block = False
        try:
            walls._clear()
        finally:
            connection.in_atomic_block = monkey
        assert scope() == ("{}", "")
    finally:
        walls._scope.reset(token)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_used_again_tells_nothing_of_who_used_it_before(
    community: UUID, signed_in: Callable[[Actor], Client], actor_for: MakeActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Connections live on for a minute, and a worker's or a web thread's carries one thing after the other. After a job, a job
    that broke in the middle of a statement, a page, and a page that broke, the same session sees no row untold."""
    Subject.objects.create(community_id=community, pseudonym="mine")
    reader = signed_in(actor_for("auditor", community))
    reader.raise_request_exception = False
    page = reverse("trust:audit", kwargs={"code": "999901001001"})
    seen: list[tuple[str, int]] = []

    def rows() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM trust_subject")
            return int(cursor.fetchone()[0])

    def broken(_community: UUID) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    def fails(**_asked: object) -> None:
        broken(community)

    monkeypatch.setattr(jobs, "_JOBS", {"look": lambda _: seen.append(("in the job", rows())), "break": broken})

    def in_atomic(_community: UUID) -> None:
        with transaction.atomic():
            broken(community)

    def one_after_the_other() -> None:
        try:
            connection.ensure_connection()
            first = connection.connection.info.backend_pid
            jobs.run_job.func(name="look", community=str(community))
            seen.append(("after a job", rows()))
            for job in (broken, in_atomic):
                monkeypatch.setitem(jobs._JOBS, "break", job)
                with pytest.raises(DatabaseError):
                    jobs.run_job.func(name="break", community=str(community))
                seen.append(("after a job that broke", rows()))
            with walls.everything(SYSTEM):
                seen.append(("for the system", rows()))
            seen.append(("after the system", rows()))
            # A test's client keeps the connection open at the end of a request, as a web server does within CONN_MAX_AGE.
            assert reader.get(page).status_code == 200
            seen.append(("after a page", rows()))
            with monkeypatch.context() as patch:
                patch.setattr("linli.trust.web.views.queries.audit_events", fails)
                assert reader.get(page).status_code == 500
            seen.append(("after a page that broke", rows()))
            assert connection.connection.info.backend_pid == first, "all of it in one session"
        finally:
            connection.close()

    # A thread of its own has a connection of its own and has been told nothing.
    with ThreadPoolExecutor(1) as threads:
        threads.submit(one_after_the_other).result()
    assert seen == [
        ("in the job", 1), ("after a job", 0), ("after a job that broke", 0), ("after a job that broke", 0),
        ("for the system", 1), ("after the system", 0), ("after a page", 0), ("after a page that broke", 0),
    ]  # fmt: skip


# ── as the application's own role ──


@pytest.fixture
def spare(transactional_db: None) -> Iterator[Callable[..., psycopg.Connection[Any]]]:
    """``spare(role)``: a connection to a copy of the database, with its walls and rights, for a test to break."""
    target, name = dict(connection.settings_dict), f"linli_spare_{secrets.token_hex(4)}"
    with connection.cursor() as cursor:
        building._let_in(cursor, APPLICATION)
    connections.close_all()
    place = {"host": target["HOST"], "port": target["PORT"], "autocommit": True}
    with psycopg.connect(dbname="postgres", user=target["USER"], **place) as beside, ExitStack() as stack:
        beside.execute(f'CREATE DATABASE {name} TEMPLATE "{target["NAME"]}"')
        try:
            yield lambda role: stack.enter_context(psycopg.connect(dbname=name, user=role, **place))
        finally:
            stack.close()
            beside.execute(f"DROP DATABASE {name}")


def _fill(owner: psycopg.Connection[Any], table: str, community: UUID) -> None:
    """One row of a table in a community, whatever the table is: rows need not make sense, only belong to somebody."""
    columns = owner.execute(
        "SELECT column_name, data_type, character_maximum_length FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL "
        "AND is_identity = 'NO'",
        [table],
    )
    values: dict[str, Any] = {"community_id": community}
    for name, kind, length in columns:
        values.setdefault(name, _value(kind, length or 4))
    names = ", ".join(f'"{name}"' for name in values)
    owner.execute(f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(["%s"] * len(values))})', list(values.values()))


def _value(kind: str, length: int) -> Any:
    if kind == "uuid":
        return new_id()
    if kind in ("smallint", "integer", "bigint"):
        return secrets.randbelow(30_000) + 1
    if kind in ("double precision", "numeric", "real"):
        return 1
    if kind == "boolean":
        return False
    if kind == "date":
        return datetime.now(UTC).date()
    if kind.startswith("timestamp"):
        return datetime.now(UTC)
    if kind.startswith("json"):
        return "{}"
    if kind == "bytea":
        return b"x"
    if kind.startswith("time"):
        return "00:00"
    if kind == "interval":
        return timedelta(0)
    assert kind in ("character varying", "text"), kind
    return secrets.token_hex(4)[: min(length, 4)]


def _unbound(owner: psycopg.Connection[Any], table: str) -> None:
    found = owner.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f', 'u', 'x')", [f'"{table}"']
    )
    for (name,) in found.fetchall():
        owner.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}" CASCADE')


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_application_sees_nothing_untold_and_its_own_when_told(spare: Callable[..., psycopg.Connection[Any]]) -> None:
    """For every table with a community there is, enumerated from the database itself."""
    with_community = {
        model._meta.db_table
        for model in apps.get_models()
        if any(field.column == "community_id" for field in model._meta.concrete_fields)
    }
    mine, theirs = new_id(), new_id()
    owner, application = spare(connection.settings_dict["USER"]), spare(APPLICATION)
    tables = building.walled_tables(owner.cursor())
    assert set(tables) >= with_community
    assert len(tables) > 30
    owner.execute(walls.SET_SCOPE, ["{}", "yes"])
    for table in tables:
        _unbound(owner, table)
    for table in tables:
        for community in (mine, theirs):
            _fill(owner, table, community)
    for table in tables:
        everywhere = f'SELECT count(*) FROM "{table}" WHERE community_id IN (%s, %s)'
        assert owner.execute(everywhere, [mine, theirs]).fetchone() == (2,), table
        for untold in (None, ["", ""], ["{}", ""], ["{}", "no"]):
            if untold:
                application.execute(walls.SET_SCOPE, untold)
            assert application.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (0,), table
            assert application.execute(f'DELETE FROM "{table}"').rowcount == 0, table
        application.execute(walls.SET_SCOPE, ["{" + str(mine) + "}", ""])
        assert application.execute(f'SELECT DISTINCT community_id FROM "{table}"').fetchall() == [(mine,)], table
        assert application.execute(f'DELETE FROM "{table}" WHERE community_id = %s', [theirs]).rowcount == 0, table
        if table not in building.ADDED_ONLY:
            move = f'UPDATE "{table}" SET community_id = %s WHERE community_id = %s'
            assert application.execute(move, [mine, theirs]).rowcount == 0, table
            if table not in building.ADDED_BY_ALL:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    application.execute(move, [theirs, mine])
        assert owner.execute(everywhere, [mine, theirs]).fetchone() == (2,), table
        application.execute("RESET ALL")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_application_adds_to_the_trail_and_never_changes_it(
    community: UUID, spare: Callable[..., psycopg.Connection[Any]]
) -> None:
    application = spare(APPLICATION)
    application.execute(walls.SET_SCOPE, ["{}", "yes"])
    before = application.execute("SELECT count(*) FROM trust_auditevent").fetchone()
    assert before is not None
    assert before[0] > 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute("UPDATE trust_auditevent SET role = 'x'")
    assert application.execute("DELETE FROM trust_auditevent").rowcount == 0
    assert AuditEvent.objects.update(role="x") == 0  # not even the tables' owner
    assert AuditEvent.objects.all().delete()[0] == 0
    for forbidden in ("ALTER TABLE trust_auditevent DISABLE ROW LEVEL SECURITY", "DROP POLICY linli_1_see ON trust_auditevent"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute(forbidden)


@pytest.mark.postgres
def test_an_installation_runs_with_a_role_that_owns_nothing(postgres: str, tmp_path: Path) -> None:
    """The tables are made by their owner, everything else is done by the application's role."""
    name = f"linli_two_{secrets.token_hex(4)}"
    owner = urlsplit(postgres)._replace(path=f"/{name}")
    application = owner._replace(netloc=f"{APPLICATION}@{owner.netloc.rpartition('@')[2]}")
    environment = {
        **os.environ,
        "LINLI_DATA": str(tmp_path),
        "LINLI_DATABASE_URL": application.geturl(),
        "LINLI_DATABASE_OWNER_URL": owner.geturl(),
    }

    def linli(*arguments: str) -> str:
        call = [sys.executable, "-m", "linli.site.cli", *arguments]
        done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    with psycopg.connect(postgres, autocommit=True) as beside:
        beside.execute(f"CREATE DATABASE {name}")
        try:
            linli("community", "add", "999901001009", "--name", "Pear Lane", "--subdistrict", "999901001")
            linli("django", "run_scheduler", "--once")
            assert "audit.seal" in linli(
                "django",
                "shell",
                "-v0",
                "-c",
                "from linli.work.models import Schedule; print([s.job for s in Schedule.objects.all()])",
            )
            linli("audit", "seal")
            assert all(report["holds"] for report in json.loads(linli("audit", "verify", "--json")))
            with psycopg.connect(application.geturl()) as inside:
                assert inside.execute("SELECT count(*) FROM work_schedule").fetchone() == (0,)
                assert inside.execute("SELECT tableowner FROM pg_tables WHERE tableowner = current_user").fetchall() == []
        finally:
            beside.execute(f"DROP DATABASE {name}")


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_role_of_this_run_is_bound_by_the_walls() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relname = ANY(%s) AND NOT (relrowsecurity AND relforcerowsecurity)",
            [building.walled_tables(cursor)],
        )
        assert cursor.fetchone() == (0,)
