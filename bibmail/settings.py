"""All settings; every value that differs between machines comes from the environment (.env.example)."""

import base64
import hashlib
import os
from pathlib import Path

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

ROOT = Path(__file__).resolve().parent.parent

env = environ.Env()
# A server's file; the demo and the tests are not to be changed by one that happens to lie here.
if os.environ.get("BIBMAIL_ENVIRONMENT") not in {"demo", "test"}:
    env.read_env(ROOT / ".env")

# "production" unless said otherwise, so that a forgotten variable is the careful choice.
ENVIRONMENT = env.str("BIBMAIL_ENVIRONMENT", default="production")
if ENVIRONMENT not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"BIBMAIL_ENVIRONMENT is {ENVIRONMENT!r}; choose production, demo or test.")
IN_PRODUCTION = ENVIRONMENT == "production"


def _secret(name: str) -> str:
    """A secret from the environment; outside production a fixed stand-in will do."""
    value: str = env.str(name, default="")
    if value:
        return value
    if IN_PRODUCTION:
        raise ImproperlyConfigured(f"{name} is empty. Put a long random value in the environment.")
    return f"only-for-{ENVIRONMENT}-{name.lower()}-0123456789-0123456789-0123456789"


SECRET_KEY = _secret("SECRET_KEY")
# Keys the recipient hashes (decision D4). It can never be rotated: the hashes outlive it.
RECIPIENT_PEPPER = _secret("RECIPIENT_PEPPER")
# Sign the links in mails, oldest first: the last one signs, all of them are believed. Never remove the first ones.
TOKEN_KEYS = env.list("TOKEN_KEYS", default=[]) or [_secret("SECRET_KEY")]
# Seal keys of sources and secrets of webhooks (bibmail/tenancy/sealing.py): Fernet keys, oldest first, the last seals
SECRETS_KEYS = env.list("SECRETS_KEYS", default=[])
if not SECRETS_KEYS:
    # Without a ring of its own a server derives one key, so that a forgotten variable leaves nothing in the open.
    _derived = hashlib.sha256(b"secrets of sources" + _secret("SECRET_KEY").encode()).digest()
    SECRETS_KEYS = [base64.urlsafe_b64encode(_derived).decode()]
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if IN_PRODUCTION else ["127.0.0.1", "localhost"])
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000")

INSTALLED_APPS = [
    "bibmail.tenancy",
    "members",
    "consent",
    "campaigns",
    "journeys",
    "bibmail.network",
    "bibmail.desk",
    "bibmail.api",
    "bibmail.sandbox",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    # Its widget templates, found by the same engine as ours (FORM_RENDERER).
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Outside everything that could answer a program with a page.
    "bibmail.api.middleware.ProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "bibmail.tenancy.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Last, so that the tenant's transaction holds the view and its rendering, and nothing else.
    "bibmail.tenancy.middleware.LibraryMiddleware",
]

ROOT_URLCONF = "bibmail.urls"
WSGI_APPLICATION = "bibmail.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bibmail.tenancy.context.shell",
            ],
            "builtins": ["bibmail.tenancy.templatetags.bibmail"],
        },
    },
]

FORM_RENDERER = "bibmail.tenancy.rendering.FormRenderer"

# DATABASE_URL logs in as the plain role that row-level security binds; `manage.py migrate` runs with
# the URL of the migrating role in its place (Makefile, docker-compose.yml).
DATABASES = {"default": env.db("DATABASE_URL", default="postgres://bibmail_app@localhost/bibmail")}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Staff login ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "tenancy.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "bibmail.tenancy.accounts.StaffAdapter"
MFA_ADAPTER = "bibmail.tenancy.accounts.StaffMFAAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# An address is vouched for by the colleague who invites it.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "bibmail.tenancy.account_forms.LoginForm",
    "change_password": "bibmail.tenancy.account_forms.ChangePasswordForm",
    "set_password": "bibmail.tenancy.account_forms.SetPasswordForm",
    "reset_password": "bibmail.tenancy.account_forms.ResetPasswordForm",
    "reset_password_from_key": "bibmail.tenancy.account_forms.ResetPasswordKeyForm",
    "reauthenticate": "bibmail.tenancy.account_forms.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "bibmail.tenancy.account_forms.CodeForm",
    "reauthenticate": "bibmail.tenancy.account_forms.CodeAgainForm",
    "activate_totp": "bibmail.tenancy.account_forms.ActivateCodeForm",
}
# Nobody verifies an address here (above), so that cannot be asked before the second factor either.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Bibmail"
PASSWORD_RESET_TIMEOUT = 2 * 24 * 3600
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IN_PRODUCTION
SESSION_COOKIE_SAMESITE = "Lax"
if env.str("TRUSTED_PROXY_HEADER", default="") == "X-Forwarded-Proto":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=IN_PRODUCTION)
# A supervisor on the same machine asks without TLS.
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if IN_PRODUCTION else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        # Tabler draws its check marks and arrows as data: images.
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Words and time ------------------------------------------------------------------------------
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Nederlands")), ("en", _("Engels"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Europe/Brussels"
USE_TZ = True

# --- Files ---------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = ROOT / "var" / "static"
STATICFILES_DIRS = [ROOT / "bibmail" / "static"]
# A laptop and the tests serve the files as they lie there; a server collects and hashes them first.
WHITENOISE_USE_FINDERS = not IN_PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IN_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Uploaded import files wait here until their run has ended; web and workers share the folder.
UPLOADS_DIR = Path(env.str("UPLOADS_DIR", default=str(ROOT / "var" / "uploads")))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=2 * 1024**3)
# A library's folder for files that another system puts on this machine is <this>/<library>/…; empty: none.
DROP_DIR = env.str("DROP_DIR", default="")

# --- Mail to staff (invitations); mail to readers never passes here --------------------------------
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
globals().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="bibmail@example.org")

# --- Mail to readers: one account for the network -------------------------------------------------
# "brevo" or "smtp". Outside production only this machine can be reached (campaigns.delivery.esp).
ESP_KIND = env.str("ESP_KIND", default="brevo")
ESP_API_URL = env.str(
    "ESP_API_URL", default="https://api.brevo.com/v3/" if IN_PRODUCTION else "http://127.0.0.1:8025/v3/"
)
# Who signs where a library has not chosen a sender yet: <library>@ this domain.
ESP_SENDER_DOMAIN = env.str("ESP_SENDER_DOMAIN", default="bibmail.example.be")
ESP_API_KEY = (
    env.str("ESP_API_KEY", default="") if IN_PRODUCTION else env.str("ESP_API_KEY", default="sandbox-key")
)
# smtp+tls://user:password@host:587 where ESP_KIND is smtp.
ESP_SMTP_URL = env.str("ESP_SMTP_URL", default="")
# user:password that the ESP sends with its webhooks (HTTP Basic): Brevo signs nothing.
ESP_WEBHOOK_AUTH = env.str("ESP_WEBHOOK_AUTH", default="" if IN_PRODUCTION else "brevo:only-for-the-sandbox")
# Seconds: to connect, and to wait for an answer. A lease lasts ten seconds longer.
ESP_CONNECT_SECONDS = env.float("ESP_CONNECT_SECONDS", default=5.0)
ESP_READ_SECONDS = env.float("ESP_READ_SECONDS", default=30.0)
# The restore fence (campaigns.delivery.fence). A name of this installation, so that a copy of the database and the
# settings on another machine is told apart; the most minutes without a sign of life (a laptop may sleep); and a file
# outside the database that remembers how far sending was.
INSTALLATION = env.str("INSTALLATION", default="")
SENDING_SILENCE_MINUTES = env.int("SENDING_SILENCE_MINUTES", default=15 if IN_PRODUCTION else 0)
SENDING_MARK_FILE = env.str("SENDING_MARK_FILE", default="")
# Points where a worker can be killed on purpose (campaigns.delivery.faults); never in production.
FAULTS_DIR = None if IN_PRODUCTION else env.str("FAULTS_DIR", default="") or None
# Seconds a worker may hold mails it has not sent yet: what a dead one held waits so long at most.
SEND_CLAIM_SECONDS = env.int("SEND_CLAIM_SECONDS", default=120)
ANYMAIL = {
    "BREVO_API_URL": ESP_API_URL,
    "BREVO_API_KEY": ESP_API_KEY,
    "REQUESTS_TIMEOUT": (ESP_CONNECT_SECONDS, ESP_READ_SECONDS),
    "WEBHOOK_SECRET": ESP_WEBHOOK_AUTH or None,
}

# --- The ingestion API (docs/api.md) -----------------------------------------------------------------
API_MAX_BYTES = 2 * 1024**2
# A key may make so many calls at once, and so many a minute after that.
API_BURST = env.int("API_BURST", default=60)
API_CALLS_PER_MINUTE = env.int("API_CALLS_PER_MINUTE", default=120)
# Seconds a webhook endpoint gets to answer.
WEBHOOK_SECONDS = env.float("WEBHOOK_SECONDS", default=10.0)

# --- Celery: a doorbell ----------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("BROKER_URL", default="redis://localhost:6379/0")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than the longest task, or it would be started a second time beside the first.
    "visibility_timeout": 4 * 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_TIME_LIMIT = 3 * 3600
CELERY_TASK_SOFT_TIME_LIMIT = 3 * 3600 - 60
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "clock"
CELERY_TASK_ROUTES = {
    "members.tasks.run_import": {"queue": "import"},
    # Waits for other systems, and merges what they hold.
    "members.tasks.fetch_source": {"queue": "import"},
    "campaigns.tasks.send": {"queue": "send"},
    # Waits for the ESP too, and must not wait behind a newsletter.
    "campaigns.tasks.send_test": {"queue": "service"},
    "campaigns.tasks.send_confirmations": {"queue": "service"},
    # Waits for the ESP, which may be in trouble.
    "campaigns.tasks.look_up": {"queue": "service"},
    "campaigns.tasks.read_inbox": {"queue": "service"},
    "campaigns.tasks.settle_clicks": {"queue": "service"},
    # Waits for servers of others; nobody's journey waits behind it.
    "bibmail.api.tasks.send_webhooks": {"queue": "service"},
}
# How often beat rings. A demo that plays two months rings every second.
BEAT_SECONDS = env.float("BEAT_SECONDS", default=60.0)
CELERY_BEAT_SCHEDULE = {
    "ring-journeys": {
        "task": "journeys.tasks.ring",
        "schedule": BEAT_SECONDS,
        "options": {"expires": BEAT_SECONDS * 0.9},
    },
    "sweep": {
        "task": "campaigns.tasks.sweep",
        "schedule": BEAT_SECONDS / 2,
        "options": {"expires": BEAT_SECONDS * 0.45},
    },
    "read-inbox": {
        "task": "campaigns.tasks.read_inbox",
        "schedule": BEAT_SECONDS / 6,
        "options": {"expires": BEAT_SECONDS},
    },
    "settle-clicks": {
        "task": "campaigns.tasks.settle_clicks",
        "schedule": BEAT_SECONDS * 5,
        "options": {"expires": BEAT_SECONDS * 4},
    },
    "ring-waiting-imports": {
        "task": "members.tasks.ring_waiting_imports",
        "schedule": 60,
        "options": {"expires": 55},
    },
    "ring-due-sources": {
        "task": "members.tasks.ring_due_sources",
        "schedule": 60,
        "options": {"expires": 55},
    },
    "retire-activities": {
        "task": "members.tasks.retire_activities",
        "schedule": crontab(hour=3, minute=30),
        "options": {"expires": 6 * 3600},
    },
    "forget-messages": {
        "task": "campaigns.tasks.forget_messages",
        "schedule": crontab(hour=4, minute=10),
        "options": {"expires": 6 * 3600},
    },
    "forget-imports": {
        "task": "members.tasks.forget_imports",
        "schedule": crontab(hour=3, minute=50),
        "options": {"expires": 6 * 3600},
    },
    "ring-webhooks": {
        "task": "bibmail.api.tasks.ring_webhooks",
        "schedule": BEAT_SECONDS / 3,
        "options": {"expires": BEAT_SECONDS * 0.3},
    },
    "forget-calls": {
        "task": "bibmail.api.tasks.forget_calls",
        "schedule": crontab(hour=4, minute=25),
        "options": {"expires": 6 * 3600},
    },
    "forget-signups": {
        "task": "consent.tasks.forget_signups",
        "schedule": crontab(hour=3, minute=20),
        "options": {"expires": 6 * 3600},
    },
    "follow-non-members": {
        "task": "members.tasks.follow_non_members",
        "schedule": crontab(hour=4, minute=30),
        "options": {"expires": 6 * 3600},
    },
    "count-segments": {
        "task": "members.tasks.count_segments",
        "schedule": crontab(hour=5, minute=20),
        "options": {"expires": 6 * 3600},
    },
    "count-libraries": {
        "task": "bibmail.network.tasks.count_libraries",
        "schedule": 3600,
        "options": {"expires": 3000},
    },
}

# --- Logs: one line each, ids only, never a person -------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "bibmail.logs.DiscreetFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
