"""Two records side by side: answered by one key, taken apart on the record; relations and heads answered in the list."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.support.installation import Installation

CODE = "999901001001"
PLANT = """
from django.utils import timezone
from linli.register.jobs import sweep
from linli.register.models import Membership, Person, Residence, ReviewItem
from linli.register.opening import open_people
from linli.register.rules.sealing import person_columns
from linli.trust import SYSTEM, blinder, community_by_code

zone = community_by_code(viewer=SYSTEM, code="{code}")
here = {{"community": zone.id, "to_date__isnull": True}}
houses = [m.household_id for m in Membership.objects.filter(**here, relation="02").order_by("id")]
alone = [m.person_id for m in Membership.objects.filter(**here, relation="02").order_by("id")]
first, second = alone[{at}], alone[{at} + 1]
known = open_people(zone.id, [first, second])
one, other = known[first], known[second]
Residence.objects.filter(person=second, to_date__isnull=True).update(
    building=Residence.objects.get(person=first, to_date__isnull=True).building_id, dwelling=None
)
values = dict(name=one.name[0] + one.name[:0:-1], birth_date=one.birth_date, phone=one.phone or "00055507001", number="")
Person.objects.filter(id=first).update(**person_columns(one.key, blinder(zone.id), dict(phone=values["phone"])))
Person.objects.filter(id=second).update(
    sex=one.sex, document_kind="", **person_columns(other.key, blinder(zone.id), values)
)
from django.conf import settings
assert sweep(by=SYSTEM, community=zone.id).pairs >= 1
pair = [first, second]
asked = ReviewItem.objects.get(community=zone.id, matter="same_person", state="open", person__in=pair, other__in=pair)
(settings.DATA / "pair.txt").write_text(f"{{first}} {{second}} {{asked.id}}")
kin = Membership.objects.filter(**here).exclude(relation="02").exclude(person__in=[first, second]).order_by("id")[{at}]
home = Residence.objects.get(person=kin.person_id, to_date__isnull=True)
common = dict(
    community_id=zone.id, matter="relation", building_id=home.building_id, dwelling_id=home.dwelling_id, opened_at=timezone.now()
)
ReviewItem.objects.create(
    person_id=kin.person_id, field="relation", mark=b"kin{at}",
    details=dict(household=str(kin.household_id), code=kin.relation, likely="70"), **common
)
ReviewItem.objects.create(field="head", mark=b"head{at}", details=dict(household=str(kin.household_id)), **common)
"""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_two_records_side_by_side(
    open_page: OpenPage, look: Callable[[Page, str], None], installation: Installation, language: str
) -> None:
    installation.run(PLANT.format(code=CODE, at=4 if language == "en" else 12))
    first, second, question = (installation.data / "pair.txt").read_text().split()
    here = f"/desk/{CODE}/questions/{question}/?matter=same_person"
    page = open_page(here, role="desk_clerk", language=language)
    expect(page.locator("table.cmp tbody tr")).to_have_count(8)
    look(page, f"register-question-twice-{language}")
    phone = open_page(page.url.replace("/desk/", "/field/"), role="desk_clerk", language=language, width="phone")
    look(phone, f"register-question-twice-field-{language}")
    page.keyboard.press("1")
    expect(page.locator(".undo")).to_be_visible()
    page.locator(".undo button").click()
    page.goto(here)
    page.keyboard.press("1")
    expect(page.locator(".undo")).to_be_visible()
    # Either record says which one leads, and lets them be taken apart.
    for person, name, width in ((first, "leads", "desk"), (second, "led", "desk"), (second, "led", "phone")):
        page = open_page(f"/desk/{CODE}/people/{person}/", role="desk_clerk", language=language, width=width)
        expect(page.locator("form[action*='/apart/']")).to_be_visible()
        look(page, f"register-record-{name}-{width}-{language}")
    page.locator("form[action*='/apart/'] button").click()
    expect(page.locator("form[action*='/apart/']")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_relations_and_heads_are_answered_in_the_list(
    open_page: OpenPage, look: Callable[[Page, str], None], installation: Installation, language: str
) -> None:
    installation.run(PLANT.format(code=CODE, at=36 if language == "en" else 44))
    for width in ("phone", "desk"):
        shell = "desk" if width == "desk" else "field"
        page = open_page(f"/{shell}/{CODE}/questions/?matter=relation", role="desk_clerk", language=language, width=width)
        for row in page.locator(".queue a").all():
            address = row.get_attribute("href")
            assert address
            one = open_page(address, role="desk_clerk", language=language, width=width)
            what = "relation" if one.locator("select#kin").count() else "head"
            look(one, f"register-question-{what}-{width}-{language}")
    page.locator(".queue a").first.click()
    page.keyboard.press("1")
    expect(page).to_have_url(re.compile("/questions/"))
    expect(page.locator(".undo")).to_be_visible()
