"""``python -m linli.methods.linkage.warm``: compile the comparison now, so that nobody's first renewal waits for it."""

from __future__ import annotations

import numpy as np

from linli.methods.linkage.scoring import link, score_pairs

_ROW = {"given_name": ["张小兰", "张晓兰"], "birth_date": ["1954-03-07", "1954-03-07"], "phone": ["00055501234", ""]}


def warm() -> None:
    """Compare two rows by every compiled path."""
    link(_ROW, model="chinese")
    score_pairs(_ROW, _ROW, np.array([[0, 1]]), "chinese", people=2)


if __name__ == "__main__":
    warm()
