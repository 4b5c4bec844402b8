"""Settings of ModelHub. Everything comes from the environment (docs/configuration.md);
without any, an embedded database and broker in `var/` serve one machine."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy

from modelhub import admin_theme
from modelhub.database import database_settings, direct_settings
from modelhub.embedded.layout import Layout
from modelhub.encryption_keys import encryption_keys, encryption_keys_path
from modelhub.env import env_bool, env_choice, env_int, env_list, env_text
from modelhub.logs import FORMATS, logging_settings
from modelhub.schedule import SCHEDULE
from modelhub.sign_in_settings import *  # noqa: F403
from modelhub.sign_in_settings import SIGN_IN_APPS, SIGN_IN_MIDDLEWARE
from modelhub.single_sign_on import *  # noqa: F403
from modelhub.single_sign_on import SINGLE_SIGN_ON_APPS

BASE_DIR = Path(__file__).resolve().parent.parent
LAYOUT = Layout.from_environment()

DEBUG = env_bool("DEBUG", default=False)
USE_HTTPS = env_bool("USE_HTTPS", default=False)
SECRET_KEY = env_text("SECRET_KEY") or LAYOUT.read_secret_key()
if not SECRET_KEY:
    message = (
        "SECRET_KEY is not set. `modelhub` makes one in var/secret-key; start "
        "with `make run`, or set SECRET_KEY."
    )
    raise ImproperlyConfigured(message)
# Of credentials in the database: the first encrypts, all decrypt. From a file they are
# read again when they change (registry.key_ring).
MODELHUB_ENCRYPTION_KEYS_PATH = encryption_keys_path(LAYOUT)
MODELHUB_ENCRYPTION_KEYS = encryption_keys(MODELHUB_ENCRYPTION_KEYS_PATH)
# Which variables a connection may name as its key, e.g. OPENAI_API_KEY.
MODELHUB_KEY_VARIABLES = env_list(
    "MODELHUB_KEY_VARIABLES", "*_API_KEY,CLARIFAI_PAT,HF_TOKEN"
)
MODELHUB_ALLOW_PRIVATE_ADDRESSES = env_bool(
    "MODELHUB_ALLOW_PRIVATE_ADDRESSES", default=True
)
# Off: a process serves what was configured when it started.
MODELHUB_HOT_SWITCHING = env_bool("MODELHUB_HOT_SWITCHING", default=True)
# Where entries of the audit log lead, and what of them can be taken back.
MODELHUB_AUDIT_LINKS = (
    "registry.audit_links.own",
    "analytics.audit_links",
    "recommender.audit_links",
)
# Where the registry finds budgets, which it must not import.
MODELHUB_TOKEN_BUDGETS = "analytics.services.token_budgets"  # noqa: S105  # a module
# What adds to sample data, and looks at it, beyond what analytics may import.
MODELHUB_AFTER_SAMPLE = "recommender.services.sample_data"
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "modelhub",
    "registry",
    "analytics",
    "recommender",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "modelhub.admin_config.ModelHubAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "csp",
    "django_htmx",
    "heroicons",
    "import_export",
    "sesame",
    *SIGN_IN_APPS,
    *SINGLE_SIGN_ON_APPS,
]
MIDDLEWARE = [
    "modelhub.request_id.request_id_middleware",
    "modelhub.operations.operations_middleware",
    "modelhub.security_headers.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "modelhub.api_problems.ApiProblemsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "modelhub.htmx.LoginRedirectMiddleware",
    "modelhub.sign_in.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    *SIGN_IN_MIDDLEWARE,
    "registry.access.OrganizationMiddleware",
    "registry.own_zone.OwnZoneMiddleware",
    "modelhub.origin.OriginMiddleware",
    "modelhub.error_pages.ErrorPagesMiddleware",
]
ROOT_URLCONF = "modelhub.urls"
ASGI_APPLICATION = "modelhub.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "registry.shell.shell",
                "analytics.shell.alert_shell",
            ],
            "builtins": [
                "registry.templatetags.display",
                "registry.templatetags.times",
            ],
        },
    }
]

DATABASE_URL = env_text("DATABASE_URL")
# Past a pooler that lends sessions for a transaction (registry.direct_connection).
DIRECT_DATABASE = direct_settings(env_text("DATABASE_DIRECT_URL"), DATABASE_URL)
DATABASES = {
    "default": database_settings(
        DATABASE_URL or LAYOUT.database_url,
        conn_max_age=env_int("DATABASE_CONN_MAX_AGE", 60),
        pool_size=env_int("DATABASE_POOL_SIZE", 0),
        is_pooled=DIRECT_DATABASE is not None,
    )
}
CELERY_BROKER_URL = env_text("CELERY_BROKER_URL") or LAYOUT.broker_url

# Where people reach this ModelHub, for links in messages that leave it.
MODELHUB_URL = env_text("MODELHUB_URL")
# The mail server of alerts, invitations and new passwords; without one, pages offer
# none of it and say what to do instead.
EMAIL_HOST = env_text("EMAIL_HOST")
EMAIL_PORT = env_int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env_text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env_text("EMAIL_HOST_PASSWORD")
EMAIL_USE_SSL = env_bool("EMAIL_USE_SSL", default=False)
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=not EMAIL_USE_SSL)
if EMAIL_USE_SSL and EMAIL_USE_TLS:
    message = "EMAIL_USE_SSL and EMAIL_USE_TLS are two ways to the same: choose one."
    raise ImproperlyConfigured(message)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env_text("EMAIL_FROM", "modelhub@localhost")

AUTH_USER_MODEL = "registry.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = reverse_lazy("sign_in")
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = reverse_lazy("sign_in")
SESAME_MAX_AGE = 60 * 60
SESAME_ONE_TIME = True

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "modelhub.plotly_assets.PlotlyFinder",
]
STATIC_ROOT = LAYOUT.var / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "modelhub.static_storage.StaticStorage"},
}

# One switch for everything that only makes sense behind TLS.
SECURE_SSL_REDIRECT = USE_HTTPS
SESSION_COOKIE_SECURE = USE_HTTPS
CSRF_COOKIE_SECURE = USE_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if USE_HTTPS else 0
# Other names of the domain may not be ready for it, and a browser does not forget.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_bool("HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if USE_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# Fields of a form; files have bounds of their own, and modelhub.body_limit the whole.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 40
CSRF_FAILURE_VIEW = "registry.views.errors.csrf_failure"
# Plotly's full bundle adds one fixed style element for its maps when it loads; this is
# the hash of exactly that text. Nothing else inline is let through.
PLOTLY_MAP_STYLE_HASH = "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, PLOTLY_MAP_STYLE_HASH],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

UNFOLD = admin_theme.UNFOLD
IMPORT_FOLDER = LAYOUT.var / "imports"
USAGE_IMPORT_FOLDER = LAYOUT.var / "usage-imports"
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "add"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 570
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = SCHEDULE

# Files or addresses; empty: the installed genai-prices and the shipped snapshot.
MODELHUB_CATALOG_PRICES = env_text("MODELHUB_CATALOG_PRICES")
MODELHUB_CATALOG_FACTS = env_list("MODELHUB_CATALOG_FACTS")

# Calls wait here for the database; on a disk of this machine, not a shared one.
MODELHUB_SPOOL = Path(env_text("MODELHUB_SPOOL") or LAYOUT.var / "usage-spool")
# Months of usage to keep before this one; empty: for ever.
MODELHUB_USAGE_RETENTION_MONTHS = env_int("MODELHUB_USAGE_RETENTION_MONTHS", 0)

# Calls of the management API by a token or a person; 0: any number.
MODELHUB_API_READS_PER_MINUTE = env_int("MODELHUB_API_READS_PER_MINUTE", 600)
MODELHUB_API_WRITES_PER_MINUTE = env_int("MODELHUB_API_WRITES_PER_MINUTE", 120)

# Who may read /metrics from elsewhere; empty: this machine alone.
METRICS_TOKEN = env_text("METRICS_TOKEN")
# Of this machine, not a shared disk. prometheus_client looks here when it is imported.
MODELHUB_METRICS_FOLDER = LAYOUT.var / "metrics"
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(MODELHUB_METRICS_FOLDER)

LOGGING = logging_settings(
    env_choice("LOG_FORMAT", FORMATS), env_text("LOG_LEVEL", "INFO").upper()
)
