"""What machines ask the room: does it live, and how is it doing."""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from langnghe.errors import LangNgheError
from ledger import deliveries, queries, work
from runtime.process import heartbeat_ages
from web.reader import Reader
from web.room import now, room

_LOOPBACK = frozenset({"127.0.0.1", "::1"})


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the ledger can be read, else 503."""
    try:
        queries.counters()
    except LangNgheError as error:
        return JsonResponse({"status": error.code}, status=503)
    return JsonResponse({"status": "ok"})


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures to Prometheus on this machine, or to an administrator."""
    reader: Reader | None = request.reader  # type: ignore[attr-defined]
    is_admin = reader is not None and reader.role == "admin"
    if request.META.get("REMOTE_ADDR") not in _LOOPBACK and not is_admin:
        return HttpResponseForbidden("only for this machine")
    return HttpResponse(generate_latest(_figures()), content_type=CONTENT_TYPE_LATEST)


def _figures() -> CollectorRegistry:
    registry = CollectorRegistry()
    counters = queries.counters()
    documents = Gauge(
        "langnghe_documents", "Documents in the ledger by state", ["state"], registry=registry
    )
    for state in ("waiting", "analysed", "quarantined"):
        documents.labels(state).set(getattr(counters, state))
    Gauge("langnghe_stories", "Living stories", registry=registry).set(counters.stories)
    waiting = Gauge("langnghe_work_waiting", "Steps that wait", ["stage"], registry=registry)
    for stage, count in work.backlog().items():
        waiting.labels(stage.value).set(count)
    sources = Gauge("langnghe_sources", "Sources by health", ["health"], registry=registry)
    coverage = queries.coverage(now())
    for health in ("good", "silent", "failing", "untried"):
        sources.labels(health).set(getattr(coverage, health))
    outbox = deliveries.outbox_health()
    mails = Gauge("langnghe_mails", "Messages of the outbox", ["state"], registry=registry)
    for state in ("waiting", "failing", "dead"):
        mails.labels(state).set(getattr(outbox, state))
    open_alerts = Gauge(
        "langnghe_open_alerts", "Alerts that nobody took over", ["level"], registry=registry
    )
    views = [v for v in queries.alert_views(states=("open",)) if not v.alert.is_drill]
    for level in (1, 2, 3):
        open_alerts.labels(str(level)).set(sum(1 for v in views if v.alert.level == level))
    silence = Gauge(
        "langnghe_process_silence_seconds",
        "Seconds since a process last said that it lives",
        ["process"],
        registry=registry,
    )
    for name, age in heartbeat_ages(room().settings.data_dir / "run", time.time()).items():
        silence.labels(name).set(age)
    return registry
