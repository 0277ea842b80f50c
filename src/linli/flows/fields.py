"""What a row of a file of readings may say."""

from __future__ import annotations

from linli.intake import parse
from linli.intake.kinds import Field
from linli.kernel.words import sentence

FIELDS = (
    Field("counter", sentence("flows.field.counter", "Counter"), parse=parse.text(100)),
    Field("at", sentence("flows.field.at", "Time"), required=True, parse=parse.instant),
    Field("value", sentence("flows.field.value", "Value"), required=True, parse=parse.number),
    Field("value_out", sentence("flows.field.value_out", "Value in the other direction"), parse=parse.number),
)
