"""The door for hubs (WebSub): they ask whether we subscribed, and push what is new.

The address of each source's door is unguessable; what is pushed must carry the signature of the
secret that only the hub knows. Nothing is parsed here: a push waits in a folder for the next crawl
batch and its limited worker.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from threading import Lock

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crawlers.websub import granted_lease, is_signed
from ledger import subscriptions
from runtime.crawl_child import open_pushes
from web.room import now, room

_MOST_A_MINUTE = 30
_MAX_CHALLENGE = 1000


class _Pace:
    """How often each door was used in the last minute."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[float]] = defaultdict(deque)
        self._lock = Lock()

    def is_too_much(self, token: str) -> bool:
        """Count a push, and return whether the door was used too often."""
        moment = time.monotonic()
        with self._lock:
            seen = self._seen[token]
            while seen and moment - seen[0] > 60:
                seen.popleft()
            if len(seen) >= _MOST_A_MINUTE:
                return True
            seen.append(moment)
            return False


_pace = _Pace()


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a hub's question (GET) or take its push (POST); a stranger finds nothing here."""
    subscription = subscriptions.by_token(token)
    if subscription is None:
        return HttpResponseNotFound()
    if request.method == "POST":
        return _take(request, token, subscription.source_id, subscription.secret)
    asked = request.GET
    mode, challenge = asked.get("hub.mode", ""), asked.get("hub.challenge", "")
    lease = granted_lease(asked.get("hub.lease_seconds", ""))
    if not subscriptions.confirm(token, mode, asked.get("hub.topic", ""), lease, now()):
        return HttpResponseNotFound()
    return HttpResponse(challenge[:_MAX_CHALLENGE], content_type="text/plain; charset=utf-8")


def _take(request: HttpRequest, token: str, source_id: str, secret: str) -> HttpResponse:
    """Keep a signed push. One without the right signature is answered alike and dropped, as the
    protocol wants, so that nobody can try signatures here."""
    if _pace.is_too_much(token):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    limit = room().settings.feed_max_bytes
    body = request.read(limit + 1)
    if len(body) > limit:
        return HttpResponse(status=413)
    if is_signed(body, request.headers.get("X-Hub-Signature", ""), secret):
        if not open_pushes(room().settings).add(source_id, request.content_type or "", body):
            return HttpResponse(status=503, headers={"Retry-After": "300"})
        subscriptions.note_push(source_id, now())
    return HttpResponse(status=202)
