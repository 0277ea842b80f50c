"""Every read of cases that leaves the flat; takes its viewer, returns typed rows within their scope."""

from __future__ import annotations

from linli.cases.queries.categories import CategoryRow, categories, matter_names, matter_severity
from linli.cases.queries.details import CaseDetail, EventRow, EvidenceRow, case_detail, case_points, cases_of
from linli.cases.queries.figures import MatterRow, reports_by_grid
from linli.cases.queries.lists import QUEUE_NAMES, CaseList, CaseRow, Queue, case_list

__all__ = [
    "QUEUE_NAMES",
    "CaseDetail",
    "CaseList",
    "CaseRow",
    "CategoryRow",
    "EventRow",
    "EvidenceRow",
    "MatterRow",
    "Queue",
    "case_detail",
    "case_list",
    "case_points",
    "cases_of",
    "categories",
    "matter_names",
    "matter_severity",
    "reports_by_grid",
]
