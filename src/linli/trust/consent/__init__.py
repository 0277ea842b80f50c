"""Consent: what residents agreed to, refused and took back, and what ends with it."""
