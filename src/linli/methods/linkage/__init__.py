"""Who is the same person: duplicates inside one file, links between two, probabilities of given pairs.

``link(columns, …)`` does all; ``score_pairs`` judges given pairs; ``decide`` says what follows from a probability. Columns are
texts by the names of ``FIELDS``. Numba compiles at the first call (about ten seconds, once for an installation).
"""

from __future__ import annotations

from linli.methods.linkage.decision import THRESHOLDS, Decision, Thresholds, decide, judge
from linli.methods.linkage.faults import UnknownModel, Unreadable
from linli.methods.linkage.model import NAMES as MODELS
from linli.methods.linkage.model import Model, load_model, store
from linli.methods.linkage.records import FIELDS, Columns, Records, read_records
from linli.methods.linkage.scoring import Links, chosen, link, link_records, pair_levels, score_pairs
