"""All that the register keeps of one person, for the person who asks: every table in clear, codes in words, and who looked.

Of others only what belongs to the person: a relation to the head, never the head's name. What lies sealed in a compartment is
told by whoever may open it, not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from linli.faces.words import both as worded
from linli.kernel.actor import Actor
from linli.kernel.code_tables import table
from linli.kernel.ids import new_id
from linli.kernel.words import Words
from linli.register.models import (
    Attestation,
    CareNeed,
    Declaration,
    FormerNumber,
    Hukou,
    Lapse,
    Link,
    Membership,
    Permit,
    PermitApplication,
    Person,
    Residence,
    ReviewItem,
    Tenancy,
    Tie,
    Visit,
)
from linli.register.opening import Opened, open_people
from linli.register.portable_words import CODES, HEADS, SECTIONS
from linli.register.queries.places import places_of
from linli.register.rules import sealing
from linli.register.rules.needs import NAMES, Need
from linli.register.rules.regions import region_name
from linli.register.rules.review import MATTER_WORDS, Matter
from linli.trust import Asked, Portable, Section, who_looked

Row = Mapping[str, Any]


def sections(asked: Asked) -> list[Section]:
    """Every table of one person; none where the register doesn't know the subject, or it was erased."""
    person = Person.objects.filter(community=asked.community, subject=asked.subject).first()
    known = open_people(asked.community, [person.id])[person.id] if person else None
    if person is None or known is None or known.key is None:
        return []
    homes = list(Residence.objects.filter(person=person).order_by("from_date"))
    names = places_of(viewer=asked.by, community=asked.community, buildings={home.building_id for home in homes}).names
    rows: dict[str, Iterable[Row]] = {
        "identity": [_identity(person, known)],
        "numbers": _numbers(known),
        "residence": [_home(home, names, known) for home in homes],
        "hukou": _hukou(known),
        "household": [
            {**_span(m), "relation": _coded("GB/T 4761", m.relation)}
            for m in Membership.objects.filter(person=person).order_by("from_date")
        ],
        "needs": _needs(known),
        "permits": _permits(known),
        "applications": [
            {"from": row.applied_on, "to": row.closed_on, "recorded": row.known_from}
            for row in PermitApplication.objects.filter(person=person).order_by("applied_on")
        ],
        "tenancy": _tenancies(known),
        "visits": _visits(homes),
        "unseen": [
            {"from": p.from_monday, "to": p.to_monday, "verified": p.verified}
            for p in Lapse.objects.filter(person=person).order_by("from_monday")
        ],
        "declarations": _declarations(known),
        "questions": _questions(known),
        "links": [
            {"at": row.made_at, "how": _word(row.how), "probability": row.probability, "ended": row.ended_at}
            for row in Link.objects.filter(Q(person=person) | Q(other=person)).order_by("made_at")
        ],
        "sources": [
            {"field": _word(a.field), "source": _word(a.source), "on": a.on}
            for a in Attestation.objects.filter(person=person).order_by("field")
        ],
        "account": [
            {"at": tie.at, "how": _word(tie.how), "ended": tie.ended_at}
            for tie in Tie.objects.filter(person=person).order_by("at")
        ],
        "lookers": _lookers(asked, person.id),
    }
    return [_section(key, list(told)) for key, told in rows.items()]


def _section(key: str, rows: list[Row]) -> Section:
    title, columns = SECTIONS[key]
    return Section(f"register.{key}", title, {name: HEADS[name] for name in columns.split()}, rows)


def _identity(person: Person, known: Opened) -> Row:
    return {
        "name": known.name,
        "number": known.number or known.document_number,
        "document": _coded("GA/T 517", known.document_kind),
        "expires": person.document_expires,
        "birth": known.birth_date,
        "sex": _coded("GB/T 2261.1", known.sex),
        "phone": known.phone,
        "ethnicity": _coded("GB/T 3304", known.ethnicity),
        "education": _coded("GB/T 4658", known.education),
        "marital": _coded("GB/T 2261.2", person.marital),
        "register_no": known.register_no,
        "died": known.died_on,
        "known": person.known_from,
    }


def _numbers(known: Opened) -> list[Row]:
    return [
        {"number": sealing.opened(known.key, sealing.FORMER_NUMBER, row.sealed_number), "to": row.until}
        for row in FormerNumber.objects.filter(person=known.id).order_by("until")
    ]


def _home(home: Residence, names: Mapping[UUID, str], known: Opened) -> Row:
    return {
        **_span(home),
        "building": names.get(home.building_id, ""),
        "address": sealing.opened(known.key, sealing.HOME_ADDRESS, home.sealed_address),
        "said": _word(home.said),
        "came": _word(home.came),
        "ending": _word(home.ending),
        "recorded": home.known_from,
    }


def _hukou(known: Opened) -> list[Row]:
    return [
        {
            **_span(row),
            "region": _region(row.region, row.to_date),
            "address": sealing.opened(known.key, sealing.HUKOU_ADDRESS, row.sealed_address),
            "here": row.here,
        }
        for row in Hukou.objects.filter(person=known.id).order_by("from_date")
    ]


def _region(code: str, until: date | None) -> Row | str:
    """A region in words, as it was called on the last day that counts; the bare code where nothing of it is known."""
    found = {"en": region_name(code, "en", until), "zh-Hans": region_name(code, "zh-hans", until)}
    return found if any(found.values()) else code


def _needs(known: Opened) -> list[Row]:
    return [
        {
            **_span(row),
            "need": worded(Words(NAMES[Need(row.need)])),
            "basis": row.law or _word(row.basis),
            "source": _word(row.source),
            "helper": sealing.opened(known.key, sealing.HELPER, row.sealed_helper),
            "checked": row.checked_on,
        }
        for row in CareNeed.objects.filter(person=known.id).order_by("from_date")
    ]


def _permits(known: Opened) -> list[Row]:
    return [
        {
            "number": sealing.opened(known.key, sealing.PERMIT_NUMBER, row.sealed_number),
            "from": row.issued_on,
            "to": row.ended_on,
            "endorsed": list(row.endorsed),
        }
        for row in Permit.objects.filter(person=known.id).order_by("issued_on")
    ]


def _tenancies(known: Opened) -> list[Row]:
    """What the person rents, and what they let: of their tenants nothing but the days."""
    rents = [
        {**_span(row), "how": CODES["rents"], "landlord": sealing.opened(known.key, sealing.LANDLORD, row.sealed_landlord)}
        for row in Tenancy.objects.filter(person=known.id).order_by("from_date")
    ]
    lets = [{**_span(r), "how": CODES["lets"]} for r in Tenancy.objects.filter(landlord=known.id).order_by("from_date")]
    return [*rents, *lets]


def _visits(homes: list[Residence]) -> list[Row]:
    """Visits to a door while the person lived behind it."""
    doors = {home.dwelling_id: home for home in homes if home.dwelling_id}
    rows = Visit.objects.filter(dwelling__in=list(doors), on__isnull=False).order_by("on")
    return [
        {"on": row.on, "kind": _word(row.kind), "outcome": _word(row.outcome)}
        for row in rows
        if row.on and row.dwelling_id and _lived(doors[row.dwelling_id], row.on)
    ]


def _lived(home: Residence, on: Any) -> bool:
    return home.from_date <= on and (home.to_date is None or on <= home.to_date)


def _declarations(known: Opened) -> list[Row]:
    """What was declared of the person is told where it lies under their own key; else only that something was."""
    return [
        {
            "at": row.received_at,
            "kind": _word(row.kind),
            "how": _word(row.channel),
            "told": sealing.opened(known.key, sealing.DECLARED, row.told) if row.subject_id == known.subject else "",
            "state": _word(row.state),
            "ended": row.decided_at,
        }
        for row in Declaration.objects.filter(person=known.id).order_by("received_at")
    ]


def _questions(known: Opened) -> list[Row]:
    return [
        {
            "at": row.opened_at,
            "what": worded(Words(MATTER_WORDS[Matter(row.matter)])),
            "told": sealing.opened(known.key, sealing.TOLD, row.told) if row.subject_id == known.subject else "",
            "source": row.source,
            "state": _word(row.state),
            "ended": row.decided_at,
        }
        for row in ReviewItem.objects.filter(person=known.id).order_by("opened_at")
    ]


def _lookers(asked: Asked, person: UUID) -> list[Row]:
    """As the person themselves sees it: what is told later to protect a child or a victim isn't told here either."""
    me = Actor(new_id(), "resident", frozenset(), frozenset({asked.community}), subject=asked.subject)
    return [
        {"at": row.at, "what": dict(row.act), "role": row.role, "unit": dict(row.unit), "why": row.reason}
        for row in who_looked(viewer=me, community=asked.community, subject=asked.subject, objects=[person], limit=1000)
    ]


def _span(row: Any) -> dict[str, Any]:
    return {"from": row.from_date, "to": row.to_date}


def _coded(name: str, code: str) -> Mapping[str, str] | str:
    """A code of a national table in words; the bare code where the table doesn't have it."""
    found = table(name).get(code) if code else None
    return {"en": found.en, "zh-Hans": found.zh} if found else code


def _word(code: str) -> Mapping[str, str] | str:
    return CODES.get(code, code)


PORTABLE = Portable("register", sections)
