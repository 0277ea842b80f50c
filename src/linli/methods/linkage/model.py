"""A linkage model: how often each level of agreement is seen in true pairs (m) and by chance (u). Trained once, stored as JSON.

Fellegi and Sunter's sum of log-likelihood ratios, as in Splink, with two dependences put in: surname, home and telephone are one
piece of evidence, and pairs that share a home or a telephone (families) have chances of their own.
Whatever grows with the file (how many share a home, how rare a name is) is counted in the file, so a model fits any size.
Source: Fellegi & Sunter, JASA 1969 (64:1183); Enamorado et al., APSR 2019 (113:353) on dependence; Splink 5 for rarity of values.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from linli.methods.linkage.faults import UnknownModel

Row = tuple[float, ...]
Table = tuple[Row, ...]

NAMES = ("household", "chinese", "person")


@dataclass(frozen=True)
class Model:
    """Probabilities by level (order: ``compare.*_LEVELS``), missing levels left out: they say nothing.

    ``m_given`` (8, ``missing`` 0), ``m_birth`` (7), ``m_sex`` (2), ``m_number`` (3); ``m_household``[contact, other to both (6)]
    [surname, else to exact (6)] sums to one over both. ``u_…`` is for two different people: first row those who share neither
    home nor telephone, second those who do; of ``u_number`` a third, those born on one day. ``u_contact`` (3: other, alike,
    near), ``u_surname`` (6). ``others``[home, phone, both][surname (6)]: with how many other people a row shares that.
    ``matched``: expected true pairs per row of one file, and per row of the larger of two.
    """

    name: str
    version: str
    trained_on: str
    matched: Row
    m_given: Row
    m_birth: Row
    m_sex: Row
    m_number: Row
    m_household: Table
    u_given: Table
    u_birth: Table
    u_sex: Table
    u_number: Table
    u_contact: Row
    u_surname: Row
    others: Table

    @property
    def digest(self) -> str:
        """SHA-256 of the parameters: what a decision keeps beside the version."""
        return hashlib.sha256(_text(self).encode()).hexdigest()


def load_model(name: str | Path) -> Model:
    """A stored model by name, or a file of one. Raises ``UnknownModel``."""
    if isinstance(name, Path) or str(name).endswith(".json"):
        try:
            return _model(json.loads(Path(name).read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise UnknownModel(f"{name} is no readable model: {fault}") from None
    if name not in NAMES:
        raise UnknownModel(f"There is no model {name}. There are: {', '.join(NAMES)}.")
    return _stored(name)


def store(model: Model, path: Path) -> None:
    """Write a model; what ``load_model`` reads."""
    path.write_text(_text(model) + "\n", "utf-8")


@cache
def _stored(name: str) -> Model:
    return _model(json.loads(files("linli.methods.linkage").joinpath("models", f"{name}.json").read_text("utf-8")))


def _model(values: Mapping[str, Any]) -> Model:
    def frozen(value: Any) -> Any:
        return tuple(frozen(one) for one in value) if isinstance(value, list) else value

    return Model(**{name: frozen(value) for name, value in values.items()})


def _text(model: Model) -> str:
    return json.dumps(asdict(model), ensure_ascii=False, indent=1)


def choose(present: frozenset[str], han: float) -> str:
    """The model for these columns: Chinese names (at least half), a home or dwelling known, or neither."""
    if han >= 0.5:
        return "chinese"
    return "household" if "dwelling" in present else "person"
