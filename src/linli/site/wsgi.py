"""The door for a WSGI server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from linli.site.memory import settle
from linli.site.timing import timed

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.site.settings")
_handler = get_wsgi_application()
_ = get_resolver().url_patterns  # every page is loaded before the first reader comes
settle()
application = timed(_handler) if os.environ.get("LINLI_TIMING") == "1" else _handler
