"""From evidence to a ranked board: all kinds of finding together, false discoveries held in check in each."""

from __future__ import annotations

from linli.focus.rules import freshness, words
from linli.focus.rules.evidence import Evidence
from linli.focus.rules.flow import Counters
from linli.focus.rules.kinds import Draft, FindingKind, GridTotal, Judgement, Ranked, Unjudged
from linli.focus.rules.reports import Reports
from linli.kernel.words import Words
from linli.methods import discovery, score

# The q up to which each kind comes on the board. Of all findings on it at most one in ten is expected to be chance; kinds that
# show themselves clearly, or rest on rougher assumptions, must do with less.
LEVELS = {**dict.fromkeys(FindingKind, 0.05), **{FindingKind(name): level for name, level in discovery.LEVELS.items()}}
WEAKER = 0.5
MOST_WEAKER = 20


def judge(evidence: Evidence) -> Judgement:
    """Look at everything there is, word it, and rank it. Deterministic for the same evidence."""
    found: list[tuple[Draft, float]] = []
    unjudged: list[Unjudged] = []
    totals: list[GridTotal] = []
    if evidence.grids and evidence.matters:
        reports = Reports(evidence)
        for look in (reports.above, reports.new, reports.silent, reports.rising, reports.overdue):
            found += zip(*look(), strict=True)
        unjudged += reports.unjudged()
        totals += reports.grid_totals()
    elif evidence.grids:
        unjudged.append(Unjudged(Words(words.SUBJECT_ALL), Words(words.NO_REPORTS)))
        totals += (GridTotal(grid, 0, None, None, None, None) for grid in evidence.grids)
    else:
        unjudged.append(Unjudged(Words(words.SUBJECT_GRIDS), Words(words.NO_GRIDS)))
    found += zip(*freshness.unverified(evidence), strict=True)
    unjudged += freshness.unjudged(evidence)
    counters = Counters(evidence)
    found += zip(*counters.findings(), strict=True)
    unjudged += counters.missing
    ranked = ranking(_without_doubles(found))
    return Judgement(
        findings=tuple(r for r in ranked if passes(r.draft, r.q)),
        weaker=tuple([r for r in ranked if not passes(r.draft, r.q) and r.q <= WEAKER][:MOST_WEAKER]),
        unjudged=tuple(unjudged),
        grids=tuple(totals),
    )


def passes(draft: Draft, q: float) -> bool:
    """Whether a finding comes on the board."""
    return q <= LEVELS[draft.identity.kind]


def _without_doubles(found: list[tuple[Draft, float]]) -> list[tuple[Draft, float]]:
    """A new matter is also more than expected, and what is far above also rises: the more telling kind speaks alone."""
    cells = {(d.identity.grid, d.identity.matter): set[FindingKind]() for d, _ in found}
    for draft, _q in found:
        cells[draft.identity.grid, draft.identity.matter].add(draft.identity.kind)

    def doubled(draft: Draft) -> bool:
        others = cells[draft.identity.grid, draft.identity.matter]
        if draft.identity.kind is FindingKind.ABOVE:
            return FindingKind.NEW in others
        if draft.identity.kind is FindingKind.TREND:
            return bool(others & {FindingKind.NEW, FindingKind.ABOVE})
        return False

    return [(draft, q) for draft, q in found if not doubled(draft)]


def ranking(found: list[tuple[Draft, float]]) -> list[Ranked]:
    """Those that pass the false discovery rate first, by score; then the weaker ones. Ties fall the same way every time."""
    scored = [(draft, q, score.score(draft.parts)) for draft, q in found]
    scored.sort(key=lambda it: (not passes(it[0], it[1]), -it[2].total, it[0].p, str(it[0].identity)))
    return [
        Ranked(
            draft=Draft(**{**vars(draft), "parts": {n: v for n, v in weighed.parts.items() if v}}),
            rank=place,
            score=weighed.total,
            q=q,
        )
        for place, (draft, q, weighed) in enumerate(scored, start=1)
    ]
