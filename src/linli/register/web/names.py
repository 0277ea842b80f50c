"""Codes of the register in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.faces.formats import span
from linli.faces.words import JOIN, current_language
from linli.register.rules.declaring import Duty
from linli.register.rules.kin_words import KinWord
from linli.register.rules.residence import Status

SEX: Mapping[str, Promise] = {"1": _("M"), "2": _("F"), "0": _("not known"), "9": _("not stated")}
STATUS: Mapping[Status, Promise] = {
    Status.PERMANENT: _("permanent"),
    Status.FLOATING: _("floating"),
    Status.LODGING: _("lodging"),
    Status.ABSENT: _("registered here, lives elsewhere"),
    Status.OVERSEAS: _("from overseas"),
    Status.UNSTATED: _("hukou not stated"),
}
MATCHED: Mapping[str, Promise] = {
    "name": _("name"),
    "given": _("given name"),
    "sound": _("sounds alike"),
    "pinyin": _("pinyin"),
    "initials": _("initials"),
    "address": _("address"),
    "phone": _("telephone"),
    "number": _("document"),
}
DOCUMENT: Mapping[str, Promise] = {
    "111": _("identity card"),
    "114": _("officer's card"),
    "414": _("passport"),
    "511": _("Taiwan travel permit"),
    "516": _("Hong Kong or Macao travel permit"),
    "554": _("residence permit"),
}
# Groups of GB/T 4761: the exact code says more than a list needs.
_RELATION: Mapping[str, Promise] = {
    "1": _("husband or wife"),
    "2": _("son or son-in-law"),
    "3": _("daughter or daughter-in-law"),
    "4": _("grandchild"),
    "5": _("father or mother"),
    "6": _("grandparent"),
    "7": _("brother or sister"),
    "8": _("other"),
    "9": _("other"),
}
KIN: Mapping[KinWord, Promise] = {
    KinWord.HEAD: _("head of household"),
    KinWord.SPOUSE: _("husband or wife"),
    KinWord.CHILD: _("son or daughter"),
    KinWord.CHILD_IN_LAW: _("son-in-law or daughter-in-law"),
    KinWord.GRANDCHILD: _("grandchild"),
    KinWord.PARENT: _("father or mother"),
    KinWord.PARENT_IN_LAW: _("father-in-law or mother-in-law"),
    KinWord.GRANDPARENT: _("grandparent"),
    KinWord.SIBLING: _("brother or sister"),
    KinWord.RELATIVE: _("other relative"),
    KinWord.UNRELATED: _("not related"),
}
DUTY: Mapping[Duty, Promise] = {
    Duty.BIRTH: _("register the birth"),
    Duty.MOVE_IN: _("move the hukou"),
    Duty.STAY: _("declare the stay"),
    Duty.LEAVE: _("declare the departure"),
}


def age(age_band: str) -> str:
    """``00-04`` → 0–4 (0至4), ``85+`` as it is."""
    if "-" not in age_band:
        return age_band
    low, high = age_band.split("-")
    return span(int(low), int(high), current_language())


def relation(code: str) -> str | Promise:
    """A relation to the head of the household, in words."""
    if code in ("01", "02"):
        return _("head of household")
    return _RELATION.get(code[:1], "") if code else ""


def listed(words: Iterable[str | Promise]) -> str:
    """Several short words as one text."""
    return JOIN[current_language()].join(str(word) for word in words)
