"""Correcting one person by hand, field by field: who says so, on what evidence, and what stood there stays known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from linli.intake import parse
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError
from linli.kernel.words import Words
from linli.register.commands.hand import Hand
from linli.register.models import Attestation, FormerNumber, Hukou, Membership, Person, Residence
from linli.register.rules.by_hand import (
    NO_RELATION,
    NOTHING_TOLD,
    Evidence,
    HandFault,
    Place,
    Refused,
    Said,
    completed,
    person_faults,
    source_of,
)
from linli.register.rules.codes import HEADS
from linli.register.rules.correcting import ORDER_OF, Outcome, outcome, shown
from linli.register.rules.precedence import Source, Told
from linli.register.rules.residence import hukou_is_here
from linli.register.rules.review import Matter
from linli.register.rules.sealing import FORMER_NUMBER, HUKOU_ADDRESS, TOLD, number_index, opened, person_columns, sealed
from linli.trust import Permission, SubjectKey, command

_OF_PERSON = ("name", "number", "document_kind", "document_expires", "birth_date", "sex", "phone", "ethnicity", "education")


@command("register.amend_person", may=Permission.REGISTER_WRITE)
def amend_person(
    *, by: Actor, community: UUID, person: UUID, values: Mapping[str, Any], place: Place, evidence: Evidence = Evidence.TOLD,
    since: date | None = None, sure: bool = False,
) -> Outcome:  # fmt: skip
    """New values of fields (keys of ``rules.correcting.ORDER_OF``); what isn't named stays. The answer tells what became of each.

    A better source isn't overwritten: that value waits as a question. ``since``: from when a dated one (hukou, relation) holds;
    None: it was never otherwise. ``sure``: an odd number stands like this on the document. Refused, NotFound.
    """
    hand = Hand(by, community)
    known = hand.people([person])[person]
    told = {name: value for name, value in values.items() if name in ORDER_OF and value not in (None, "")}
    if not told:
        raise Refused([HandFault(None, "", Words(NOTHING_TOLD))])
    told = _checked(hand, known, told, sure)
    found = Correction(hand, person, source_of(place, evidence), since).write(told)
    fields = [ORDER_OF[name] for name in (*found.taken, *found.agreed, *found.asked)]
    hand.done("register.person.changed", [person], fields=fields, evidence=evidence.value)
    return found


def _checked(hand: Hand, known: Any, told: dict[str, Any], sure: bool) -> dict[str, Any]:
    """The told values, cleaned and checked against each other and against what stays."""
    if "phone" in told:
        try:
            told["phone"] = parse.telephone(told["phone"])
        except LinliError as fault:
            raise Refused([HandFault(None, "phone", fault.words, fault.remedy)]) from None
    if told.get("relation") in HEADS:
        raise Refused([HandFault(None, "relation", Words(NO_RELATION))])
    if "name" in told:
        told["name"] = parse.narrow(told["name"])[:100]
    said = Said(
        name=told.get("name") or known.name,
        number=told.get("number", ""),
        document_kind=told.get("document_kind", ""),
        birth_date=told.get("birth_date"),
        sex=told.get("sex", ""),
        sure=sure,
    )
    done = completed(said)
    if done.number:
        told["number"], told["document_kind"] = done.number, done.document_kind
        if not sure:
            # The number says the birthday and the sex itself; a document that corrects it corrects them too.
            told |= {"birth_date": done.birth_date} if done.birth_date else {}
            told |= {"sex": done.sex} if done.sex else {}
    whole = replace(done, birth_date=done.birth_date or known.birth_date, sex=done.sex or known.sex)
    faults = person_faults(whole, hand.today)
    if faults:
        raise Refused(faults)
    return told


class Correction:
    """What is told of one person from one source, weighed against what is known."""

    def __init__(self, hand: Hand, person: UUID, source: Source, since: date | None = None) -> None:
        self.hand, self.person, self.source, self.since = hand, person, source, since
        self.known = hand.people([person])[person]
        assert self.known.key is not None
        self.key: SubjectKey = self.known.key
        open_rows = {"person": person, "to_date__isnull": True}
        self.hukou = Hukou.objects.filter(**open_rows).first()
        self.member = Membership.objects.filter(**open_rows).first()
        self.home = Residence.objects.filter(**open_rows).first()

    def write(self, told: Mapping[str, Any]) -> Outcome:
        """Write what is believed, ask about what isn't."""
        if not told:
            return Outcome((), (), ())
        today = self.hand.today
        new = {name: Told(shown(value), self.source.value, today) for name, value in told.items()}
        found = outcome(self._before(told), new)
        self._person({name: told[name] for name in found.taken if name in _OF_PERSON})
        self._relations({name: told[name] for name in found.taken})
        self.hand.attest({self.person: [ORDER_OF[name] for name in (*found.taken, *found.agreed)]}, self.source)
        for name in found.asked:
            self._ask(name, shown(told[name]))
        return found

    def overrule(self, values: Mapping[str, Any]) -> None:
        """Write values that somebody decided for, without weighing them again."""
        self._person({name: value for name, value in values.items() if name in _OF_PERSON})
        self._relations(dict(values))

    def _before(self, told: Mapping[str, Any]) -> dict[str, Told]:
        vouched = {row.field: row for row in Attestation.objects.filter(person=self.person)}
        stored = Person.objects.get(id=self.person)
        values: dict[str, Any] = {name: getattr(self.known, name) for name in told if hasattr(self.known, name)}
        values |= {
            "number": self.known.number or self.known.document_number,
            "document_expires": stored.document_expires,
            "hukou_region": self.hukou.region if self.hukou else "",
            "hukou_text": opened(self.key, HUKOU_ADDRESS, self.hukou.sealed_address) if self.hukou else "",
            "relation": self.member.relation if self.member else "",
            "status": self.home.said if self.home else "",
        }
        found = {}
        for name in told:
            row = vouched.get(ORDER_OF[name])
            # Unvouched, the value is the police file's and as old as Linli's knowledge of the person.
            source, on = (row.source, row.on) if row else (Source.POLICE.value, timezone.localdate(stored.known_from))
            found[name] = Told(shown(values[name]), source, on)
        return found

    def _person(self, values: dict[str, Any]) -> None:
        if not values:
            return
        hand, stored = self.hand, Person.objects.get(id=self.person)
        old = self.known.number or self.known.document_number
        if "number" in values and old:
            # The former number stays findable: files and papers go on naming it.
            FormerNumber.objects.create(
                community_id=hand.community,
                person_id=self.person,
                sealed_number=sealed(self.key, FORMER_NUMBER, old),
                number_index=number_index(hand.blind, self.known.document_kind, old) or b"",
                document_kind=self.known.document_kind,
                until=hand.today,
                known_from=hand.now,
            )
        elif "document_kind" in values and old:
            values = {**values, "number": old}
        columns = person_columns(self.key, hand.blind, values, document_kind=self.known.document_kind)
        for name, value in {**columns, "batch": None}.items():
            setattr(stored, name, value)
        stored.save(update_fields=[*columns, "batch"])

    def _relations(self, values: dict[str, Any]) -> None:
        hand = self.hand
        if {"hukou_region", "hukou_text"} & set(values):
            old = self.hukou
            region = values.get("hukou_region", old.region if old else "")
            text = values.get("hukou_text") or (opened(self.key, HUKOU_ADDRESS, old.sealed_address) if old else "")
            here = hukou_is_here(None, region, hand.code) if "hukou_region" in values else old.here if old else None
            on = self._from(old.from_date if old else None)
            hand.hukou(self.person, self.key, on, region, text, here)
        if "relation" in values and self.member is not None:
            on = self._from(self.member.from_date)
            hand.end(Membership, on, Q(id=self.member.id))
            hand.join(self.member.household_id, {self.person: values["relation"]}, on)
            hand.answer_relations([self.person])
        if "status" in values and self.home is not None:
            self.home.said, self.home.batch = values["status"], None
            self.home.save(update_fields=["said", "batch"])

    def _from(self, begun: date | None) -> date:
        """From when the new one holds: as told; a plain correction from when the wrong one began, since it never held."""
        if self.since is None:
            return begun or self.hand.today
        return max(self.since, begun) if begun else self.since

    def _ask(self, name: str, value: str) -> None:
        field = ORDER_OF[name]
        home = self.home
        self.hand.ask(
            Matter.CONFLICT,
            f"{self.person} {field} {value}",
            person=self.person,
            subject=self.known.subject,
            told=self.key.seal(TOLD, json.dumps({"value": value}, ensure_ascii=False)),
            building=home.building_id if home else None,
            dwelling=home.dwelling_id if home else None,
            field=field,
            source=self.source.value,
            said_on=self.hand.today,
        )
