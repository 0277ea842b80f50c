"""Every write of the register."""

from __future__ import annotations

from linli.register.commands.people import open_person
from linli.register.commands.renewal import apply_population, undo_population

__all__ = ["apply_population", "open_person", "undo_population"]
