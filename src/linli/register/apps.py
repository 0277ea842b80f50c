from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from linli.kernel import code_tables


class RegisterConfig(AppConfig):
    name = "linli.register"
    label = "register"

    def import_models(self) -> None:
        """An installation's own code tables come first, and before any rule reads one."""
        code_tables.use(settings.DATA / "codes")
        super().import_models()
