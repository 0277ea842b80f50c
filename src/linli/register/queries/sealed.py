"""Where ``opening`` was before."""

from __future__ import annotations

from linli.register.opening import SIZE, Opened, chunks, open_people, person_keys

__all__ = ["SIZE", "Opened", "chunks", "open_people", "person_keys"]
