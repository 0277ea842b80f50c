"""``linli django …``: Django's own management commands on this installation."""

from __future__ import annotations

import argparse
from contextlib import nullcontext


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything after the verb goes to Django."""


def run(arguments: argparse.Namespace) -> int:
    from django.core.management import execute_from_command_line

    from linli.site import walls

    with walls.as_owner() if arguments.rest[:1] == ["migrate"] else nullcontext():
        execute_from_command_line(["linli django", *arguments.rest])
    return 0
