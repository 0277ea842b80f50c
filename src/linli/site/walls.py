"""Row-level security on PostgreSQL: every table with a community gets its policy, by itself, whenever the tables were brought
up to date.

A table is found by its column ``community_id``, so that nobody has to remember it. FORCE binds the tables' owner, too; a
superuser
is bound by nothing, so none may run Linli.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection

from linli.trust import SYSTEM, walls
from linli.trust.chain.links import KEEP_DAYS

VERSION = "linli_1"
"""Part of every policy's name; another version's policies are replaced."""

SEEN = (
    "(SELECT current_setting('linli.everything', true)) = 'yes' OR "
    "community_id = ANY ((SELECT nullif(current_setting('linli.scope', true), ''))::uuid[])"
)
"""Once per statement, not once per row: hence the sub-selects. Unset or empty sees nothing."""

ADDED_BY_ALL = frozenset({"trust_auditevent", "trust_audittouch", "trust_auditpending"})
"""The trail takes in what anybody did, in whichever community; only reading it has a scope."""
ADDED_ONLY = frozenset({"trust_auditevent"})
"""Never changed, and deleted only past its time, whoever asks."""


def policies(table: str) -> dict[str, str]:
    """The policies of a table with a community: name to what follows ``ON <table>``."""
    if table in ADDED_ONLY:
        return {
            f"{VERSION}_see": f"FOR SELECT USING ({SEEN})",
            f"{VERSION}_add": "FOR INSERT WITH CHECK (true)",
            f"{VERSION}_drop": f"FOR DELETE USING (({SEEN}) AND at < now() - interval '{KEEP_DAYS} days')",
        }
    check = "true" if table in ADDED_BY_ALL else SEEN
    return {f"{VERSION}_scope": f"USING ({SEEN}) WITH CHECK ({check})"}


def walled_tables(cursor: Any) -> list[str]:
    """Every table with a community, ours or of a package."""
    cursor.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') "
        "AND a.attname = 'community_id' AND NOT a.attisdropped ORDER BY 1"
    )
    return [name for (name,) in cursor.fetchall()]


def build(**_rest: Any) -> None:
    """Give each table the policies it lacks, and the application's role the right to use the tables. Quick where nothing is
    new."""
    if connection.vendor != "postgresql":
        return
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = current_schema()")
        standing: dict[str, set[str]] = {}
        for table, policy in cursor.fetchall():
            standing.setdefault(table, set()).add(policy)
        for table in walled_tables(cursor):
            wanted = policies(table)
            if standing.get(table, set()) == set(wanted):
                continue
            for old in sorted(standing.get(table, set())):
                if old.startswith("linli_"):
                    cursor.execute(f"DROP POLICY {quoted(old)} ON {quoted(table)}")
            for name, rule in wanted.items():
                cursor.execute(f"CREATE POLICY {quoted(name)} ON {quoted(table)} {rule}")
            cursor.execute(f"ALTER TABLE {quoted(table)} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        _let_in(cursor, settings.LINLI_DATABASE_ROLE)


def _let_in(cursor: Any, role: str) -> None:
    """The application's role may use every table and own none; it may not change the trail, nor the list of migrations."""
    cursor.execute("SELECT current_user")
    if not role or role == cursor.fetchone()[0]:
        return
    quoted = connection.ops.quote_name
    cursor.execute("SELECT current_schema()")
    schema = quoted(cursor.fetchone()[0])
    name = quoted(role)
    cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {name}")
    cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {name}")
    cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}")
    for table in sorted(ADDED_ONLY):
        cursor.execute(f"REVOKE UPDATE ON {quoted(table)} FROM {name}")
    cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {name}")


@contextmanager
def as_owner() -> Iterator[None]:
    """As the role that owns the tables, where it is another one than the application's; every row is there for it to move
    along."""
    owner = settings.LINLI_DATABASE_OWNER
    with walls.everything(SYSTEM):
        if owner is None or connection.vendor != "postgresql":
            yield
            return
        kept = dict(connection.settings_dict)
        connection.close()
        connection.settings_dict.update({name: owner[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.update({name: kept[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
