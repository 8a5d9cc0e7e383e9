"""The Django settings of the room: the ledger's, and what the screens need beside them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from langnghe.settings import Settings, load_settings
from ledger.database import django_settings

_HERE = Path(__file__).parent
_ANYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - a comparison, nothing is bound here
_SECONDS_A_YEAR = 365 * 24 * 3600


def room_settings(settings: Settings) -> dict[str, Any]:
    """Return the whole Django configuration of the room for ``settings``."""
    return {
        **django_settings(settings),
        **_application(),
        **_accounts(settings),
        **_protection(settings),
    }


def _application() -> dict[str, Any]:
    return {
        "DEBUG": False,
        "ROOT_URLCONF": "web.urls",
        "INSTALLED_APPS": [
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "axes",
            "csp",
            "django_otp",
            "django_otp.plugins.otp_totp",
            "ledger",
        ],
        "MIDDLEWARE": [
            "django.middleware.security.SecurityMiddleware",
            "csp.middleware.CSPMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django_otp.middleware.OTPMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "web.middleware.IdleMiddleware",
            "web.middleware.AccessMiddleware",
            "web.middleware.FailureMiddleware",
            "axes.middleware.AxesMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [_HERE / "templates"],
                "OPTIONS": {
                    "builtins": ["web.tags", "django.templatetags.static"],
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.messages.context_processors.messages",
                        "web.context.room_context",
                    ],
                },
            }
        ],
        "STATIC_URL": "/tinh/",
        "STATICFILES_DIRS": [_HERE / "static"],
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
    }


def _accounts(settings: Settings) -> dict[str, Any]:
    validation = "django.contrib.auth.password_validation"
    return {
        "LOGIN_URL": "login",
        "LOGIN_REDIRECT_URL": "room",
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",
            "django.contrib.auth.backends.ModelBackend",
        ],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"{validation}.UserAttributeSimilarityValidator"},
            {"NAME": f"{validation}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
            {"NAME": f"{validation}.CommonPasswordValidator"},
        ],
        # The cookie outlives no idle session; IdleMiddleware decides on the server as well.
        "SESSION_COOKIE_AGE": settings.idle_minutes * 60,
        "SESSION_COOKIE_NAME": "langnghe_phien",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": "langnghe_csrf",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_FAILURE_VIEW": "web.views.errors.csrf_failure",
        "OTP_TOTP_ISSUER": "LangNghe",
        "AXES_FAILURE_LIMIT": 5,
        "AXES_COOLOFF_TIME": timedelta(minutes=15),
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_LOCKOUT_TEMPLATE": "account/locked.html",
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_DISABLE_ACCESS_LOG": True,
        "AXES_HTTP_RESPONSE_CODE": 429,
        "AXES_VERBOSE": False,
    }


def _protection(settings: Settings) -> dict[str, Any]:
    public = urlsplit(settings.public_url)
    is_https = public.scheme == "https"
    return {
        "ALLOWED_HOSTS": _hosts(settings),
        "CSRF_TRUSTED_ORIGINS": [f"{public.scheme}://{public.netloc}"] if public.netloc else [],
        "SESSION_COOKIE_SECURE": is_https,
        "CSRF_COOKIE_SECURE": is_https,
        "SECURE_HSTS_SECONDS": _SECONDS_A_YEAR if is_https else 0,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": is_https,
        "SECURE_HSTS_PRELOAD": is_https,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
        # TLS ends at the proxy before the room, which also redirects http there.
        "SILENCED_SYSTEM_CHECKS": ["security.W008"] + ([] if is_https else list(_ON_LOOPBACK)),
        "CONTENT_SECURITY_POLICY": {
            "DIRECTIVES": {
                "default-src": [NONE],
                "script-src": [SELF],
                "style-src": [SELF],
                "img-src": [SELF],
                "connect-src": [SELF],
                "frame-src": [SELF],
                "form-action": [SELF],
                "frame-ancestors": [NONE],
                "base-uri": [NONE],
            }
        },
    }


_ON_LOOPBACK = ("security.W004", "security.W012", "security.W016")


def _hosts(settings: Settings) -> list[str]:
    public = urlsplit(settings.public_url).hostname
    if settings.web_host in _ANYWHERE and not public:
        return ["*"]
    named = {public, settings.web_host, "localhost", "127.0.0.1", "[::1]"}
    return sorted(host for host in named if host and host not in _ANYWHERE)


globals().update(room_settings(load_settings()))
