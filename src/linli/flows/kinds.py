"""The file of readings, as intake knows it."""

from __future__ import annotations

from linli.flows.commands import apply_readings, undo_readings
from linli.flows.fields import FIELDS
from linli.flows.queries.plan import plan_readings
from linli.intake.kinds import Kind
from linli.kernel.words import sentence
from linli.trust import Permission

READINGS = Kind(
    "flows.readings",
    sentence("flows.kind.readings", "Counter readings"),
    Permission.FLOW_IMPORT,
    FIELDS,
    plan_readings,
    apply_readings,
    undo_readings,
)
KINDS = (READINGS,)
