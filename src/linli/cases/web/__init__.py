"""Cases on the desk: the list with its queues, one case, a report for someone, and parts of other pages."""

from __future__ import annotations
