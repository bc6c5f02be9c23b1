"""Settings. Everything an operator may change comes from the environment; docs/reference/settings.md lists it."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from heitu.ground.core import embedded
from heitu.ground.core.secrets import secret

HOME = embedded.home()
SOURCE = Path(__file__).resolve().parents[1]
PACKS = [Path(p) for p in os.environ.get("HEITU_PACKS", "packs/ascend:packs/oss-mentorship").split(":") if p]

# What this machine is called in the list of those that judge (else its host name), and its accelerators.
MACHINE = os.environ.get("HEITU_MACHINE", "")
DEVICES = [name.strip() for name in os.environ.get("HEITU_DEVICES", "").split(",") if name.strip()]
SEATS = int(os.environ.get("HEITU_SEATS", "8"))  # people whose lab cells run here at once, and memory for each
SEAT_MB = int(os.environ.get("HEITU_SEAT_MB", "1024"))

DEBUG = os.environ.get("HEITU_DEBUG") == "1"
SECRET_KEY = secret(HOME, "django")
ALLOWED_HOSTS = os.environ.get("HEITU_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
SITE_URL = os.environ.get("HEITU_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE = SITE_URL.startswith("https://")
DEMO = os.environ.get("HEITU_DEMO") == "1"
LMS_NETWORKS = os.environ.get("HEITU_LMS_NETWORKS", "")  # campus networks in which learning platforms may be; see ground/lti
GIT_HOSTS = os.environ.get("HEITU_GIT_HOSTS", "")  # whose repositories may be handed in; see deliverables.repositories
GIT_CA = os.environ.get("HEITU_GIT_CA", "")  # a file of certificates that vouch for these hosts, if not the system's

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "procrastinate.contrib.django",
    "heitu.ground.people",  # before allauth, whose templates it replaces
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "heitu.ground.core",
    "heitu.ground.audit",
    "heitu.ground.lti",
    "heitu.engines.lifecycle",
    "heitu.engines.ledger",
    "heitu.ui",
    "heitu.stages.calls",
    "heitu.stages.applications",
    "heitu.stages.reviews",
    "heitu.stages.awards",
    "heitu.stages.work",
    "heitu.stages.deliverables",
    "heitu.stages.settlement",
    "heitu.stages.credentials",
    "heitu.stages.skills",
    "heitu.kinds.courses",
    "heitu.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "heitu.ground.lti.middleware.FrameMiddleware",  # outside of those whose headers it loosens
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "heitu.site.middleware.ContentPolicyMiddleware",
    "heitu.site.middleware.PersonMiddleware",
    "heitu.site.sending.MostBytesMiddleware",  # within those whose page it shows, before whoever reads what was sent
    "heitu.site.sending.SentOnceMiddleware",
    "heitu.site.middleware.RefusedMiddleware",
]

ROOT_URLCONF = "heitu.site.urls"
WSGI_APPLICATION = "heitu.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "heitu.site.context.site",
                "heitu.ground.people.context.people",
                "heitu.ground.lti.context.lti",
            ],
            # Both packages' automatic set-up together leaves <c-…> unrendered, so it is spelled out.
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "heitu.ui.loaders.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "heitu.ui.templatetags.heitu",
            ],
        },
    }
]
COTTON_SNAKE_CASED_NAMES = False


def _database(url: str) -> dict[str, object]:
    """Parse a PostgreSQL URL; a `host` in the query string may be a socket folder."""
    parts = urlsplit(url)
    query = {k: v[0] for k, v in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # Server-side plans for the ledger's posting; behind PgBouncer this needs its max_prepared_statements.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5, **query},
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql:///heitu"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}

SESSION_ENGINE = "heitu.ground.people.sessions"
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = [
    "heitu.ground.people.backends.PersonBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "heitu.ground.people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "heitu.ground.people.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[黑土 Heitu] "
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = None
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("HEITU_PROXIES", "0"))

MFA_ADAPTER = "heitu.ground.people.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Heitu"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE

SOCIALACCOUNT_ADAPTER = "heitu.ground.people.adapters.SocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False


def oidc_apps(names: str) -> list[dict[str, object]]:
    """The OpenID Connect providers named in `names`, separated by commas."""
    return [_oidc(name.strip()) for name in names.split(",") if name.strip()]


def _oidc(name: str) -> dict[str, object]:
    """One provider, from HEITU_OIDC_<NAME>_URL, _CLIENT, _SECRET, and perhaps _TITLE and _AUTH."""
    given = f"HEITU_OIDC_{name.upper()}_"
    return {
        "provider_id": name,
        "name": os.environ.get(f"{given}TITLE", name),
        "client_id": os.environ[f"{given}CLIENT"],
        "secret": os.environ[f"{given}SECRET"],
        "settings": {
            "server_url": os.environ[f"{given}URL"],
            "oauth_pkce_enabled": True,
            "token_auth_method": os.environ.get(f"{given}AUTH"),
        },
    }


SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": oidc_apps(os.environ.get("HEITU_OIDC", "")),
        "provider_class": "heitu.ground.people.oidc.NonceProvider",
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("HEITU_TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = HOME / "uploads"

EMAIL_BACKEND = os.environ.get("HEITU_MAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_HOST = os.environ.get("HEITU_MAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("HEITU_MAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("HEITU_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("HEITU_MAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("HEITU_MAIL_TLS") == "1"
DEFAULT_FROM_EMAIL = os.environ.get("HEITU_MAIL_FROM", "Heitu <heitu@localhost>")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"  # but for what a learning platform launched: ground/lti/middleware.py
CSRF_COOKIE_SECURE = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("HEITU_LOG_LEVEL", "WARNING")},
}
