"""The file of cases, as intake knows it."""

from __future__ import annotations

from linli.cases.commands import apply_reports, undo_reports
from linli.cases.fields import FIELDS
from linli.cases.queries.plan import plan_reports
from linli.intake.kinds import Kind
from linli.kernel.words import sentence
from linli.trust import Permission

# What stands below the sum of a file of reports.
sentence("cases.reports.count.no_point", "one without usable coordinates", "%(count)s without usable coordinates", count="count")
sentence("cases.reports.count.outside", "one outside every grid", "%(count)s outside every grid", count="count")
sentence("cases.reports.count.by_address", "one placed by its address", "%(count)s placed by their address", count="count")
sentence(
    "cases.reports.count.closed_before_reported",
    "one closed before it was reported",
    "%(count)s closed before they were reported",
    count="count",
)
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
