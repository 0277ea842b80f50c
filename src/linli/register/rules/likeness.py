"""Which model weighs how alike a row and a person are."""

from __future__ import annotations

from linli.methods.linkage.model import load_model

MODEL = "chinese"


def model_version() -> str:
    """Name and version of the model, as it is kept with each decision."""
    model = load_model(MODEL)
    return f"{model.name} {model.version}"
