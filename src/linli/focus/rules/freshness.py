"""Judging the register: which grids hold people whom nobody has verified for long."""

from __future__ import annotations

import numpy as np

from linli.focus.rules import words
from linli.focus.rules.evidence import Evidence
from linli.focus.rules.kinds import Draft, FindingKind, Identity, Unjudged
from linli.kernel.words import Words
from linli.methods import discovery, freshness, score

ROUNDS = (2, 4, 8)


def unverified(evidence: Evidence) -> tuple[list[Draft], list[float]]:
    """Grids with more residents unverified for two, four or eight rounds than the others let expect."""
    people = evidence.population
    if not len(evidence.grids) or people.sum() == 0:
        return [], []
    stale = np.array(
        [
            [sum(n for weeks, n in evidence.unverified.get(g, {}).items() if weeks >= rounds) for g in evidence.grids]
            for rounds in ROUNDS
        ],
        dtype=float,
    )
    looks = [freshness.freshness(people, np.minimum(row, people)) for row in stale]
    ps = np.stack([look.p for look in looks])
    combined = discovery.combined(*ps)
    q = discovery.adjusted(combined)
    best = np.argmin(np.where(np.isnan(ps), np.inf, ps), axis=0)
    drafts, qs = [], []
    for grid in np.flatnonzero(np.nan_to_num(combined, nan=1.0) < 0.05):
        # Of the spans that speak as clearly, the longest says most to whoever goes there.
        level = max(
            (i for i in range(len(ROUNDS)) if ps[i, grid] <= max(ps[best[grid], grid] * 10, 1e-6)), default=int(best[grid])
        )
        look, rounds = looks[level], ROUNDS[level]
        if look.stale[grid] < 3 or look.stale[grid] <= look.high[grid]:
            continue
        label = evidence.grids[grid]
        here, usual = evidence.need(label)
        held = evidence.unverified.get(label, {})
        since = evidence.week.back(min(weeks for weeks in held if weeks >= rounds))
        percent = round(100 * look.stale[grid] / people[grid])
        drafts.append(
            Draft(
                identity=Identity(FindingKind.UNVERIFIED, label),
                observed=float(look.stale[grid]),
                expected=float(look.expected[grid]),
                low=float(look.low[grid]),
                high=float(look.high[grid]),
                p=float(combined[grid]),
                parts={
                    "severity": score.severity(1.2),
                    "need": score.need(here, usual),
                    "volume": score.volume(float(look.stale[grid]), float(look.expected[grid])),
                    "surprise": score.surprise(float(q[grid])),
                },
                title=Words(words.UNVERIFIED, {"weeks": rounds}),
                reason=Words(
                    words.UNVERIFIED_REASON,
                    {
                        "stale": int(look.stale[grid]),
                        "people": int(people[grid]),
                        "percent": percent,
                        "since": {"day": since.monday.isoformat()},
                    },
                ),
                method=f"{freshness.METHOD}-{freshness.VERSION}",
                facts={
                    "rounds": rounds,
                    "by_rounds": [{"weeks": weeks, "people": n} for weeks, n in sorted(held.items()) if weeks > 0],
                },
            )
        )
        qs.append(float(q[grid]))
    return drafts, qs


def unjudged(evidence: Evidence) -> list[Unjudged]:
    """Nothing can be said about verification where there is no register."""
    if evidence.grids and evidence.population.sum() == 0:
        return [Unjudged(Words(words.SUBJECT_REGISTER), Words(words.NO_REGISTER))]
    return []
