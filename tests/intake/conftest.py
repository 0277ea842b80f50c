"""A community with one declared mapping, and the small tables that its files fill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

# What needs Django's registry is imported inside the fixtures: this file is read before it stands.


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """The test tables beside the real ones."""
    from django.db import connection

    from tests.intake import records

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        there = set(connection.introspection.table_names())
        with connection.schema_editor() as editor:
            for model in records.MODELS:
                if model._meta.db_table not in there:
                    editor.create_model(model)


@pytest.fixture(autouse=True)
def _houses() -> Iterator[None]:
    from django.apps import AppConfig, apps

    import tests.intake
    from linli.intake import KINDS, offer
    from tests.intake import records

    # Django sees relations between models of installed apps only.
    config = AppConfig("tests.intake", tests.intake)
    config.label, config.apps = "intake_tests", apps
    config.import_models()
    apps.app_configs[config.label] = config
    apps.clear_cache()
    offer(records.HOUSES)
    yield
    KINDS.pop(records.HOUSES.name, None)
    del apps.app_configs[config.label]
    apps.clear_cache()


@pytest.fixture
def place(community: UUID, data: Path) -> UUID:
    """A community in which the mapping ``houses`` is declared."""
    from linli.intake import declare_mapping
    from linli.kernel.actor import SYSTEM
    from tests.intake import records

    declare_mapping(by=SYSTEM, community=community, definition=records.MAPPING)
    return community


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """``csv_file(text, encoding=, name=)``: a file as somebody delivers it."""

    def write(text: str, *, encoding: str = "gb18030", name: str = "房屋_1.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write
