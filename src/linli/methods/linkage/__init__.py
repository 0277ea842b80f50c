"""Who is the same person: duplicates inside one file, links between two, probabilities of given pairs.

``link(columns, …)`` does all; ``score_pairs`` judges given pairs; ``decide`` says what follows from a probability. Columns are
texts by the names of ``FIELDS``. Numba compiles at the first call (about ten seconds, once for an installation).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linli.methods.linkage.decision import THRESHOLDS, Decision, Thresholds, decide, judge
    from linli.methods.linkage.faults import UnknownModel, Unreadable
    from linli.methods.linkage.model import NAMES as MODELS
    from linli.methods.linkage.model import Model, load_model, store
    from linli.methods.linkage.records import FIELDS, Columns, Records, read_records
    from linli.methods.linkage.scoring import Links, chosen, link, link_records, pair_levels, score_pairs

# What compares is compiled code, and loading the compiler takes a third of a second: only where somebody is compared.
_HOMES = {
    "decision": (
        "THRESHOLDS",
        "Decision",
        "Thresholds",
        "decide",
        "judge",
    ),
    "faults": (
        "UnknownModel",
        "Unreadable",
    ),
    "model": (
        "MODELS",
        "Model",
        "load_model",
        "store",
    ),
    "records": (
        "FIELDS",
        "Columns",
        "Records",
        "read_records",
    ),
    "scoring": (
        "Links",
        "chosen",
        "link",
        "link_records",
        "pair_levels",
        "score_pairs",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = [*_HOME_OF]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"linli.methods.linkage offers no {name}")
    module = import_module(f"linli.methods.linkage.{_HOME_OF[name]}")
    return getattr(module, _CALLED.get(name, name))


_CALLED = {"MODELS": "NAMES"}
"""What a module itself calls otherwise."""
