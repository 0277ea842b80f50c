from __future__ import annotations

from django.apps import AppConfig


class TrustConfig(AppConfig):
    name = "linli.trust"
    label = "trust"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.trust import walls

        walls.keep()
