"""What a row of a file of cases may say, and how its cells are read."""

from __future__ import annotations

import math
from typing import Any

from linli.cases.rules import State, channel_of, state_of
from linli.intake import parse
from linli.intake.kinds import Field
from linli.kernel.errors import BadInput
from linli.kernel.words import sentence

UNKNOWN_STATE = sentence("cases.unknown_state", "“%(text)s” is not a state that a case can be in.")
MAP_STATE = sentence(
    "cases.map_state", "Say in the mapping, under values and status, which of reported, in_hand, done and closed it is."
)


def parse_coordinate(text: str) -> float:
    """Degrees or metres; NaN for what is no number, because a case without a point is still a case."""
    try:
        return float(parse.narrow(text))
    except ValueError:
        return math.nan


def parse_state(text: str) -> State:
    """A state of ours, or the common words for one. BadInput for others: they belong into the mapping."""
    state = state_of(text)
    if state is None:
        raise BadInput(UNKNOWN_STATE, remedy=MAP_STATE, text=text[:40])
    return state


def cut(limit: int) -> Any:
    """A parser that keeps the first ``limit`` signs: a long title is no reason to refuse a report."""

    def parse_text(text: str) -> str:
        return text.strip()[:limit]

    return parse_text


FIELDS = (
    Field("key", sentence("cases.field.key", "Number at the source"), required=True, parse=parse.text(128)),
    Field("reported_at", sentence("cases.field.reported_at", "Reported at"), required=True, parse=parse.instant),
    Field("channel", sentence("cases.field.channel", "Channel"), parse=channel_of),
    Field("category", sentence("cases.field.category", "Category code"), parse=cut(200)),
    Field("category_name", sentence("cases.field.category_name", "Category"), parse=cut(200)),
    Field("title", sentence("cases.field.title", "Title"), parse=cut(300)),
    Field("text", sentence("cases.field.text", "Text"), parse=cut(10_000), sensitive=True),
    Field("address", sentence("cases.field.address", "Address"), parse=cut(500)),
    Field("lon", sentence("cases.field.lon", "Longitude"), parse=parse_coordinate),
    Field("lat", sentence("cases.field.lat", "Latitude"), parse=parse_coordinate),
    Field("reporter", sentence("cases.field.reporter", "Reported by"), parse=cut(100), sensitive=True),
    Field("phone", sentence("cases.field.phone", "Telephone"), parse=cut(40), sensitive=True),
    Field("status", sentence("cases.field.status", "State"), parse=parse_state),
    Field("closed_at", sentence("cases.field.closed_at", "Closed at"), parse=parse.instant),
    Field("agency", sentence("cases.field.agency", "Who has it"), parse=cut(150)),
    Field("outcome", sentence("cases.field.outcome", "What came of it"), parse=cut(2000)),
    Field("neighbourhood", sentence("cases.field.neighbourhood", "Neighbourhood"), parse=cut(100)),
)
