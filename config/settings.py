"""The one settings module. Everything that differs between installations comes from the environment.

`config/environment.py` says which variables there are and reads them; nothing here reads a file.
"""

import logging.config
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

from config import environment
from config.environment import BASE_DIR
from config.logs import FORMATTERS
from config.server.listening import is_loopback

_given = environment.read_or_end()

# --- Who this installation is -----------------------------------------------------------------
NEARER_URL: str = _given["NEARER_URL"]
_url = urlsplit(NEARER_URL)
_hostname = _url.hostname or ""
SECURE = _url.scheme == "https"
DEMO: bool = _given["NEARER_DEMO"]  # the demo couple and the mail page; loopback only
DEMO_YEARS: bool = _given["NEARER_DEMO_YEARS"]  # two years for them to look back on
if DEMO and not is_loopback(_hostname):
    environment.refuse("The demo (NEARER_DEMO) only runs on localhost.")

SECRET_KEY: str = _given["SECRET_KEY"]
NEARER_KEYRING: list[str] = _given["NEARER_KEYRING"]  # "name:base64 key": all open
DEBUG = False
_host = f"[{_hostname}]" if ":" in _hostname else _hostname
# On this machine alone it has three names; a browser opened by another one than NEARER_URL's is as welcome.
ALLOWED_HOSTS = [_host, "localhost", "127.0.0.1", "[::1]"] if is_loopback(_host) else [_host]
CSRF_TRUSTED_ORIGINS = [NEARER_URL]

# --- Rooms, from the ground up ----------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "accounts",
    "couples",
    "reminders",
    "checkins",
    "challenges",
    "adventures",
    "agendas",
    "today",
    "config.apps.ConfigConfig",
]

MIDDLEWARE = [
    "config.middleware.named",
    "config.proxies.say_what_is_missing",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.Compressed",  # pages; static files are compressed when they are collected
    "accounts.quick_exit.middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.WordsKeptLoginRequired",
    "allauth.account.middleware.AccountMiddleware",
    "agendas.one_device.guard",
    "config.middleware.NothingDone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "config.same_for_all.Loader",
                    ["config.unindented.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "config.context.installation",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "accounts.templatetags.ui",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# --- Data -------------------------------------------------------------------------------------
_database = dict(_given["DATABASE_URL"])
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # One writer at a time, asked for at BEGIN: 0 errors in 6,000 contended transactions, against 3,427 when deferred.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
    }
DATABASES = {"default": _database | {"CONN_MAX_AGE": _given["CONN_MAX_AGE"], "CONN_HEALTH_CHECKS": True}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = _given["REDIS_URL"]
# Rate limits live here, so it is shared by all web processes. No words of people, ever.
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "nearer",
        "KEY_FUNCTION": "config.cache.keyed",
    }
}

# --- Signing in -------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["couples.access.SeatedBackend"]  # allauth's, with both seats at hand
PASSWORD_HASHERS = ["accounts.hashing.Argon2InTurn"]
THREADS: int = _given["NEARER_THREADS"]  # of a web process, as config.server says: all but one may hash
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today:today"
ACCOUNT_SIGNUP_REDIRECT_URL = "reminders:evening"
ACCOUNT_LOGOUT_REDIRECT_URL = "accounts:landing"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
# A mistyped address is corrected by signing up again: allauth's form for it appears for new addresses only, and so
# would tell which ones are known.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# A mail can take minutes. Signing in may take three codes long, as an address's code can be sent anew twice.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_TIMEOUT = 45 * 60
# accounts/codes.py counts the tries. allauth's own count lies in the session, where parallel requests overwrite it.
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 1000
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 1000
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_USER_DISPLAY = "accounts.adapters.display"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # how long a sign-in is fresh: accounts/reauthentication.py
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignUpForm",
    "login": "accounts.forms.LoginForm",
    "add_email": "accounts.forms.AddEmailForm",
    "request_login_code": "accounts.forms.RequestLoginCodeForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "confirm_login_code": "accounts.typed_codes.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "accounts.typed_codes.ConfirmEmailVerificationCodeForm",
    "confirm_password_reset_code": "accounts.typed_codes.ConfirmPasswordResetCodeForm",
}
# allauth's other limits stand; these are ours, counted by the same code: times/duration/whose. `accounts.limits` says
# what a key is.
ACCOUNT_RATE_LIMITS = {
    "login": None,  # a view's, before it is known who asks: "sign_in" stands for it
    "sign_in": "30/m/ip",  # tries of all kinds, right ones too
    "wrong_password": "10/m/ip,5/5m/key",  # by address and source
    "wrong_password_anywhere": "100/h/key",  # by address: many strangers, one account
    "wrong_password_here": "10/5m/key",  # by address and a browser that signed in before
    # Emails that somebody asked for, to whatever address. allauth's own counts of these would stand on the page, and
    # under a hash of the plain address in the cache.
    "request_login_code": "20/m/ip",
    "reset_password": "20/m/ip",
    "confirm_email": None,
    "letters": "12/h/key,30/d/key",  # by inbox
    "letters_from": "6/h/key,12/d/key",  # by inbox and source
    "letters_here": "6/h/key,12/d/key",  # by inbox and its owner's own browser
    "invitations": "3/h/key,5/d/key",  # by inbox, whoever invites
    "reauthenticate": "5/m/user,20/h/user",  # saying once more who one is
    # What people do for themselves is counted by the hour and the day, all of it: what lies in the cache for how long
    # would tell an export from the rest.
    "invitation_code": "10/h/user,60/d/user",
    "invitation_open": "60/h/ip",
    "block": "30/h/user,120/d/user",
    "reminder_now": "5/h/user,20/d/user",
    "date_file": "10/h/user,30/d/user",
    "export": "3/h/user,3/d/user",
    "import": "12/h/key,40/d/key",  # by whose it is: looking into a file, and taking it in
}
# Proxies of our own in front; None: `accounts.clients` tells by who connects.
NEARER_PROXY_COUNT: int | None = _given["NEARER_PROXY_COUNT"]
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "edit_webauthn": "accounts.forms.EditWebAuthnForm",
    "activate_totp": "accounts.typed_codes.ActivateTOTPForm",
    "authenticate": "accounts.typed_codes.AuthenticateForm",
    "reauthenticate": "accounts.typed_codes.ReauthenticateForm",
}
MFA_TOTP_TOLERANCE = 1  # half minutes early or late; accounts/typed_codes.py lets no number be used again
MFA_TOTP_ISSUER = "Nearer"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE

# --- Sessions, cookies, transport -------------------------------------------------------------
_cookie = "__Host-" if SECURE else ""  # over plain http a browser would drop __Host- cookies
SESSION_ENGINE = "accounts.sessions"  # one table of ours, sealed under what only the cookie gives
SESSION_COOKIE_NAME = f"{_cookie}nearer"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SAMESITE = "Lax"
DEVICE_COOKIE_NAME = f"{_cookie}nearer-device"
LEFT_COOKIE_NAME = f"{_cookie}nearer-left"
CSRF_COOKIE_NAME = f"{_cookie}nearer-form"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
# A page of words and then some: what the server lets through is read, so that too many words can come back.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024  # bytes
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
MESSAGE_STORAGE = "config.messages.Unread"
if SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 * 2
    # Subdomains and preload lists reach beyond this installation: the operator's choice, not ours.
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _given["HSTS_PRELOAD"]
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": with it browsers send `Origin: null` along with our own forms, and every POST is refused.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
QUICK_EXIT_URL: str = _given["QUICK_EXIT_URL"]

NEARER_SIGNUPS: str = _given["NEARER_SIGNUPS"]  # open, invited or closed: accounts/signups.py
# Who runs this installation, as the pages say it: a name people know, such as "Sam, Theo's brother".
NEARER_RUN_BY: str = _given["NEARER_RUN_BY"]
# Shown on the safety page: label and what to do, for the country this installation serves.
NEARER_HELP_LINES: list[list[str]] = _given["NEARER_HELP_LINES"]

# --- Words and clocks -------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = (
    len(LANGUAGES) > 1
)  # with one there is nothing to look up, and looking takes a fifth of a page's time
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files ------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT: Path = _given["STATIC_ROOT"]
STATICFILES_DIRS = [BASE_DIR / "static"]
# What is uploaded plain stays in memory, as the body it came in; a page that takes a file seals it (accounts.uploads).
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE  # what is larger isn't taken at the door
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.InMemoryStorage"
    },  # nobody's: plain files are never stored
    "sealed": _given["NEARER_FILES"],  # `accounts.sealed_files`
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Mail -------------------------------------------------------------------------------------
vars().update(
    _given["EMAIL_URL"]
)  # EMAIL_BACKEND, EMAIL_HOST and five more, as `config.service_urls.mail` names them
EMAIL_TIMEOUT: int = _given["EMAIL_TIMEOUT"]  # seconds a whole mail may take while a page waits for it
EMAIL_TIMEOUT_WORKER = 3 * EMAIL_TIMEOUT  # and where nobody waits; the leases of `accounts.smtp` follow
EMAIL_CONNECTIONS: int = _given["EMAIL_CONNECTIONS"]  # of a worker's round, to the server
EMAIL_PER_HOUR: int | None = _given["EMAIL_PER_HOUR"]  # reminders of all workers; None: no limit
# Or a provider that anymail knows (postmark, mailgun, …): its keys come as ANYMAIL_…, its reports to /mail/events/.
EMAIL_PROVIDER: str = _given["EMAIL_PROVIDER"]
if EMAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_PROVIDER}.EmailBackend"
    ANYMAIL = {"REQUESTS_TIMEOUT": EMAIL_TIMEOUT} | _given[environment.ANYMAIL]
    INSTALLED_APPS.append("anymail")
DEFAULT_FROM_EMAIL: str = _given["EMAIL_FROM"] or f"Evening page <post@{_hostname}>"

# --- Workers ----------------------------------------------------------------------------------
# Celery has a name of its own for a socket file.
_socket = REDIS_URL.removeprefix("unix://")
CELERY_BROKER_URL = REDIS_URL if _socket == REDIS_URL else f"redis+socket://{_socket}"

# Who may ask for /status/ (numbers, nobody's name): `Authorization: Bearer …`. Without one, nobody.
NEARER_STATUS_TOKEN: str = _given["NEARER_STATUS_TOKEN"]

# --- Backups --------------------------------------------------------------------------------------
NEARER_BACKUPS: Path | None = _given["NEARER_BACKUPS"]
NEARER_BACKUP_HOURS: int = _given["NEARER_BACKUP_HOURS"]
NEARER_BACKUP_KEEP: int = _given["NEARER_BACKUP_KEEP"]
NEARER_BACKUP_RECIPIENT: str = _given["NEARER_BACKUP_RECIPIENT"]
NEARER_WITHDRAWALS: Path = _given[
    "NEARER_WITHDRAWALS"
]  # the list that a restored backup is brought up to date by
NEARER_WITHDRAWALS_DAYS: int = _given["NEARER_WITHDRAWALS_DAYS"]

# --- Logs: what happened, never what anyone wrote ----------------------------------------------
LOGGING_CONFIG = None
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "without people": {"()": "config.logs.WithoutPeople"},
        "without tokens": {"()": "config.logs.WithoutTokens"},
    },
    "formatters": FORMATTERS,
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": _given["LOG_FORMAT"],
            "filters": ["without people", "without tokens"],
        }
    },
    "root": {"handlers": ["stderr"], "level": _given["LOG_LEVEL"]},
    "loggers": {
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # A task that came in and was done tells that somebody pressed a button, and when. One that failed is logged.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "_granian": {
            "propagate": True
        },  # the web server's lines go the same way, not by a handler of its own
    },
}
logging.config.dictConfig(LOGGING)
logging.captureWarnings(True)  # lines like any other, so that JSON stays JSON
