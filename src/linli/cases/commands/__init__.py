"""Every write of cases."""

from __future__ import annotations

from linli.cases.commands.categories import import_categories
from linli.cases.commands.reports import apply_reports, place_cases, undo_reports
from linli.cases.commands.work import add_case, add_event, close_case

__all__ = ["add_case", "add_event", "apply_reports", "close_case", "import_categories", "place_cases", "undo_reports"]
