"""What is loaded for good is set aside."""

from __future__ import annotations

import gc

from linli.site.memory import settle


def test_what_is_loaded_is_set_aside() -> None:
    before = gc.get_freeze_count()
    try:
        settle()
        assert gc.get_freeze_count() > before
        assert gc.isenabled()
    finally:
        gc.unfreeze()
