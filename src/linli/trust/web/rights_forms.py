"""What is written at the rights desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kernel.errors import BadInput
from linli.trust.purposes.rules import purposes
from linli.trust.rights.rules import (
    AFTER,
    PROOFS,
    UNIDENTIFIED,
    Act,
    Asker,
    Channel,
    Proof,
    Right,
    State,
    check_asker,
    refusals,
)
from linli.trust.web import words

_STEPS = {
    Act.IDENTIFY: _("It is known now who asks"),
    Act.ANSWER: _("It is answered"),
    Act.REFUSE: _("It is refused"),
    Act.EXTEND: _("More time is needed"),
    Act.WITHDRAW: _("They do not want it any more"),
    Act.LIFT: _("The restriction ends"),
    Act.NOTE: _("Only a note"),
}
_OFFICERS = {Act.ANSWER, Act.REFUSE, Act.EXTEND, Act.LIFT}


class RequestForm(forms.Form):
    """A request as it comes to the desk."""

    right = forms.ChoiceField(label=_("What is asked"), widget=forms.RadioSelect)
    asker = forms.ChoiceField(label=_("Who asks"), widget=forms.RadioSelect, initial=Asker.SELF.value)
    channel = forms.ChoiceField(label=_("How it came"), widget=forms.RadioSelect, initial=Channel.DESK.value)
    proof = forms.ChoiceField(label=_("How it is known who asks"), required=False)
    wish = forms.CharField(
        label=_("In their own words"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept under the person’s own key; nobody else can read it."),
    )  # fmt: skip
    contact = forms.CharField(label=_("Where the answer goes"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        desk = {channel: name for channel, name in words.CHANNELS.items() if channel is not Channel.PORTAL}
        proofs = {proof: name for proof, name in words.PROOFS.items() if proof is not Proof.ACCOUNT}
        for name, among in (("right", words.RIGHTS), ("asker", words.ASKERS), ("channel", desk)):
            self.fields[name].choices = words.choices(among)  # type: ignore[attr-defined]
        self.fields["proof"].choices = [("", _("Not seen yet")), *words.choices(proofs)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("right") and data.get("asker"):
            proof = Proof(data["proof"]) if data.get("proof") else None
            try:
                check_asker(Right(data["right"]), Asker(data["asker"]), proof)
            except BadInput as fault:
                about_proof = proof is not None and proof not in PROOFS[Asker(data["asker"])]
                self.add_error("proof" if about_proof else "asker", words.said(fault.words))
        return data


class StepForm(forms.Form):
    """What happens next with a request: only what its state and the viewer's role allow."""

    act = forms.ChoiceField(label=_("What happens next"), widget=forms.RadioSelect)
    proof = forms.ChoiceField(label=_("How it is known who asks"), required=False)
    code = forms.ChoiceField(label=_("Why it is refused"), required=False)
    note = forms.CharField(
        label=_("What was done, or why"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    although_here = forms.BooleanField(
        label=_("Erase also somebody who lives here: these data were kept without a ground"), required=False
    )

    def __init__(self, *args: Any, state: State, right: Right, asker: Asker, answers: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = [act for act in _STEPS if AFTER[state, act] and (answers or act not in _OFFICERS)]
        if right is not Right.RESTRICT:
            possible = [act for act in possible if act is not Act.LIFT]
        self.fields["act"].choices = [(act.value, _STEPS[act]) for act in possible]  # type: ignore[attr-defined]
        fitting = [proof for proof in words.PROOFS if proof in PROOFS[asker] and proof is not Proof.ACCOUNT]
        self.fields["proof"].choices = [("", _("Choose")), *((p.value, words.PROOFS[p]) for p in fitting)]  # type: ignore[attr-defined]
        reasons = [
            refusal
            for refusal in refusals().values()
            if right in refusal.rights and (refusal.code == UNIDENTIFIED) is (state is State.RECEIVED)
        ]
        self.fields["code"].choices = [("", _("Choose")), *((r.code, words.pick(r.words)) for r in reasons)]  # type: ignore[attr-defined]
        if Act.IDENTIFY not in possible:
            del self.fields["proof"]
        if Act.REFUSE not in possible:
            del self.fields["code"]
        if right is not Right.DELETE or Act.ANSWER not in possible:
            del self.fields["although_here"]
        self.possible = possible

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        act = data.get("act")
        if act == Act.IDENTIFY.value and not data.get("proof"):
            self.add_error("proof", _("Say which paper was seen."))
        if act == Act.REFUSE.value and not data.get("code"):
            self.add_error("code", _("A refusal needs a reason that the law gives."))
        if act in {Act.ANSWER.value, Act.EXTEND.value, Act.NOTE.value, Act.LIFT.value} and not (data.get("note") or "").strip():
            self.add_error("note", _("Write in a sentence what was done, or why."))
        return data


class HoldForm(forms.Form):
    """Data that proceedings need."""

    purpose = forms.ChoiceField(label=_("Kept for"), required=False)
    reference = forms.CharField(
        label=_("Reference of a request"), required=False, max_length=16,
        help_text=_("Holds the data of the person whom that request is about. Empty: everybody’s."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Which proceedings need them"), max_length=500)
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(purpose.key, words.pick(purpose.name)) for purpose in purposes().values()]
        self.fields["purpose"].choices = [("", _("Every purpose")), *named]  # type: ignore[attr-defined]
