from __future__ import annotations

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class SiteConfig(AppConfig):
    name = "linli.site"
    label = "site"

    def ready(self) -> None:
        """Join the flats: each says what it offers, and this is the only place that knows them all."""
        from linli.site import walls, wiring

        wiring.connect()
        # Sent for every app with tables of its own once all tables stand; once is enough.
        post_migrate.connect(walls.build, sender=apps.get_app_config("trust"), dispatch_uid="linli.walls")
