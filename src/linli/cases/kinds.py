"""The file of cases, as intake knows it."""

from __future__ import annotations

from linli.cases.commands import apply_reports, undo_reports
from linli.cases.fields import FIELDS
from linli.cases.queries.plan import plan_reports
from linli.intake.kinds import Kind
from linli.kernel.words import sentence
from linli.trust import Permission

REPORTS = Kind(
    "cases.reports",
    sentence("cases.kind.reports", "Reported matters"),
    Permission.CASE_IMPORT,
    FIELDS,
    plan_reports,
    apply_reports,
    undo_reports,
)
KINDS = (REPORTS,)
