"""Settings of the one Django project. Everything a place may decide comes from the environment; ``docs/reference/settings.md``
lists it."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from linli.site.data_folder import data_folder, prepare, secret
from linli.site.database import from_url


def _flag(name: str) -> bool:
    return os.environ.get(name, "") in ("1", "true", "yes")


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


DATA = data_folder()
prepare(DATA)

DEBUG = _flag("LINLI_DEBUG")
LINLI_DEMO = _flag("LINLI_DEMO")
LINLI_SECOND_FACTOR = not LINLI_DEMO
LINLI_HTTPS = _flag("LINLI_HTTPS")
LINLI_MAX_FILE_BYTES = int(os.environ.get("LINLI_MAX_FILE_BYTES", 1024 * 1024 * 1024))
LINLI_MAX_UPLOAD_BYTES = int(os.environ.get("LINLI_MAX_UPLOAD_BYTES", 150 * 1024 * 1024))
LINLI_KEPT_DAYS = int(os.environ.get("LINLI_KEPT_DAYS", 180))
LINLI_INBOX_DAYS = int(os.environ.get("LINLI_INBOX_DAYS", 30))
LINLI_MAX_UNPACKED_BYTES = int(os.environ.get("LINLI_MAX_UNPACKED_BYTES", 600 * 1024 * 1024))
LINLI_MAX_UNPACKED_RATIO = int(os.environ.get("LINLI_MAX_UNPACKED_RATIO", 200))

# Who keeps the secrets of the key rings: their own files (mode 0600), or a key service behind a local socket (unix:PATH).
LINLI_KEY_STORE = os.environ.get("LINLI_KEY_STORE", "file")

SECRET_KEY = secret(DATA, "secret")
ALLOWED_HOSTS = os.environ.get("LINLI_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if LINLI_HTTPS]

INSTALLED_APPS = [
    "linli.trust",
    "linli.facts",
    "linli.faces",
    "linli.intake",
    "linli.work",
    "linli.territory",
    "linli.register",
    "linli.flows",
    "linli.cases",
    "linli.focus",
    "linli.monday",
    "linli.site",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "linli.trust.web.middleware.viewer_middleware",
    "linli.trust.web.middleware.one_time_password_middleware",
    "linli.trust.web.middleware.second_factor_middleware",
    "linli.trust.web.middleware.NotFoundMiddleware",
]

ROOT_URLCONF = "linli.site.urls"
WSGI_APPLICATION = "linli.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "linli.faces.context.shell",
            ]
        },
    }
]

DATABASES = {"default": from_url(os.environ.get("LINLI_DATABASE_URL"), DATA)}
LINLI_DATABASE_ROLE: str = DATABASES["default"].get("USER", "")
_OWNER_URL = os.environ.get("LINLI_DATABASE_OWNER_URL")
LINLI_DATABASE_OWNER: dict[str, Any] | None = from_url(_OWNER_URL, DATA) if _OWNER_URL else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA / "cache" / "django"}}

AUTH_USER_MODEL = "trust.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/start/"
ACCOUNT_ADAPTER = "linli.trust.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
# Guessing is locked out per account, from wherever it comes, and per address over all accounts.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "30/10m/ip,5/5m/key"}
SOCIALACCOUNT_ADAPTER = "linli.trust.adapters.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Linli"
# OpenID Connect by configuration: a JSON list of {"provider_id", "name", "client_id", "secret", "settings": {"server_url"}}.
LINLI_OIDC: list[dict[str, Any]] = json.loads(os.environ.get("LINLI_OIDC", "[]"))
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {"openid_connect": {"APPS": LINLI_OIDC}}

SESSION_COOKIE_NAME = "linli_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = LINLI_HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = LINLI_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = 31536000 if LINLI_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = LINLI_HTTPS
# Behind our own proxy, the address that counts guesses is the one it saw, not the proxy's.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _flag("LINLI_BEHIND_PROXY") else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("LINLI_BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        # Signing in through a provider is a form that leads to it.
        "form-action": [SELF, *dict.fromkeys(_origin(app["settings"]["server_url"]) for app in LINLI_OIDC)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LANGUAGE_COOKIE_NAME = "linli_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("LINLI_TIME_ZONE", "Asia/Shanghai")
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "cache" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
MEDIA_ROOT = DATA / "attachments"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = DATA / "cache"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
TEST_RUNNER = "django.test.runner.DiscoverRunner"
SILENCED_SYSTEM_CHECKS: list[str] = []
