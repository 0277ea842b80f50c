"""What became of the rows of one file: those of which something is to be said, and those that are simply the same."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import is_
from typing import Any
from uuid import UUID

import numpy as np

from linli.intake import bulk
from linli.intake.kinds import Outcome, Verdict
from linli.intake.models import RowResult
from linli.intake.rules import ranges, says_nothing
from linli.kernel.words import Words


@dataclass(frozen=True)
class Results:
    """Every row of a file exactly once. ``outcomes``: by row; ``same``: int64, rows that were recognised and need no object."""

    outcomes: list[Outcome]
    same: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self.outcomes) + len(self.same)

    def tally(self) -> dict[str, int]:
        """Rows by verdict, every verdict present."""
        counted = Counter(o.verdict for o in self.outcomes)
        counted[Verdict.SAME] += len(self.same)
        return {verdict.value: counted[verdict] for verdict in Verdict}

    def digest(self, counts: Mapping[str, int]) -> str:
        """What a preview promised: verdict, reason and fields of every row, without the ids that are made anew each time."""
        digest = hashlib.sha256(json.dumps(dict(counts), sort_keys=True).encode())
        for start in range(0, len(self.outcomes), 10_000):
            digest.update(
                "".join(
                    f"{o.row}|{o.verdict}|{o.words.key if o.words else ''}|{o.column}|{','.join(o.fields)}\n"
                    for o in self.outcomes[start : start + 10_000]
                    if o.verdict is not Verdict.SAME
                ).encode()
            )
        return digest.hexdigest()

    def refused(self) -> tuple[Outcome, ...]:
        return tuple(o for o in self.outcomes if o.verdict is Verdict.REFUSED)

    def completed(self, planned: Sequence[Outcome], done: Sequence[Outcome]) -> Results:
        """With what an apply knows better: the id of a record that it made, its fields; never another verdict."""
        if len(planned) == len(done) and all(map(is_, planned, done)):
            return self
        before = {o.row: o for o in planned}
        better = {o.row: o for o in done if o is not before.get(o.row)}
        return Results([_completed(o, better.get(o.row)) for o in self.outcomes], self.same) if better else self

    def ranges(self) -> dict[str, list[list[int]]]:
        """Rows of which only the verdict is known, as runs, by verdict."""
        plain: dict[str, list[int]] = {}
        for o in self.outcomes:
            if _plain(o):
                plain.setdefault(o.verdict.value, []).append(o.row)
        runs = {verdict: ranges(rows) for verdict, rows in plain.items() if verdict != Verdict.SAME}
        same = np.concatenate((self.same, np.array(plain.get(Verdict.SAME.value, ()), np.int64)))
        if len(same):
            runs[Verdict.SAME.value] = ranges(same)
        return runs

    def write(self, community: UUID, batch: UUID) -> int:
        """One row each for those of which more than the verdict is known, inside the command that keeps the batch."""
        columns = ("community", "batch", "row", "verdict", "words", "remedy", "column", "shown", "object_id", "fields")
        told = (
            (
                community, batch, o.row, o.verdict.value, _json(o.words), _json(o.remedy),
                o.column[:200], o.shown[:200], o.object_id, list(o.fields),
            )
            for o in self.outcomes
            if not _plain(o)
        )  # fmt: skip
        return bulk.insert(RowResult, columns, told)


def _plain(outcome: Outcome) -> bool:
    return outcome.verdict is Verdict.SAME or says_nothing(outcome)


def _completed(outcome: Outcome, done: Outcome | None) -> Outcome:
    if done is None or done.verdict is not outcome.verdict:
        return outcome
    return replace(outcome, object_id=done.object_id, fields=done.fields)


def _json(words: Words | None) -> dict[str, Any] | None:
    return words.as_json() if words else None
