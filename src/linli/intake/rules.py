"""What may happen to a batch, how its rows must add up, and how a cell is masked. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

import numpy as np

from linli.intake.kinds import Outcome, Verdict
from linli.kernel.words import sentence


class State(StrEnum):
    """Where a batch stands."""

    PREVIEWED = "previewed"
    AWAITING = "awaiting"
    APPLIED = "applied"
    UNDONE = "undone"
    REFUSED = "refused"


NEXT: Mapping[State, frozenset[State]] = {
    State.PREVIEWED: frozenset({State.APPLIED, State.AWAITING, State.REFUSED}),
    State.AWAITING: frozenset({State.APPLIED}),
    State.APPLIED: frozenset({State.UNDONE}),
    # An undo that had to leave rows may be tried again once what stood on them is undone too.
    State.UNDONE: frozenset({State.UNDONE}),
    State.REFUSED: frozenset(),
}

STATE_WORDS: Mapping[State, str] = {
    State.PREVIEWED: sentence("intake.state.previewed", "looked at, not written"),
    State.AWAITING: sentence("intake.state.awaiting", "waits for a second person"),
    State.APPLIED: sentence("intake.state.applied", "written"),
    State.UNDONE: sentence("intake.state.undone", "undone"),
    State.REFUSED: sentence("intake.state.refused", "not usable"),
}

VERDICT_WORDS: Mapping[Verdict, str] = {
    Verdict.NEW: sentence("intake.verdict.new", "new"),
    Verdict.CHANGED: sentence("intake.verdict.changed", "changed"),
    Verdict.SAME: sentence("intake.verdict.same", "the same"),
    Verdict.LEFT: sentence("intake.verdict.left", "gone"),
    Verdict.REVIEW: sentence("intake.verdict.review", "waiting for an answer"),
    Verdict.REFUSED: sentence("intake.verdict.refused", "not written"),
}

MISSING_ROWS = sentence(
    "intake.rows_without_result", "The rows do not add up: %(rows)s rows came in, %(results)s results came out."
)
TELL_US = sentence("intake.tell_us", "Nothing was written. This is a fault of the program: keep the file and report it.")


def may_become(now: State, then: State) -> bool:
    """Whether a batch may pass from one state to the other."""
    return then in NEXT[now]


def may_approve(brought_by: object, account: object) -> bool:
    """Whether an account may release what another brought: never one's own, and never the system by itself."""
    return account is not None and account != brought_by


def adds_up(rows: Sequence[int] | np.ndarray, told: Sequence[int] | np.ndarray) -> bool:
    """Whether every row that came in (``rows``) has exactly one result (``told``: rows with a result), and no other row has."""
    came, went = np.sort(np.asarray(rows, np.int64)), np.sort(np.asarray(told, np.int64))
    return bool(np.array_equal(came, went) and (np.diff(came) > 0).all())


def says_nothing(outcome: Outcome) -> bool:
    """Whether nothing but the verdict is known of the row, so that a range of row numbers tells it all."""
    return not (outcome.words or outcome.remedy or outcome.column or outcome.shown or outcome.object_id or outcome.fields)


def ranges(rows: Iterable[int] | np.ndarray) -> list[list[int]]:
    """Row numbers as runs, both ends included: ``[2, 3, 4, 9]`` → ``[[2, 4], [9, 9]]``."""
    numbers = np.sort(rows if isinstance(rows, np.ndarray) else np.fromiter(rows, np.int64))
    if not len(numbers):
        return []
    breaks = np.flatnonzero(np.diff(numbers) != 1)
    firsts = numbers[np.concatenate(([0], breaks + 1))]
    lasts = numbers[np.concatenate((breaks, [len(numbers) - 1]))]
    return np.stack((firsts, lasts), axis=1).tolist()  # type: ignore[no-any-return]


def rows_in(runs: Iterable[Sequence[int]]) -> Iterator[int]:
    """The row numbers of runs."""
    for first, last in runs:
        yield from range(first, last + 1)


def mask(text: str) -> str:
    """A sensitive cell as it may be shown: the first and the last sign, the length kept (张*, 李*芳, 3****************X)."""
    if len(text) < 3:
        return text[:1] + "*" * (len(text) - 1) if len(text) > 1 else "*" * len(text)
    return text[0] + "*" * (len(text) - 2) + text[-1]


def shown_headings(found: Iterable[str], expected: Collection[str]) -> str:
    """The headings of a file, as an error may tell them. Where none is ``expected``, the row may be somebody's: masked."""
    headings = [heading for heading in found if heading]
    if set(expected).isdisjoint(headings):
        headings = [mask(heading) for heading in headings]
    return ", ".join(headings)


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: what begins with = + - @, a tab or a line end gets an apostrophe first."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
