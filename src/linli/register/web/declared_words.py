"""Declarations, ties and letters in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.register.rules.by_hand import Standing
from linli.register.rules.declarations import Channel, Kind, Step
from linli.register.rules.ties import How, Letter, Shown

KIND: Mapping[Kind, Promise] = {
    Kind.MOVE_IN: _("Somebody moved in"),
    Kind.MOVE_OUT: _("Somebody moved out"),
    Kind.CORRECTION: _("A correction"),
    Kind.TENANCY: _("Tenants"),
    Kind.STAFF: _("Staff living here"),
    Kind.HANDOVER: _("From another community"),
    Kind.HANDED_OVER: _("To another community"),
}
TITLE: Mapping[Kind, Promise] = {
    Kind.MOVE_IN: _("Tell us that you moved in"),
    Kind.TENANCY: _("Tell us who rents from you"),
    Kind.STAFF: _("Tell us which staff live here"),
}
BY: Mapping[Kind, Promise] = {
    Kind.TENANCY: _("Your name"),
    Kind.STAFF: _("Name of the employer"),
}
CHANNEL: Mapping[Channel, Promise] = {
    Channel.PORTAL: _("online"),
    Channel.PAPER: _("on paper"),
    Channel.SYSTEM: _("sent over"),
}
STEP: Mapping[Step, Promise] = {
    Step.OPEN: _("Waiting"),
    Step.ASKED: _("The sender was asked"),
    Step.ACCEPTED: _("Taken over"),
    Step.REJECTED: _("Declined"),
    Step.LAPSED: _("Taken back by the sender"),
}
FOLLOW: Mapping[Step, Promise] = {
    Step.OPEN: _("We have it. Somebody of the community looks at it in the next days."),
    Step.ASKED: _("We have a question."),
    Step.ACCEPTED: _("It stands on the register now."),
    Step.REJECTED: _("It was not taken over."),
    Step.LAPSED: _("You took it back."),
}
STANDING: Mapping[Standing, Promise] = {
    Standing.HERE: _("lives at this door"),
    Standing.ELSEWHERE: _("lives elsewhere here"),
    Standing.GONE: _("has left"),
    Standing.DEAD: _("has died"),
}
HOW: Mapping[How, Promise] = {How.DESK: _("at the desk, with a document"), How.LETTER: _("with the code from a letter")}
SHOWN: Mapping[Shown, Promise] = {
    Shown.IDENTITY_CARD: _("identity card"),
    Shown.HOUSEHOLD_BOOK: _("household book"),
    Shown.PASSPORT: _("passport"),
    Shown.RESIDENCE_PERMIT: _("residence permit"),
}
LETTER: Mapping[Letter, Promise] = {Letter.WANTED: _("to be printed"), Letter.GOOD: _("on its way")}
CORRECT: Mapping[str, Promise] = {
    "name": _("Name"),
    "number": _("Document number"),
    "birth_date": _("Date of birth"),
    "sex": _("Sex"),
    "phone": _("Telephone"),
}
