"""Undo against slow references: lapses recomputed without the round, and a register replayed row by row."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.intake import undo
from linli.kernel.actor import Actor
from linli.register.commands import amend_person, confirm_person, move_out
from linli.register.models import Person, Residence
from linli.register.opening import open_people
from linli.register.rules.by_hand import Evidence, Place
from linli.register.rules.undoing import Round, Span, begun_by, ended_by, named_in, next_missing, reckoned_from
from linli.trust import SYSTEM
from tests.register.ground import Town, line, take
from tests.register.test_undo import record_of

FIRST = date(2026, 1, 5)


def mondays(count: int) -> list[date]:
    return [FIRST + timedelta(weeks=n) for n in range(count)]


def replayed(shown: Sequence[tuple[date, bool]]) -> list[Span]:
    """The lapses of one person, round by round, as files make them."""
    spans: list[Span] = []
    before: date | None = None
    for monday, seen in shown:
        still = bool(spans) and spans[-1].end is None
        if seen and still:
            spans[-1] = replace(spans[-1], end=monday)
        elif not seen and not still:
            spans.append(Span(monday, None, reckoned_from(monday, before)))
        before = monday
    return spans


def merged(spans: Sequence[Span]) -> list[Span]:
    """Spans that follow each other without a round between are one absence."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        if found and found[-1].end == span.start:
            found[-1] = replace(found[-1], end=span.end)
        else:
            found.append(span)
    return found


def taken_away(spans: Sequence[Span], shown: Sequence[tuple[date, bool]], at: int) -> list[Span]:
    """What an undo makes of them, in the order in which it does so."""
    monday = shown[at][0]
    later: list[Round[str]] = [Round(m, everybody=True) for m, _ in shown[at + 1 :]]
    place = next_missing("somebody", later)
    following = None if place is None else later[place].monday
    before = shown[at - 1][0] if at else None
    inherited = None
    found: list[Span] = []
    for span in spans:
        if span.start == monday:
            kept = begun_by(span, following, before)
            found += [kept] if kept else []
        elif span.end == monday:
            inherited = span.verified
            found.append(ended_by(span, following))
        elif span.verified == monday:
            found.append(replace(span, verified=inherited or reckoned_from(span.start, before)))
        else:
            found.append(span)
    return found


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.data())
def test_lapses_without_a_round_are_those_of_the_other_rounds(seen: list[bool], data: Any) -> None:
    shown = list(zip(mondays(len(seen)), seen, strict=True))
    at = data.draw(st.integers(0, len(seen) - 1))
    told = merged(taken_away(replayed(shown), shown, at))
    assert told == replayed([*shown[:at], *shown[at + 1 :]])


@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_who_is_named_by_full_rounds_follows_from_the_lapses(seen: list[bool]) -> None:
    shown = list(zip(mondays(len(seen) + 1), [True, *seen], strict=True))
    later: list[Round[str]] = [Round(monday, everybody=True) for monday, _ in shown[1:]]
    first = seen.index(True) if True in seen else None
    assert named_in("somebody", later, replayed(shown), lives_here=True) == first


def test_of_whom_nothing_tells_is_taken_for_named() -> None:
    full: Round[str] = Round(FIRST, everybody=True)
    part: Round[str] = Round(FIRST, everybody=False)
    assert named_in("somebody", [full], [], lives_here=False) == 0, "who lives elsewhere never lapses"
    assert named_in("somebody", [part], [], lives_here=True) == 0
    assert named_in("somebody", [replace(part, named={"another"}), replace(part, named={"somebody"})], [], lives_here=True) == 1
    assert named_in("somebody", [replace(part, named=set())], [], lives_here=True) is None


# The register itself, small, against a replay.

NAMES = ("张小兰", "李大山", "王小明", "赵阿婆")
PHONES = ("000 5550 1111", "000 5550 2222", "000 5550 3333")
Said = tuple[str, int]
"""Telephone and building."""


@dataclass(frozen=True)
class Taken:
    """A file: what it says of each person whom it shows."""

    rows: dict[str, Said]


@dataclass(frozen=True)
class Done:
    """Something done by hand to one person."""

    act: str
    name: str


rows = st.dictionaries(st.sampled_from(NAMES), st.tuples(st.sampled_from(PHONES), st.sampled_from((3, 5))), min_size=1)
steps = st.lists(
    st.one_of(
        rows.map(Taken),
        st.tuples(st.sampled_from(("seen", "phone", "left")), st.sampled_from(NAMES)).map(lambda pair: Done(*pair)),
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip


def _line(name: str, said: Said, file: int) -> dict[str, str]:
    at = NAMES.index(name)
    phone, building = said
    # Another day of move for each file, so that no two files are alike.
    return line(name, birth=date(1950 + at, 1, 1 + file), sequence=11 + 2 * at, building=building, phone=phone) | {
        "number": line(name, birth=date(1950 + at, 1, 1), sequence=11 + 2 * at)["number"], "birth": f"{1950 + at}-01-01",
        "household": f"H{at}", "since": "2019-05-01",
    }  # fmt: skip


def _people(town: Town) -> dict[str, UUID]:
    ids = Person.objects.filter(community=town.community).values_list("id", flat=True)
    return {person.name: key for key, person in open_people(town.community, ids).items()}


def _by_hand(town: Town, clerk: Actor, done: Done, count: int) -> bool:
    """Whether anything was done: whoever isn't here can't be worked on."""
    person = _people(town).get(done.name)
    home = Residence.objects.filter(person=person, to_date__isnull=True).first() if person else None
    if person is None or home is None:
        return False
    if done.act == "seen":
        confirm_person(by=clerk, community=town.community, person=person)
    elif done.act == "phone":
        amend_person(
            by=clerk, community=town.community, person=person, values={"phone": f"000 5550 99{count:02}"}, place=Place.DESK,
            evidence=Evidence.TOLD,
        )  # fmt: skip
    else:
        move_out(by=clerk, community=town.community, people=[person], on=date(2026, 11, 20), place=Place.DESK)
    return True


class _Replay:
    """Takes the steps, and remembers for each file what stood of everybody before it and who was written or named since."""

    def __init__(self, town: Town, clerk: Actor, folder: Path) -> None:
        self.town, self.clerk, self.folder = town, clerk, folder
        self.files: list[tuple[UUID, dict[str, Any], set[str], set[str]]] = []
        """Batch, records before, whom it wrote, and on whom later work was done."""
        self.weeks = itertools.count(30)

    def records(self) -> dict[str, Any]:
        return {name: record_of(person) for name, person in _people(self.town).items()}

    def take(self, step: Taken) -> None:
        week = next(self.weeks)
        before = self.records()
        lines = [_line(name, said, len(self.files)) for name, said in step.rows.items()]
        # Somebody whom nobody else names, so that no two files are the same.
        extra = line(f"路{week}人", birth=date(1980, 1, 1), sequence=1 + 2 * week, building=5, household="")
        batch = take(self.folder, self.town.community, f"2026-W{week}", [*lines, extra]).batch
        after = self.records()
        wrote = {name for name in NAMES if after.get(name) != before.get(name)}
        for _, earlier, written, built in self.files:
            built |= wrote
            # Whom that file brought, this one names: they stay.
            built |= {name for name in step.rows if name in written and name not in earlier}
        self.files.append((batch, before, wrote, set()))

    def done(self, step: Done) -> None:
        if _by_hand(self.town, self.clerk, step, len(self.files)):
            for _, _, _, built in self.files:
                built.add(step.name)


class _Back(Exception):
    """Takes an example back."""


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, data=st.data())
def test_each_row_is_as_before_the_file_or_listed_as_built_on(
    town: Town, clerk: Actor, steps: list[Taken | Done], data: Any
) -> None:
    try:
        with transaction.atomic(), TemporaryDirectory() as folder:
            replay = _Replay(town, clerk, Path(folder))
            replay.take(Taken({NAMES[0]: (PHONES[0], 3), NAMES[1]: (PHONES[1], 5)}))
            for step in steps:
                replay.take(step) if isinstance(step, Taken) else replay.done(step)
            at = data.draw(st.integers(0, len(replay.files) - 1))
            batch, before, wrote, built = replay.files[at]
            stood = replay.records()
            kept = {one.object_id for one in undo(by=SYSTEM, community=town.community, batch=batch, reason="Wrong.").kept}
            names = {person: name for name, person in _people(town).items()}
            listed = {names[one] for one in kept if one is not None} & set(NAMES)
            now = replay.records()
            assert listed == wrote & built
            for name in NAMES:
                assert now.get(name) == (before.get(name) if name in wrote - built else stood.get(name)), name
            raise _Back
    except _Back:
        pass
