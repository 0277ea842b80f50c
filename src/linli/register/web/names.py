"""Codes of the register in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.faces.formats import CHINESE, span
from linli.faces.words import JOIN, current_language
from linli.kernel.code_tables import table
from linli.register.rules.declaring import Duty
from linli.register.rules.kin_words import KinWord
from linli.register.rules.left_behind import LeftBehind
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
LEFT_BEHIND: Mapping[LeftBehind, Promise] = {
    LeftBehind.CHILD: _("child left behind: both parents away"),
    LeftBehind.ELDER: _("left behind: all children away"),
    LeftBehind.WOMAN: _("left behind: husband away"),
}
"""Away: elsewhere for half a year. Whose absence counts is said, so that nobody reads a judgement into it."""
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
    "112": _("temporary identity card"),
    "113": _("household register booklet"),
    "114": _("officer's card"),
    "414": _("passport"),
    "511": _("Taiwan travel permit"),
    "516": _("Hong Kong or Macao travel permit"),
    "553": _("permanent residence card of foreigners"),
    "554": _("residence permit"),
    "L11": _("residence permit of Taiwan people"),
    "L16": _("residence permit of Hong Kong and Macao people"),
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
    Duty.STAY: _("declare the stay"),
    Duty.LEAVE: _("declare the departure"),
}

SOURCE: Mapping[str, Promise] = {
    "door": _("seen at the door"),
    "document": _("document seen at the desk"),
    "police": _("the police station’s file"),
    "resident": _("the person"),
    "landlord": _("the landlord"),
    "employer": _("the employer"),
    "file": _("a file"),
}
FIELD: Mapping[str, Promise] = {
    "name": _("name"),
    "number": _("document"),
    "birth": _("date of birth"),
    "sex": _("sex"),
    "address": _("address"),
    "phone": _("telephone"),
    "hukou_region": _("hukou"),
    "relation": _("relation to the head"),
    "ethnic": _("ethnic group"),
    "education": _("education"),
}
OUTCOME: Mapping[str, Promise] = {
    "unchanged": _("Nothing had changed."),
    "nobody_home": _("Nobody was home."),
    "refused": _("They did not want to talk."),
}
DECIDED: Mapping[str, Promise] = {
    "open": _("Not yet decided."),
    "accepted": _("Taken over."),
    "rejected": _("Not taken over."),
    "lapsed": _("No longer asked."),
}
HAPPENED: Mapping[str, Promise] = {
    "number": _("Document number until then"),
    "applied": _("Applied for a residence permit"),
    "permit": _("Residence permit"),
    "endorsed": _("Residence permit endorsed"),
    "tenancy": _("Rents the home"),
    "letting": _("Lets a home"),
    "died": _("Died"),
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


def relation_exact(code: str) -> str | Promise:
    """A relation to the head as GB/T 4761 names it, in the reader's language."""
    if code in ("", "01", "02"):
        return relation(code)
    named = table("GB/T 4761").get(code)
    return (named.zh if current_language() == CHINESE else named.en) if named else relation(code)


def listed(words: Iterable[str | Promise]) -> str:
    """Several short words as one text."""
    return JOIN[current_language()].join(str(word) for word in words)
