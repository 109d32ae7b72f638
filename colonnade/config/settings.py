"""Django's settings, made from the environment. What an operator may set stands in `environment.SETTINGS`."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from colonnade.config import environment, ground

_PACKAGE = Path(__file__).resolve().parents[1]
_values = environment.read()

# --- Colonnade's own, by the names of the environment ---------------------------------------------------------------

COLONNADE_HOME: Path = ground.make_home(_values["HOME"])
COLONNADE_DATABASE_URL: str = _values["DATABASE_URL"]
COLONNADE_STREAM_URL: str = _values["STREAM_URL"]
COLONNADE_HOST: str = _values["HOST"]
COLONNADE_PORT: int = _values["PORT"]
COLONNADE_PUBLIC_URL: str = _values["PUBLIC_URL"] or f"http://{COLONNADE_HOST}:{COLONNADE_PORT}"
COLONNADE_NAME: str = _values["NAME"]
COLONNADE_ALLOW_PRIVATE_HOSTS: tuple[str, ...] = _values["ALLOW_PRIVATE_HOSTS"]
COLONNADE_PLC_URL: str = _values["PLC_URL"]
COLONNADE_MAIL_URL: str = _values["MAIL_URL"]
COLONNADE_WORK_THREADS: int = _values["WORK_THREADS"]
# The whole table with what is set now, for `doctor` and the guide: (variable, shown value, default, sentence).
COLONNADE_SETTINGS: tuple[tuple[str, str, str, str], ...] = tuple(
    (row.variable, environment.shown(row.name, _values[row.name]), row.default, row.sentence)
    for row in environment.SETTINGS
)

# --- the ground -----------------------------------------------------------------------------------------------------

DEBUG: bool = _values["DEBUG"]
SECRET_KEY: str = _values["SECRET_KEY"] or ground.secret_key(COLONNADE_HOME)
ROOT_URLCONF = "colonnade.config.urls"
WSGI_APPLICATION = "colonnade.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "colonnade.core",
    "colonnade.access",
    "colonnade.people",
    "colonnade.places",
    "colonnade.conversations",
    "colonnade.deliveries",
    "colonnade.listening",
    "colonnade.publishing",
    "colonnade.community",
    "colonnade.inbox",
    "colonnade.insight",
    "colonnade.extensions",
    "colonnade.workspace",
    "colonnade.web",
    "colonnade.api",
]

MIDDLEWARE = [
    # The headers that every page carries come first, so that errors of the others carry them as well:
    "colonnade.web.security.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "colonnade.web.speaking.Speaking",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "colonnade.web.views.gateways.Gateways",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_PACKAGE / "web"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "colonnade.web.pages.frame",
            ],
        },
    }
]

# --- database, cache, work ------------------------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **ground.database(COLONNADE_DATABASE_URL, COLONNADE_HOME),
        # An action opens its own transaction; reading opens none.
        "ATOMIC_REQUESTS": False,
    }
}

# allauth counts tries at sign-in in the cache, so all processes must share it: memory of one process would let a
# guesser in as often as there are processes, files would do so once a machine. The database is shared by both kinds
# of installation, is written only when somebody signs in, and holds no pickles that another user could have left.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entry"}}

TASKS = {"default": {"BACKEND": "colonnade.core.tasks_backend.LeasedBackend", "QUEUES": []}}

# --- who signs in ---------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.SignIn"
AUTHENTICATION_BACKENDS = [
    "colonnade.web.signing_in.Backend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Nobody signs up by themselves, so there is no address that its owner has not been given by an admin.
ACCOUNT_ADAPTER = "colonnade.web.signing_in.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
# The second factor: an app that shows codes, a passkey, and codes on paper for the day when both are lost.
MFA_ADAPTER = "colonnade.web.signing_in.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "colonnade.web.views.machine.forged"

# --- what a browser is told -----------------------------------------------------------------------------------------

_public = urlsplit(COLONNADE_PUBLIC_URL)
_https = _public.scheme == "https"
ALLOWED_HOSTS = (
    ["*"]
    if DEBUG
    else sorted({_public.hostname or "", COLONNADE_HOST, "localhost", "127.0.0.1", "[::1]"} - {""})
)
CSRF_TRUSTED_ORIGINS = [COLONNADE_PUBLIC_URL]
# With a public https address a reverse proxy ends the encryption and says so; the server itself listens on loopback.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if _https else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _https else "csrf"
CSRF_USE_SESSIONS = False
# Browsers offer passkeys over plain http to localhost alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _https
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_ENGINE = "colonnade.web.sessions"
X_FRAME_OPTIONS = "DENY"

# --- time, language, files ------------------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
FORMAT_MODULE_PATH = "colonnade.config.formats"
LOCALE_PATHS = [_PACKAGE / "locale"]
STATIC_URL = "/static/"
STATIC_ROOT = COLONNADE_HOME / "static"
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# --- letters and logs -----------------------------------------------------------------------------------------------

globals().update(ground.mail(COLONNADE_MAIL_URL))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"colonnade": {"level": "INFO"}},
}
