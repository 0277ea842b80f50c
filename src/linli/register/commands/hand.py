"""What every write by hand does alike: whom it may touch, how dated rows end and begin, who vouches, what is noted."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone

from linli.intake import forget_prints
from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict, NotFound
from linli.kernel.weeks import Week
from linli.register.models import (
    Attestation,
    CareNeed,
    Dated,
    Household,
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
)
from linli.register.opening import Opened, open_people, person_keys
from linli.register.queries.people import may_see
from linli.register.queries.places import community_code, time_zone
from linli.register.rules.by_hand import Refused, day_fault
from linli.register.rules.leading import LED, OPEN_LEADER
from linli.register.rules.precedence import Source
from linli.register.rules.regrouping import Kin, Relations
from linli.register.rules.review import Closed, Matter
from linli.register.rules.sealing import HOME_ADDRESS, HUKOU_ADDRESS, sealed
from linli.territory.queries import buildings_seen, dwellings
from linli.trust import NOT_FOUND, Blinder, SubjectKey, blinder, record


@dataclass
class Hand:
    """One act by hand: who, where, when. ``today`` is the community's own day."""

    by: Actor
    community: UUID

    def __post_init__(self) -> None:
        self.now: datetime = timezone.now()
        zone = ZoneInfo(time_zone(viewer=self.by, community=self.community))
        self.today: date = self.now.astimezone(zone).date()
        self.retold: set[UUID] = set()
        """Whose relation this act told anew, though it wasn't about them."""

    @cached_property
    def blind(self) -> Blinder:
        return blinder(self.community)

    @cached_property
    def code(self) -> str:
        return community_code(viewer=self.by, community=self.community)

    @property
    def shared(self) -> dict[str, Any]:
        """Columns of every dated row that this act makes."""
        return {"community_id": self.community, "known_from": self.now, "batch": None}

    # Whom it may touch.

    def people(self, ids: Collection[UUID]) -> dict[UUID, Opened]:
        """These people, opened and locked against another act.

        NotFound for one out of scope or erased, Conflict for a record that another one of the same person leads.
        """
        if not all(may_see(viewer=self.by, community=self.community, person=person) for person in ids):
            raise NotFound(NOT_FOUND)
        if Link.objects.filter(community=self.community, other__in=ids, ended_at__isnull=True).exists():
            raise Conflict(LED, remedy=OPEN_LEADER)
        list(Person.objects.select_for_update().filter(community=self.community, id__in=ids).order_by("id").values_list("id"))
        found = open_people(self.community, ids)
        if len(found) < len(set(ids)) or any(person.key is None for person in found.values()):
            raise NotFound(NOT_FOUND)
        return found

    def building(self, building: UUID) -> UUID:
        """The building, where it lies in scope; else NotFound."""
        if not buildings_seen(viewer=self.by, community=self.community, buildings=[building]):
            raise NotFound(NOT_FOUND)
        return building

    def dwelling(self, dwelling: UUID) -> tuple[UUID, UUID]:
        """(building, dwelling), where it lies in scope; else NotFound."""
        rows = dwellings(viewer=self.by, community=self.community, ids=[dwelling])
        if not rows:
            raise NotFound(NOT_FOUND)
        return rows[0].building, rows[0].id

    def household(self, household: UUID) -> Household:
        """The household, locked, where its building lies in scope; else NotFound."""
        found = Household.objects.select_for_update().filter(community=self.community, id=household).first()
        if found is None:
            raise NotFound(NOT_FOUND)
        self.building(found.building_id)
        return found

    def members(self, household: UUID) -> list[Kin]:
        """Who keeps house together now."""
        rows = list(Membership.objects.filter(household=household, to_date__isnull=True).values_list("person_id", "relation"))
        known = open_people(self.community, [person for person, _ in rows])
        return [Kin(person, relation, known[person].sex, known[person].birth_date) for person, relation in rows]

    # How rows end and begin.

    def begun(self, people: Collection[UUID]) -> date | None:
        """The newest day on which what is open of their residences and memberships began."""
        open_rows = {"person__in": people, "to_date__isnull": True}
        days = [*Residence.objects.filter(**open_rows).values_list("from_date", flat=True)]
        return max(days, default=None)

    def check_day(self, on: date, people: Collection[UUID]) -> None:
        """Refused where the day is still to come, or lies before what it would end."""
        fault = day_fault(on, self.today, self.begun(people))
        if fault:
            raise Refused([fault])

    def end(self, model: type[Dated], on: date, where: Q, **columns: Any) -> list[Any]:
        """End the open rows; what is ended before it began becomes empty, since it was never so. Returns them."""
        rows = list(model._default_manager.select_for_update().filter(where, community=self.community, to_date__isnull=True))
        for row in rows:
            row.to_date, row.ended_known, row.batch = max(on, row.from_date), self.now, None
            for name, value in columns.items():
                setattr(row, name, value)
        model._default_manager.bulk_update(rows, ["to_date", "ended_known", "batch", *columns])
        return rows

    def leave(self, people: Collection[UUID], on: date, ending: str) -> None:
        """End where they live and whom they keep house with."""
        theirs = Q(person__in=people)
        self.end(Residence, on, theirs, ending=ending)
        self.end(Membership, on, theirs)

    def let_go(self, people: Collection[UUID], on: date) -> None:
        """What ends with life here: needs, tenancies, permits, the wait for another file to show them."""
        theirs = Q(person__in=people)
        self.end(CareNeed, on, theirs)
        self.end(Tenancy, on, theirs)
        for permit in Permit.objects.filter(theirs, community=self.community, ended_on__isnull=True):
            permit.ended_on, permit.batch = max(on, permit.issued_on), None
            permit.save(update_fields=["ended_on", "batch"])
        for waiting in PermitApplication.objects.filter(theirs, community=self.community, closed_on__isnull=True):
            waiting.closed_on = max(on, waiting.applied_on)
            waiting.save(update_fields=["closed_on"])
        self.close_lapses(people)

    def close_lapses(self, people: Collection[UUID]) -> int:
        """Somebody saw them: from the next Monday on they count as verified again."""
        monday = Week.of(self.today).next().monday
        rows = list(Lapse.objects.select_for_update().filter(person__in=people, to_monday__isnull=True))
        for lapse in rows:
            lapse.to_monday, lapse.batch = max(monday, lapse.from_monday), None
        Lapse.objects.bulk_update(rows, ["to_monday", "batch"])
        return len(rows)

    def settle(
        self, people: Iterable[UUID], building: UUID, dwelling: UUID | None, on: date, came: str, *,
        said: dict[UUID, str] | None = None, address: str = "",
    ) -> None:  # fmt: skip
        """They live there from that day on."""
        ids = list(people)
        keys = person_keys(self.community, ids) if address else {}
        Residence.objects.bulk_create(
            Residence(
                person_id=person, building_id=building, dwelling_id=dwelling, from_date=on, came=came,
                said=(said or {}).get(person, ""),
                sealed_address=sealed(keys[person], HOME_ADDRESS, address[:200]) if person in keys else b"", **self.shared,
            )
            for person in ids
        )  # fmt: skip

    def join(self, household: UUID, relations: dict[UUID, str], on: date) -> None:
        """They keep house there from that day on."""
        Membership.objects.bulk_create(
            Membership(person_id=person, household_id=household, relation=relation, from_date=on, **self.shared)
            for person, relation in relations.items()
        )

    def retell(self, household: UUID, relations: Relations, on: date) -> None:
        """New relations of people who stay in their household: what was so until that day stays on record."""
        now = dict(Membership.objects.filter(household=household, to_date__isnull=True).values_list("person_id", "relation"))
        changed = {person: told.code for person, told in relations.items() if person in now and now[person] != told.code}
        self.retold |= set(changed)
        self.end(Membership, on, Q(person__in=changed, household=household))
        self.join(household, changed, on)

    def new_household(self, key: UUID, building: UUID, dwelling: UUID | None) -> tuple[Household, bool]:
        """The household that this form makes, and whether it is new: a form sent twice makes one."""
        pseudonym = secrets.token_hex(8)
        place = {"community_id": self.community, "building_id": building, "dwelling_id": dwelling}
        try:
            made, new = Household.objects.get_or_create(
                id=key, defaults={**place, "pseudonym": pseudonym, "known_from": self.now, "batch": None}
            )
        except IntegrityError:  # the key of another community's household, which nobody sees from here
            raise NotFound(NOT_FOUND) from None
        if made.community_id != self.community:
            raise NotFound(NOT_FOUND)
        return made, new

    def hukou(self, person: UUID, key: SubjectKey, on: date, region: str, text: str, here: bool | None) -> None:
        """Where they are registered from that day on; the earlier one ends."""
        self.end(Hukou, on, Q(person=person))
        Hukou.objects.create(
            person_id=person, region=region, sealed_address=sealed(key, HUKOU_ADDRESS, text[:200]), here=here, from_date=on,
            **self.shared,
        )  # fmt: skip

    # Who vouches, and what is noted.

    def attest(self, people: dict[UUID, Iterable[str]], source: Source, on: date | None = None) -> None:
        """Who vouches for fields of these people, since today. Which of two values of such a field holds is no longer asked."""
        people = {person: set(fields) for person, fields in people.items()}
        for person, fields in people.items():
            self._lapse(Closed.BY_HAND, matter=Matter.CONFLICT.value, person=person, field__in=sorted(fields))
        rows = [
            Attestation(
                community_id=self.community, person_id=person, field=field, source=source.value, on=on or self.today,
                by=self.by.account, known_from=self.now,
            )
            for person, fields in people.items()
            for field in sorted(set(fields))
        ]  # fmt: skip
        Attestation.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["person", "field"],
            update_fields=["source", "on", "by", "known_from", "batch"],
        )

    def ask_relations(self, household: Household, relations: Relations) -> int:
        """A question for each relation that can't be told from the codes. Returns how many were newly asked."""
        asked = 0
        for person, told in relations.items():
            if told.review:
                asked += self.ask(
                    Matter.RELATION, f"{person}:{household.id}:{told.code}", person=person, building=household.building_id,
                    dwelling=household.dwelling_id, field="relation",
                    details={"household": str(household.id), "code": told.code, "likely": told.likely},
                )  # fmt: skip
        return asked

    def ask_head(self, household: Household) -> int:
        """A question who is head of a household that lost its head."""
        return self.ask(
            Matter.RELATION, f"head:{household.id}", building=household.building_id, dwelling=household.dwelling_id,
            field="head", details={"household": str(household.id)},
        )  # fmt: skip

    def ask(self, matter: Matter, mark: str, **columns: Any) -> bool:
        """Put a question on the review list; one that stands there already isn't asked again."""
        for name in ("person", "other", "building", "dwelling", "subject"):
            if name in columns:
                columns[f"{name}_id"] = columns.pop(name)
        _, new = ReviewItem.objects.get_or_create(
            community_id=self.community, mark=self.blind.print(f"question/{matter.value}", mark), state="open",
            defaults={"matter": matter.value, "opened_at": self.now, **columns},
        )  # fmt: skip
        return new

    def answer_left(self, people: Collection[UUID]) -> None:
        """Whoever was just seen, or has gone, is no longer asked about."""
        self._lapse(Closed.BY_HAND, matter=Matter.LEFT.value, person__in=list(people))

    def answer_relations(self, people: Collection[UUID]) -> None:
        """How they are related was just told."""
        self._lapse(Closed.BY_HAND, matter=Matter.RELATION.value, person__in=list(people))

    def answer_head(self, household: UUID) -> None:
        """Who is head there was just told."""
        self._lapse(Closed.BY_HAND, matter=Matter.RELATION.value, field="head", details__household=str(household))

    def _lapse(self, reason: Closed, **which: Any) -> None:
        waiting = ReviewItem.objects.filter(community=self.community, state="open", **which)
        waiting.update(state="lapsed", decided_at=self.now, decided_by=self.by.account, reason=reason.value)

    def done(
        self, kind: str, people: Sequence[UUID], *, fields: Iterable[str] = (), evidence: str = "", ids: Iterable[UUID] = (),
        counts: dict[str, int] | None = None,
    ) -> None:  # fmt: skip
        """Note what was done. The next file is compared with these people in full: it may still tell what was so before."""
        everybody = [*people, *sorted(self.retold - set(people))]
        forget_prints(self.community, everybody, by=self.by.account)
        record(kind, ids=[*everybody, *ids], fields=sorted(set(fields)), counts=counts or {}, reason=evidence)
