"""Every knob of the service, read from the environment; units are in the names."""

from ipaddress import ip_network
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Exchange, Queue

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
# Off only where plain http on the loopback address is meant (script/server, tests).
HTTPS = env.bool("HTTPS", default=not DEBUG)
SECRET_KEY = env("SECRET_KEY", default="not-a-secret-only-for-debug" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "Chưa đặt SECRET_KEY. Hãy đặt một chuỗi ngẫu nhiên dài vào biến môi trường SECRET_KEY. "
        "/ SECRET_KEY is not set: put a long random string into the environment."
    )
_THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=_THIS_MACHINE)
if DEBUG and not set(ALLOWED_HOSTS) <= set(_THIS_MACHINE):
    raise ImproperlyConfigured(
        "Không chạy chính thức với DEBUG bật. / DEBUG is refused where others than this machine are served."
    )
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env("SITE_URL", default="http://localhost:8000").rstrip("/")

DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var")))

# --- Rooms ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "organisations",
    "indicators",
    "workflow",
    "actions",
    "audits",
    "notifications",
    "api",
    "web",
    "demo",
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
    "web.middleware.ReaderLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Our own pages of the account come before those that allauth brings.
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.reader",
            ],
        },
    },
]

# --- Database ------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A deferred transaction that turns into a writer fails as "locked" whatever the timeout;
    # an immediate one waits its turn.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        # A transaction that somebody left open holds others up, and what it writes would turn up late.
        "options": "-c idle_in_transaction_session_timeout=15min",
        # Only what asks for it is kept planned (organisations/questions.py); with None, nothing is.
        "prepare_threshold": 2**31 if env.bool("DATABASE_KEEPS_PLANS", default=True) else None,
    } | DATABASES["default"].get("OPTIONS", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://")}

# --- People --------------------------------------------------------------------------------

AUTH_USER_MODEL = "organisations.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "web.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
# An address nobody has is not written to.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
# Proxies that stand before the service: whose address a request comes from, for every limit.
TRUSTED_PROXY_COUNT = ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
SESSION_COOKIE_AGE = 12 * 60 * 60

# --- Language and time ---------------------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
FORMAT_MODULE_PATH = ["config.formats"]

# --- Files ---------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(DATA_DIR / "static")))
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
EVIDENCE_MAX_BYTES = 20 * 1024 * 1024
WORKBOOK_MAX_BYTES = 10 * 1024 * 1024
WORKBOOK_MAX_UNPACKED_BYTES = 100 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024

# --- Mail ----------------------------------------------------------------------------------

EMAIL_CONFIG = env.email_url("EMAIL_URL", default=f"filemail:///{DATA_DIR / 'mail'}")
vars().update(EMAIL_CONFIG)
# Seconds that a mail server may take for each answer before the final dot.
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=30)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Về Xanh <ve-xanh@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Ways out to people, e-mail first; a plug-in is one class more -----------------------------

NOTIFICATION_CHANNELS = ["notifications.mail.Mail", *env.list("NOTIFICATION_CHANNELS", default=[])]

# --- Webhooks ------------------------------------------------------------------------------

# Networks inside which webhooks may lead, also without TLS; elsewhere only out to the Internet.
try:
    WEBHOOK_ALLOWED_NETWORKS = [ip_network(each) for each in env.list("WEBHOOK_ALLOWED_NETWORKS", default=[])]
except ValueError as fault:
    raise ImproperlyConfigured(
        f"WEBHOOK_ALLOWED_NETWORKS phải gồm các mạng như 10.20.0.0/16. / It must list networks: {fault}."
    ) from None

# --- Queue ---------------------------------------------------------------------------------

_embedded_broker = DATA_DIR / "broker.sock"
CELERY_BROKER_URL = env(
    "BROKER_URL",
    default=f"redis+socket://{_embedded_broker}" if _embedded_broker.exists() else "memory://",
)
# Slow mail and slow webhooks wait in queues of their own, so that they never hold back the clock.
CELERY_TASK_DEFAULT_QUEUE = "clock"
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ("clock", "mail", "webhooks")]
CELERY_TASK_ROUTES = {
    "workflow.tasks.ring_due": {"queue": "clock"},
    "notifications.tasks.tell": {"queue": "clock"},
    "notifications.tasks.deliver": {"queue": "mail"},
    "notifications.tasks.deliver_webhooks": {"queue": "webhooks"},
    "api.tasks.forget": {"queue": "clock"},
}
CELERY_BEAT_SCHEDULER = "config.beat:Timetable"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A nudge that cannot reach the broker gives up at once: the clock finds the work anyway.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    # Recovery after a killed worker falls from two minutes to some twenty seconds.
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "polling_interval": 0.05,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
}
if CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS.pop("polling_interval")

# --- Interfaces ----------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.TokenAuthentication",
        "api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.IsSignedIn", "api.permissions.IsWithinScope"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["api.rendering.FastJSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.ByKeyset",
    "DEFAULT_THROTTLE_CLASSES": ["api.limits.PerToken"],
    "NUM_PROXIES": TRUSTED_PROXY_COUNT,
    "DEFAULT_SCHEMA_CLASS": "api.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "api.problems.answer",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DATETIME_FORMAT": "iso-8601",
}
# A document system behind one address serves many; a guesser at tokens is one.
API_REQUESTS_PER_MINUTE_AND_TOKEN = env.int("API_REQUESTS_PER_MINUTE_AND_TOKEN", default=600)
API_REQUESTS_PER_MINUTE_AND_ADDRESS = env.int("API_REQUESTS_PER_MINUTE_AND_ADDRESS", default=1200)
# The library asks for the same name twice: for its migrations, and for itself.
KNOX_TOKEN_MODEL = "organisations.AccessToken"  # noqa: S105
REST_KNOX = {
    "TOKEN_MODEL": KNOX_TOKEN_MODEL,
    "TOKEN_PREFIX": "vexanh_",
    "AUTH_HEADER_PREFIX": "Bearer",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Về Xanh",
    "DESCRIPTION": "Hồ sơ khắc phục của chính quyền địa phương theo TCVN ISO 18091:2020.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "OAS_VERSION": "3.1.0",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.schema.say_refusals",
        "api.schema.say_parts",
        "api.schema.refuse_more",
        "api.schema.forget_columns",
        "api.schema.say_examples",
    ],
    "ENUM_NAME_OVERRIDES": {
        "UnitKindEnum": "organisations.models.UnitKind",
        "DepartmentEnum": "organisations.models.Department",
        "RaterEnum": "indicators.models.Rater",
        "ColourEnum": "indicators.models.Colour",
        "CaseColourEnum": "indicators.models.NEEDS_WORK_CHOICES",
        "StateEnum": "workflow.vocabulary.State",
        "MessageStateEnum": "notifications.models.MessageState",
        "EventKindEnum": "workflow.vocabulary.Kind",
    },
}

# --- Security ------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "img-src": [SELF, "data:"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

# --- Logs: no contents, no personal data beyond a user's key ----------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}
