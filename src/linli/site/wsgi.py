"""The door for a WSGI server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from linli.site.timing import timed

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.site.settings")
application = timed(get_wsgi_application()) if os.environ.get("LINLI_TIMING") == "1" else get_wsgi_application()
