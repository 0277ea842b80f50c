from __future__ import annotations

from django.apps import AppConfig


class MondayConfig(AppConfig):
    name = "linli.monday"
    label = "monday"
