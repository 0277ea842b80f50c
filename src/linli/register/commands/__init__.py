"""Every write of the register."""

from __future__ import annotations

from linli.register.commands.people import note_search, open_person
from linli.register.commands.renewal import apply_population, undo_population

__all__ = ["apply_population", "note_search", "open_person", "undo_population"]
