from __future__ import annotations

from django.db import migrations

from linli.register.migrations._sealing import _keys, _parts
from linli.register.rules.sealing import FORMER_NUMBER, NUMBER, number_index, opened
from linli.trust import blinder

PAPERS = ("112", "113")
"""Temporary card and household booklet: they carry the number of the identity card, and were looked up as others until now."""


def index_anew(apps, _editor):
    """Whoever showed one of them is found by their number as it stands on the identity card."""
    Person = apps.get_model("register", "Person")
    for model, place in ((Person, NUMBER), (apps.get_model("register", "FormerNumber"), FORMER_NUMBER)):
        meant = model.objects.filter(document_kind__in=PAPERS).exclude(sealed_number=b"")
        for community in meant.order_by().values_list("community_id", flat=True).distinct():
            keys, blind = _keys(apps, community), blinder(community)
            for ids in _parts(meant.filter(community_id=community).values_list("id", flat=True)):
                rows = list(model.objects.filter(id__in=ids))
                owners = dict(Person.objects.filter(id__in=[_owner(row) for row in rows]).values_list("id", "subject_id"))
                for row in rows:
                    number = opened(keys.get(owners[_owner(row)]), place, row.sealed_number)
                    if number:
                        row.number_index = number_index(blind, row.document_kind, number)
                model.objects.bulk_update(rows, ["number_index"], batch_size=200)


def _owner(row):
    return getattr(row, "person_id", row.id)


class Migration(migrations.Migration):
    """A citizen's number is one, whichever of their papers shows it."""

    dependencies = [
        ("register", "0007_given_name_and_month"),
        ("trust", "0008_password_once"),
    ]

    operations = [
        migrations.RunPython(index_anew, migrations.RunPython.noop),
    ]
