"""What joins the flats, written out: nothing is discovered by magic.

A flat declares instances of low types (``facts.Table``, ``facts.Signal``, ``intake.Kind``, ``work.Action``); here they are handed to
the package that uses them.
"""

from __future__ import annotations


def connect() -> None:
    """Called once when the application registry stands."""
