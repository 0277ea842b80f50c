from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "linli.site"
    label = "site"

    def ready(self) -> None:
        """Join the flats: each says what it offers, and this is the only place that knows them all."""
        from linli.site import wiring

        wiring.connect()
