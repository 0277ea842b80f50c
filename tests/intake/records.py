"""Two small tables and a kind of file that writes them: what intake is tried with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import models

from linli.intake import Field, Kind, Outcome, Plan, Row, Undone, Verdict, note_changes, parse, restore
from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput
from linli.kernel.ids import new_id
from linli.kernel.words import sentence
from linli.trust import Permission, command, record

OTHERS = sentence("tests.houses.others", "This file is about other houses.")


class House(models.Model):
    """What the file's rows speak of."""

    id = models.UUIDField(primary_key=True, default=new_id)
    community = models.UUIDField()  # no foreign key: these tables must not stand in the way of emptying the real ones
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    built = models.DateField(null=True)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    seal = models.BinaryField(null=True)
    batch = models.UUIDField(null=True)

    class Meta:
        app_label = "intake_tests"

    def __str__(self) -> str:
        return self.code


class Room(models.Model):
    """A second record of the same row, which refers to the first."""

    id = models.UUIDField(primary_key=True, default=new_id)
    house = models.ForeignKey(House, on_delete=models.CASCADE)
    batch = models.UUIDField(null=True)

    class Meta:
        app_label = "intake_tests"

    def __str__(self) -> str:
        return str(self.id)


class Visit(models.Model):
    """What somebody else does later, and what an undo must not pull the ground from under."""

    id = models.UUIDField(primary_key=True, default=new_id)
    house = models.ForeignKey(House, on_delete=models.CASCADE)

    class Meta:
        app_label = "intake_tests"

    def __str__(self) -> str:
        return str(self.id)


MODELS: tuple[type[models.Model], ...] = (House, Room, Visit)
FIELDS = ("name", "built", "price")


def plan_houses(*, viewer: Actor, community: UUID, rows: Sequence[Row], options: Mapping[str, Any], as_of: Any) -> Plan:
    known = {h.code: h for h in House.objects.filter(community=community)}
    if options.get("others"):
        raise BadInput(OTHERS)
    outcomes, work = [], []
    for row in rows:
        house = known.get(row.values["code"])
        values = {name: row.values.get(name) for name in FIELDS}
        if house is None:
            outcomes.append(Outcome(row.number, Verdict.NEW, object_id=(made := new_id())))
            work.append((made, row, values, None))
        elif changed := tuple(name for name in FIELDS if getattr(house, name) != values[name]):
            outcomes.append(Outcome(row.number, Verdict.CHANGED, object_id=house.id, fields=changed))
            work.append((house.id, row, values, house))
        else:
            outcomes.append(Outcome(row.number, Verdict.SAME))
    return Plan(outcomes, work, {"houses": len(rows)})


@command("tests.apply_houses", may=Permission.REGISTER_RENEW)
def apply_houses(*, by: Actor, community: UUID, batch: UUID, plan: Plan, as_of: Any) -> None:
    new = [(made, row, values) for made, row, values, house in plan.work if house is None]
    House.objects.bulk_create(
        House(id=made, community=community, code=row.values["code"], batch=batch, **values) for made, row, values in new
    )
    Room.objects.bulk_create(Room(house_id=made, batch=batch) for made, _, _ in new)
    changed = [(row, values, house) for _, row, values, house in plan.work if house is not None]
    note_changes(
        batch,
        "House",
        [(h.id, row.number, {**{n: getattr(h, n) for n in FIELDS}, "seal": h.seal, "batch": h.batch}) for row, _, h in changed],
    )
    for _, values, house in changed:
        House.objects.filter(id=house.id).update(**values, seal=b"\0new", batch=batch)
    record("tests.house", counts={"new": len(new), "changed": len(changed)})


@command("tests.undo_houses", may=Permission.IMPORT_UNDO)
def undo_houses(*, by: Actor, community: UUID, batch: UUID) -> Undone:
    record("tests.house", counts={"undo": 1})
    return restore(batch, {"Room": Room, "House": House})


HOUSES = Kind(
    name="tests.houses",
    label=sentence("tests.houses", "Houses"),
    permission=Permission.REGISTER_RENEW,
    fields=(
        Field("code", sentence("tests.houses.code", "Code"), required=True),
        Field("name", sentence("tests.houses.name", "Name"), required=True, sensitive=True, parse=parse.text(20)),
        Field("built", sentence("tests.houses.built", "Built"), parse=parse.day),
        Field("price", sentence("tests.houses.price", "Price"), parse=parse.decimal),
    ),
    plan=plan_houses,
    apply=apply_houses,
    undo=undo_houses,
)

MAPPING: dict[str, Any] = {
    "name": "houses",
    "kind": "tests.houses",
    "recognise": {"file": "房屋_*.*", "headings": ["编号", "名称"]},
    "encodings": ["gb18030", "utf-8-sig"],
    "columns": {"code": "编号", "name": "名称", "built": "建成", "price": "价格"},
    "optional": ["built", "price"],
    "options": {"source": "tests"},
}


def state() -> list[tuple[Any, ...]]:
    """Everything that stands in the two tables, to be compared before and after."""
    houses = House.objects.order_by("id").values_list("id", "code", "name", "built", "price", "seal", "batch")
    return [
        *((i, c, n, b, p, bytes(s) if s is not None else None, w) for i, c, n, b, p, s, w in houses),
        *Room.objects.order_by("id").values_list("id", "house", "batch"),
    ]
