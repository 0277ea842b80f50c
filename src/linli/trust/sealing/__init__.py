"""Sealing: what a person's key does to what is known of them, and how it is found again without being opened."""

from __future__ import annotations

from linli.trust.sealing.blinding import Blinder, blinder
from linli.trust.sealing.keys import SubjectKey, Tampered, subject_keys

__all__ = ["Blinder", "SubjectKey", "Tampered", "blinder", "subject_keys"]
