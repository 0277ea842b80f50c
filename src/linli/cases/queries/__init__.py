"""Every read of cases that leaves the flat."""

from __future__ import annotations
