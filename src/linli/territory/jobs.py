"""Background work of the territory: cells of new drafts, and proposals."""

from __future__ import annotations

import time
from uuid import UUID

from linli.kernel.errors import LinliError
from linli.kernel.words import Words, sentence
from linli.territory.commands import end_proposal, lay_cells, take_proposal
from linli.territory.drafting import last_published, open_draft
from linli.territory.grounds import lay
from linli.territory.models import Draft, VersionState
from linli.territory.proposing import NoProposal, propose
from linli.territory.rules.geometry import as_shapes
from linli.territory.rules.proposals import CELLS, Proposal, Stage
from linli.territory.versions import shapes_of
from linli.trust import SYSTEM

MOVED_ON = sentence("territory.proposal.moved_on", "The draft was changed while the proposal was being made; ask for it again.")
TELL_SECONDS = 1.0


def drafts(community: UUID) -> None:
    """Whatever the community's drafts wait for, oldest first. It bears being run twice: what is done waits no more.

    A proposal whose worker died stands at running; the job that was given back takes it up again.
    """
    for version, state in (
        Draft.objects.filter(community_id=community).order_by("version_id").values_list("version_id", "proposal")
    ):
        if Proposal.of(state).busy:
            _one(community, version)


def _one(community: UUID, version: UUID) -> None:
    from linli.methods.division import Cancelled

    draft = Draft.objects.select_related("version").get(version_id=version)
    proposal = Proposal.of(draft.proposal).become(Stage.RUNNING, share=0.0, worst=None, words=[])
    if draft.version.state != VersionState.DRAFT:
        return
    if not _tell(version, proposal):
        return
    try:
        if not draft.cells.exists():
            before = None if proposal.afresh else last_published(draft.version.layer_id)
            outlines = shapes_of(before.id)[2] if before else as_shapes([])
            lay_cells(by=SYSTEM, community=community, version=version, laid=lay(community, outlines))
        words = [] if proposal.what == CELLS else _propose(community, version, proposal)
    except Cancelled:
        return
    except (NoProposal, LinliError) as fault:
        end_proposal(by=SYSTEM, community=community, version=version, proposal=_failed(proposal, fault.words))
    else:
        told = [one.as_json() for one in words]
        ended = proposal.become(Stage.DONE, share=1.0, words=told)
        end_proposal(by=SYSTEM, community=community, version=version, proposal=ended)


def _failed(proposal: Proposal, words: Words) -> Proposal:
    return proposal.become(Stage.FAILED, words=[words.as_json()])


def _propose(community: UUID, version: UUID, proposal: Proposal) -> list[Words]:
    from linli.methods.division import Cancelled

    opened = open_draft(community, version)
    draft = opened.draft
    told = 0.0

    def progress(share: float, worst: float) -> bool:
        nonlocal told
        if time.monotonic() - told < TELL_SECONDS:
            return True
        told = time.monotonic()
        return _tell(version, proposal.become(Stage.RUNNING, share=round(share, 3), worst=round(float(worst), 4)))

    parts, words = propose(
        opened.sheet,
        opened.drawn,
        weight=draft.weight,
        target=draft.target,
        tolerance=draft.tolerance,
        seed=proposal.seed,
        keep=not proposal.afresh,
        progress=progress,
    )
    if not _tell(version, proposal.become(Stage.RUNNING, share=1.0)):
        raise Cancelled
    try:
        if (parts != opened.parts).any():
            take_proposal(by=SYSTEM, community=community, version=version, step=draft.step, parts=parts.tolist())
    except LinliError:
        raise NoProposal(Words(MOVED_ON)) from None
    return words


def _tell(version: UUID, proposal: Proposal) -> bool:
    """Say how far it is, unless it was cancelled meanwhile. Nobody's act, so it stands in no trail."""
    rows = Draft.objects.filter(version_id=version)
    now = rows.values_list("proposal", flat=True).first()
    if now is None or not Proposal.of(now).busy:
        return False
    rows.update(proposal=proposal.as_json())
    return True
