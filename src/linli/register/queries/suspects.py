"""Who on the register may be the person of a row that no key finds: candidates by keyed hashes and doors, weighed by likeness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

import numpy as np

from linli.kernel.actor import Actor
from linli.register.models import Residence, ReviewItem
from linli.register.opening import chunks, found_near
from linli.register.queries.standing import load_people
from linli.register.rules import matching
from linli.register.rules.checking import lives_here
from linli.register.rules.entries import Entry
from linli.register.rules.ids import Ids
from linli.register.rules.likeness import MODEL, model_version
from linli.register.rules.marks import mark_of
from linli.register.rules.renewal import Question, Suspect
from linli.register.rules.review import Matter, State
from linli.register.rules.sealing import name_tokens, phone_token
from linli.register.rules.standing import Known, Standing
from linli.register.rules.thresholds import threshold
from linli.trust import blinder

__all__ = ["model_version", "suspects"]

_NEAR_YEARS = 3
"""A birthday is often wrong by a year or three, seldom by more."""


def suspects(*, viewer: Actor, community: UUID, entries: Sequence[Entry], standing: Standing, shown: Ids) -> dict[int, Suspect]:
    """By row: the likeliest person whom no key found, where that is likely enough to ask. Adds the candidates to ``standing``.

    ``shown``: whom other rows of the file speak of already: nobody stands in one file twice.
    """
    if not viewer.sees_community(community) or viewer.grids is not None:
        return {}
    # A partial file doesn't ask who lives here; who may be meant by its rows is weighed all the same.
    living = len(standing.living) or Residence.objects.filter(community=community, to_date__isnull=True).count()
    if not living:
        return {}
    lost = [e for e in entries if lives_here(e) and e.found and e.found.building and matching.match(e, standing) is None]
    leads = standing.leads
    pairs = [
        (entry, person)
        for entry, people in _candidates(community, lost)
        for person in people
        if leads.get(person, person) not in shown
    ]
    if not pairs:
        return {}
    unknown = {one for _entry, person in pairs for one in (person, leads.get(person, person))} - set(standing.people)
    standing.people.update(load_people(viewer=viewer, community=community, ids=unknown))
    known = [(entry, standing.people[person]) for entry, person in pairs if standing.people[person].died_on is None]
    chances = _weighed(known, living)
    answers = _answers(community, known, leads)
    found: dict[int, Suspect] = {}
    for (entry, person), chance in zip(known, chances, strict=True):
        answer = answers.get((entry.row, person.id))
        if answer is State.REJECTED or (answer is None and chance * 1000 < threshold("link_review")):
            continue
        agrees = bool(entry.number and entry.number == person.number) or entry.birth_date == person.birth_date
        surely = answer is State.ACCEPTED or (chance * 1000 >= threshold("link_auto") and agrees)
        if entry.row not in found or chance > found[entry.row].probability:
            found[entry.row] = Suspect(leads.get(person.id, person.id), round(float(chance), 6), surely)
    return found


def _candidates(community: UUID, entries: Sequence[Entry]) -> Iterator[tuple[Entry, set[UUID]]]:
    """By sound of the name and years of birth, by given name or telephone and month of birth, by door and years."""
    blind = blinder(community)
    sounds: dict[int, list[Entry]] = defaultdict(list)
    months: dict[str, dict[tuple[int, date], list[Entry]]] = {"given_token": defaultdict(list), "phone_token": defaultdict(list)}
    doors: dict[UUID, list[Entry]] = defaultdict(list)
    for entry in entries:
        tokens = name_tokens(blind, entry.name) | {"phone_token": phone_token(blind, entry.phone)}
        if (sound := tokens["pinyin_token"]) is not None:
            sounds[sound].append(entry)
        for name, rows in months.items():
            if (token := tokens[name]) is not None:
                rows[token, entry.birth_date.replace(day=1)].append(entry)
        if entry.found is not None and entry.found.dwelling is not None:
            doors[entry.found.dwelling].append(entry)
    found: dict[int, set[UUID]] = defaultdict(set)
    years = {(token, entry.birth_date.year) for token, rows in sounds.items() for entry in rows}
    near = ((token, date(max(year - _NEAR_YEARS, 1), 1, 1), date(min(year + _NEAR_YEARS, 9999), 12, 1)) for token, year in years)
    alike = found_near(community, "pinyin_token", near)
    _note(found, ((person, sounds[token], month) for person, token, month in alike))
    for name, rows in months.items():
        for person, token, month in found_near(community, name, ((token, month, month) for token, month in rows)):
            for entry in rows[token, month]:
                found[entry.row].add(person)
    for homes in chunks(doors):
        living = Residence.objects.filter(community=community, dwelling__in=homes, to_date__isnull=True)
        there = living.values_list("person_id", "dwelling_id", "person__birth_month")
        _note(found, ((person, doors[home], month) for person, home, month in there if home is not None))
    return ((entry, found[entry.row]) for entry in entries if entry.row in found)


def _note(found: dict[int, set[UUID]], hits: Iterable[tuple[UUID, list[Entry], date | None]]) -> None:
    """Keep those born near enough to a row: at most three years apart."""
    for person, rows, month in hits:
        for entry in rows:
            if month is not None and abs(month.year - entry.birth_date.year) <= _NEAR_YEARS:
                found[entry.row].add(person)


def _weighed(pairs: Sequence[tuple[Entry, Known]], people: int) -> np.ndarray:
    # What compares is compiled code, 90 MB of it: loaded where somebody has to be compared.
    from linli.methods.linkage.scoring import score_pairs

    rows = {entry.row: entry for entry, _person in pairs}
    known = {person.id: person for _entry, person in pairs}
    left, right = list(rows), list(known)
    places = {row: at for at, row in enumerate(left)}, {person: at for at, person in enumerate(right)}
    index = np.array([(places[0][entry.row], places[1][person.id]) for entry, person in pairs], np.int64)
    return score_pairs(_told([*rows.values()]), _known([*known.values()]), index, MODEL, people=people)


def _told(entries: Sequence[Entry]) -> Mapping[str, list[str]]:
    homes = [str(e.found.dwelling or "") if e.found else "" for e in entries]
    return _columns([(e.name, e.birth_date, e.sex, e.phone, e.number or e.document_number) for e in entries], homes)


def _known(people: Sequence[Known]) -> Mapping[str, list[str]]:
    homes = [str(p.dwelling or "") for p in people]
    return _columns([(p.name, p.birth_date, p.sex, p.phone, p.number or p.document_number) for p in people], homes)


def _columns(rows: Sequence[tuple[str, date, str, str, str]], homes: list[str]) -> Mapping[str, list[str]]:
    names, births, sexes, phones, numbers = zip(*rows, strict=True)
    return {
        "given_name": list(names),
        "birth_date": [born.isoformat() for born in births],
        "sex": list(sexes),
        "phone": list(phones),
        "dwelling": homes,
        "id_number": list(numbers),
    }


def _answers(community: UUID, pairs: Sequence[tuple[Entry, Known]], leads: Mapping[UUID, UUID]) -> dict[tuple[int, UUID], State]:
    """What people have answered to these very questions before."""
    blind = blinder(community)
    asked: dict[bytes, list[tuple[int, UUID]]] = {}
    for entry, person in pairs:
        meant = leads.get(person.id, person.id)
        mark = mark_of(blind, Question(Matter.SAME_PERSON, entry.row, entry.told(), meant))
        asked.setdefault(mark, []).append((entry.row, person.id))
    found: dict[tuple[int, UUID], State] = {}
    settled = ReviewItem.objects.filter(community=community, state__in=(State.ACCEPTED.value, State.REJECTED.value))
    for part in chunks(asked):
        for told, state in settled.filter(mark__in=part).order_by("id").values_list("mark", "state"):
            found |= dict.fromkeys(asked[bytes(told)], State(state))
    return found
