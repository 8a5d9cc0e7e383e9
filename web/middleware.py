"""At the door of every page: idle sessions end, the permission table decides, errors explain."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseForbidden
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from langnghe.errors import LangNgheError
from langnghe.wording import ERROR_SENTENCES
from web.permissions import access_to
from web.reader import is_wall, reader_of
from web.room import room
from web.second_factor import needs_second_factor

logger = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponseBase]
_SEEN = "seen_at"
_REFRESH_S = 30.0
# The board asks by itself every few seconds; that is no sign of a person.
_UNATTENDED = frozenset({"/bang/"})
_NOT_FOUND = "not-found"


class IdleMiddleware:
    """Ends a session that no person used for ``idle_minutes``; the board's own polls count not."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and not is_wall(request):
            now = time.time()
            seen = request.session.get(_SEEN, now)
            if now - seen > room().settings.idle_minutes * 60:
                logout(request)
            elif request.path not in _UNATTENDED and (
                _SEEN not in request.session or now - seen > _REFRESH_S
            ):
                request.session[_SEEN] = now
        return self._get_response(request)


class AccessMiddleware:
    """Lets in only whom :mod:`web.permissions` names; sets ``request.reader``."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Decide before the view runs."""
        route = request.resolver_match.url_name if request.resolver_match else None
        access = access_to(route)
        reader = reader_of(request, room().profile)
        request.reader = reader  # type: ignore[attr-defined]
        if access is None:
            return _refuse(request)
        if access.is_public:
            return None
        if reader is None:
            return _refuse(request) if request.user.is_authenticated else _to_login(request)
        if not access.before_second_factor and needs_second_factor(request, reader.role):
            return redirect("second-factor")
        if route in reader.routes:
            return None
        return redirect("room") if is_wall(request) else _refuse(request)


class FailureMiddleware:
    """Turns an expected error into a page that says what happened and what was kept."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Explain a LangNgheError; anything else is logged by Django and shown as a 500."""
        if isinstance(error, Http404):
            return None
        if not isinstance(error, LangNgheError):
            logger.exception("the page %s failed", request.path)
            return None
        if error.code == _NOT_FOUND:
            return render(request, "errors/404.html", status=404)
        logger.warning("%s: %s", request.path, error)
        status = 503 if error.retryable else 400
        sentence = ERROR_SENTENCES.get(error.code, ERROR_SENTENCES["error"])
        return render(request, "errors/failure.html", {"sentence": sentence}, status=status)


def _to_login(request: HttpRequest) -> HttpResponseBase:
    if request.method != "GET" or request.path in _UNATTENDED:
        return HttpResponseForbidden("Phiên làm việc đã hết, hãy đăng nhập lại.")
    if request.path == "/":
        return redirect("login")
    login = redirect("login")
    login["Location"] += "?" + urlencode({"next": request.get_full_path()})
    return login


def _refuse(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/403.html", status=403)
