"""Parts that flows adds to other pages."""

from __future__ import annotations
