"""What every test stands on: a DATA folder of its own, one of the two databases, and actors to act as.

The database is SQLite unless ``LINLI_DATABASE_URL`` says otherwise; ``script/test`` runs every test that touches it on both.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

# Before any setting is read: never a developer's own data, and staff sign in without a second factor unless a test asks for it.
# A worker of pytest-xdist is handed the folder of the run it belongs to: its settings were read before this line.
_OWNED = "PYTEST_XDIST_WORKER" not in os.environ
_DATA = Path(tempfile.mkdtemp(prefix="linli-test-") if _OWNED else os.environ["LINLI_DATA"])
os.environ["LINLI_DATA"] = str(_DATA)
os.environ["LINLI_DEMO"] = "1"
os.environ["DJANGO_SETTINGS_MODULE"] = "linli.site.settings"
# Playwright's synchronous interface runs an event loop in this thread, where Django would otherwise refuse its own.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import django.conf  # noqa: E402 - settings read the environment above
import django.test  # noqa: E402

django.conf.settings.DATABASES  # noqa: B018 - read now, so that pytest-django finds settings to set up

# Argon2 is slow on purpose; a test that makes twelve accounts has nobody to defend against.
django.conf.settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# How long an example takes says something about the machine, nothing about the code. The short run tries fewer of them.
hypothesis_settings.register_profile("long", deadline=None)
hypothesis_settings.register_profile("short", deadline=None, max_examples=30)
hypothesis_settings.load_profile(os.environ.get("LINLI_EXAMPLES", "long"))

if TYPE_CHECKING:
    from uuid import UUID

    import pytest_django

    from linli.kernel.actor import Actor
    from tests.support.town import Town

_WALL = pytest.StashKey[AbstractContextManager[None]]()
ON_POSTGRES = "postgresql" in django.conf.settings.DATABASES["default"]["ENGINE"]
_DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "client",
    "live_server",
    "community",
    "actor_for",
    "town",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", action="store_true", help="store what browser tests `look` at in docs/screenshots")
    parser.addoption("--refresh-openapi", action="store_true", help="write docs/reference/openapi.json anew")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what touches the database, and leave out what holds on the other one only."""
    kept, left_out = [], []
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & _DATABASE_FIXTURES:
            item.add_marker(pytest.mark.database)
        elsewhere = "sqlite" if ON_POSTGRES else "postgres"
        (left_out if item.get_closest_marker(elsewhere) else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def pytest_sessionstart(session: pytest.Session) -> None:
    """On PostgreSQL a test itself sees every row, as the command line does; requests, commands and jobs draw their own walls."""
    from linli.trust import SYSTEM, walls

    session.config.stash[_WALL] = everything = walls.everything(SYSTEM)
    everything.__enter__()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _OWNED:
        shutil.rmtree(_DATA, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite in a file, as in life: in memory, threads would share one connection and WAL would not be there."""
    database = django.conf.settings.DATABASES["default"]
    if not ON_POSTGRES:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        database.setdefault("TEST", {})["NAME"] = str(_DATA / "db" / f"test-{worker}.sqlite3")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a PostgreSQL: the one this run stands on, else a throw-away cluster."""
    from tests.support.throwaway_postgres import cluster

    if ON_POSTGRES:
        yield os.environ["LINLI_DATABASE_URL"]
    else:
        with cluster() as url:
            yield url


@pytest.fixture
def data(tmp_path: Path, settings: django.conf.LazySettings) -> Path:
    """An empty DATA folder for this test alone."""
    from linli.site.data_folder import prepare

    prepare(tmp_path)
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def community(db: None) -> UUID:
    """Id of the zone of community 999901001001, below sub-district 999901001."""
    from tests.support.zones import add_community

    return add_community("999901001001", "Willow Court", "柳荫")


@pytest.fixture
def other_community(community: UUID) -> UUID:
    """Id of the zone of community 999901001002 in the same sub-district: what nobody of the first may see."""
    from tests.support.zones import add_community

    return add_community("999901001002", "Bridge Lane", "桥巷")


@pytest.fixture
def actor_for(db: None) -> Callable[..., Actor]:
    """``actor_for(role, zone)``: a new account that holds ``role`` in the zone (a community's or a grid's id), as an Actor."""
    from tests.support.zones import add_actor

    def make(role: str, zone: UUID, *, today: date = date(2026, 11, 16)) -> Actor:
        return add_actor(role, zone, today=today)

    return make


@pytest.fixture
def signed_in(db: None) -> Callable[..., django.test.Client]:
    """``signed_in(actor)``: a client whose session belongs to the actor's account, in the actor's role."""

    def make(actor: Actor) -> django.test.Client:
        from linli.trust.models import Account
        from linli.trust.web.middleware import SESSION_ROLE

        client = django.test.Client()
        client.force_login(Account.objects.get(id=actor.account), backend=django.conf.settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session[SESSION_ROLE] = actor.role
        session.save()
        return client

    return make


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demonstration, loaded once per run and shared by the workers; ``installation.copy`` it to write."""
    from tests.support.installation import build_once

    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    return build_once(base / "demonstration")


@pytest.fixture(scope="session")
def town_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a small town delivers for seven Mondays, as files; nobody writes to them."""
    from tests.support.town import written

    base = tmp_path_factory.getbasetemp()
    return written((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "town")


@pytest.fixture(scope="module")
def loaded_town(town_files: Path, django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[Town]:
    """The town with all its Mondays, in a transaction that ends with the module."""
    from django.db import transaction

    from tests.support.town import loaded

    with django_db_blocker.unblock(), transaction.atomic():
        yield loaded(town_files)
        transaction.set_rollback(True)


@pytest.fixture
def town(loaded_town: Town, db: None) -> Town:
    """The loaded town; what a test changes is taken back after it."""
    return loaded_town
