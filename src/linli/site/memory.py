"""What a process has loaded for good need not be looked through again and again."""

from __future__ import annotations

import gc


def settle() -> None:
    """Call once everything is loaded: from now on garbage is sought only in what comes after.

    Looking through 170,000 objects of modules and models takes 75 ms, in the middle of whatever page or import is under way.
    """
    gc.collect()
    gc.freeze()
