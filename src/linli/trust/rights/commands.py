"""Receiving requests about one's own data, and answering them."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.kernel.ids import new_reference
from linli.trust.audit import record
from linli.trust.consent.people import lives_here, reaches_subject
from linli.trust.door import NOT_ALLOWED, NOT_FOUND, command
from linli.trust.erasure import erase_subject
from linli.trust.models import RightsEvent, RightsRequest
from linli.trust.retention.queries import holds_of
from linli.trust.retention.rules import HELD, is_held
from linli.trust.rights.pack import Pack
from linli.trust.rights.registry import Asked, portables
from linli.trust.rights.rules import (
    CANNOT_NOW,
    EXTENDED_BEFORE,
    LIVES_HERE,
    PROOF_MISSING,
    PROOF_REMEDY,
    REFUSE_OR_SAY,
    Act,
    Asker,
    Channel,
    Proof,
    Right,
    State,
    after,
    check_asker,
    check_refusal,
    clock,
    due,
)
from linli.trust.rights.texts import CONTACT, NOTE, WISH, moved, sealed
from linli.trust.rules import Permission
from linli.trust.subjects import drop_subjects, new_subjects


def _find(by: Actor, community: UUID, request: UUID) -> RightsRequest:
    found = RightsRequest.objects.select_for_update(of=("self",)).filter(community=community, id=request).first()
    if found is None or by.grids is not None:
        raise NotFound(NOT_FOUND)
    return found


def _step(found: RightsRequest, act: Act, by: Actor, *, code: str = "", note: str = "") -> None:
    """Append the event and derive the state. Closing sets the moment."""
    state = after(State(found.state), act)
    now = timezone.now()
    RightsEvent.objects.create(
        community_id=found.community_id,
        request=found,
        act=act.value,
        at=now,
        actor=by.account,
        role=by.role,
        code=code,
        sealed_note=sealed(found.community_id, found.subject_id, NOTE, note),
    )
    if state.value != found.state and state not in (State.RECEIVED, State.IDENTIFIED):
        found.closed_at = now
    found.state = state.value
    found.save()
    record("trust.rights_request", ids=[found.id], fields=["state" if act is not Act.NOTE else "note"], reason=code)


@command("trust.receive_request", may=Permission.PORTAL_READ)
def receive_request(
    *,
    by: Actor,
    community: UUID,
    right: Right,
    channel: Channel = Channel.PORTAL,
    asker: Asker = Asker.SELF,
    subject: UUID | None = None,
    wish: str = "",
    contact: str = "",
    proof: Proof | None = None,
) -> UUID:
    """Take a request in and start its clock. Returns its id.

    ``subject`` None: somebody who is in no register, or has not been found in it yet. ``wish``, ``contact``: sealed. A resident
    who has signed in asks for themselves and is known by that. NotAllowed for others without the permission, NotFound out of
    scope.
    """
    own = subject is not None and by.subject == subject
    if not own and not by.may(Permission.RIGHTS_RECEIVE):
        raise NotAllowed(NOT_ALLOWED)
    if subject is not None and not reaches_subject(by, community, subject):
        raise NotFound(NOT_FOUND)
    if own and not by.may(Permission.RIGHTS_RECEIVE):
        asker, channel, proof = Asker.SELF, Channel.PORTAL, Proof.ACCOUNT
    check_asker(right, asker, proof)
    guest = subject is None
    whose = subject or new_subjects(community, 1)[0].id
    now = timezone.now()
    found = RightsRequest.objects.create(
        community_id=community,
        reference=new_reference(),
        right=right.value,
        channel=channel.value,
        asker=asker.value,
        proof=proof.value if proof else "",
        subject_id=whose,
        guest=guest,
        sealed_wish=sealed(community, whose, WISH, wish.strip()[:2000]),
        sealed_contact=sealed(community, whose, CONTACT, contact.strip()[:300]),
        received_at=now,
        received_by=by.account,
        due_on=due(timezone.localtime(now).date(), clock().days),
    )
    record("trust.rights_request", ids=[found.id, whose], fields=[right.value])
    if proof is not None:
        _step(found, Act.IDENTIFY, by, code=proof.value)
    return found.id


@command("trust.identify_asker", may=Permission.RIGHTS_RECEIVE)
def identify_asker(*, by: Actor, community: UUID, request: UUID, proof: Proof, subject: UUID | None = None) -> None:
    """Keep how it was seen that the asker may ask; ``subject``: whom the register knows them as, if that was open until now."""
    found = _find(by, community, request)
    check_asker(Right(found.right), Asker(found.asker), proof)
    if subject is not None and subject != found.subject_id:
        if not reaches_subject(by, community, subject) or not found.guest:
            raise NotFound(NOT_FOUND)
        before = found.subject_id
        moved(found, subject)
        found.guest = False
        found.save()
        if before:
            drop_subjects(community, [before])
    found.proof = proof.value
    _step(found, Act.IDENTIFY, by, code=proof.value)


@command("trust.note_on_request", may=Permission.RIGHTS_RECEIVE)
def note_on_request(*, by: Actor, community: UUID, request: UUID, note: str) -> None:
    """Keep a note, sealed."""
    _step(_find(by, community, request), Act.NOTE, by, note=note)


@command("trust.extend_request", may=Permission.RIGHTS_ANSWER)
def extend_request(*, by: Actor, community: UUID, request: UUID, note: str) -> None:
    """Take more time, once, and say why; the asker is to be told."""
    found = _find(by, community, request)
    if found.extended:
        raise Conflict(EXTENDED_BEFORE)
    found.extended = True
    found.due_on = due(found.due_on, clock().extension)
    _step(found, Act.EXTEND, by, note=note)


@command("trust.answer_request", may=Permission.RIGHTS_ANSWER)
def answer_request(*, by: Actor, community: UUID, request: UUID, note: str, although_here: bool = False) -> None:
    """Close a request as answered: what was done, sealed. BadInput while it isn't known who asks.

    Answering a deletion erases the person (``trust.erase_subject``, whose permission it takes too), and with them what the
    request itself had sealed. Conflict for one while the law holds the data, and for somebody who lives here: the purpose that
    the law names is not over (PIPL 47), so it is refused with that reason, or restricted. ``although_here``: their data were kept
    without a ground.
    """
    found = _find(by, community, request)
    if found.state == State.RECEIVED.value:
        raise BadInput(PROOF_MISSING, remedy=PROOF_REMEDY)
    subject, today = found.subject_id, timezone.localdate()
    if found.right == Right.DELETE.value and subject and is_held(holds_of(community, today), subject, None, today):
        raise Conflict(HELD)
    if found.right == Right.DELETE.value and subject and not although_here and lives_here(community, subject):
        raise Conflict(LIVES_HERE, remedy=REFUSE_OR_SAY)
    _step(found, Act.ANSWER, by, note=note)
    if found.right == Right.DELETE.value and subject:
        erase_subject(by=by, community=community, subject=subject, reason=found.reference, for_good=True)


@command("trust.refuse_request", may=Permission.RIGHTS_ANSWER)
def refuse_request(*, by: Actor, community: UUID, request: UUID, code: str, note: str = "") -> None:
    """Close a request as refused, for one of the reasons that the law gives. BadInput for any other."""
    found = _find(by, community, request)
    state = State(found.state)
    after(state, Act.REFUSE)
    check_refusal(state, Right(found.right), code)
    found.refusal = code
    _step(found, Act.REFUSE, by, code=code, note=note)


@command("trust.take_back_request", may=Permission.PORTAL_READ)
def take_back_request(*, by: Actor, community: UUID, request: UUID) -> None:
    """The asker does not want it any more."""
    found = RightsRequest.objects.select_for_update(of=("self",)).filter(community=community, id=request).first()
    own = found is not None and by.subject is not None and found.subject_id == by.subject
    if found is None or (not own and (by.grids is not None or not by.may(Permission.RIGHTS_RECEIVE))):
        raise NotFound(NOT_FOUND)
    _step(found, Act.WITHDRAW, by)


@command("trust.lift_restriction", may=Permission.RIGHTS_ANSWER)
def lift_restriction(*, by: Actor, community: UUID, request: UUID, note: str) -> None:
    """End a restriction that was granted."""
    found = _find(by, community, request)
    if found.right != Right.RESTRICT.value:
        raise NotFound(NOT_FOUND)
    _step(found, Act.LIFT, by, note=note)


@command("trust.open_answer", may=Permission.RIGHTS_ANSWER)
def open_answer(*, by: Actor, community: UUID, request: UUID) -> Pack:
    """Put the answer together from every flat. It is personal data in clear: opening it is recorded with its digest.

    BadInput while it isn't known who asks; Conflict once the request is refused or taken back.
    """
    found = _find(by, community, request)
    state = State(found.state)
    if state is State.RECEIVED:
        raise BadInput(PROOF_MISSING, remedy=PROOF_REMEDY)
    if state not in (State.IDENTIFIED, State.ANSWERED) or found.subject_id is None:
        raise Conflict(CANNOT_NOW)
    asked = Asked(by, community, found.subject_id, Right(found.right), Asker(found.asker))
    sections = [section for portable in portables() for section in portable.sections(asked)]
    pack = Pack(found.reference, found.right, timezone.now(), sections)
    record("trust.answer", ids=[found.id, found.subject_id], counts=pack.counts, digest=pack.digest, reason=found.right)
    return pack
