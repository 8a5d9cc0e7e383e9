"""Trends: volume and tone by day and topic, words on the rise; each figure opens its list."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from langnghe import wording
from langnghe.clock import to_local
from ledger import queries
from ledger.queries import DocumentFilter, TrendCell
from ledger.queries.words import keyword_counts
from nlp.segment import RisingWord, rising_words
from web.charts import Column, stacked_days
from web.room import now

_SPANS = {"7": "7 ngày", "14": "14 ngày", "30": "30 ngày", "90": "90 ngày"}
_DEFAULT_SPAN = "14"
_RISING = 24
_LONG, _SHORT = timedelta(days=3), timedelta(hours=6)
_ENOUGH = 100
_HISTORY = 11


def trends(request: HttpRequest) -> HttpResponse:
    """Show how much was said, about what and how, and against what it is more than usual."""
    scope = request.reader.scope  # type: ignore[attr-defined]
    span = request.GET.get("days", _DEFAULT_SPAN)
    span = span if span in _SPANS else _DEFAULT_SPAN
    kind = request.GET.get("kind", "")
    kind = kind if kind in wording.KIND_LABELS else ""
    topic = request.GET.get("topic", "")
    topic = topic if topic in wording.TOPIC_LABELS else ""
    last = to_local(now()).date()
    days = [last - timedelta(days=n) for n in range(int(span) - 1, -1, -1)]
    wanted = DocumentFilter(
        kinds=(kind,) if kind else (), topics=(topic,) if topic else (), scope=scope
    )
    cells = queries.trends(days[0], last, wanted)
    base = {"kind": kind, "topic": topic}
    values = {
        "days": days,
        "span": span,
        "spans": _SPANS,
        "kind": kind,
        "kinds": wording.KIND_LABELS,
        "topic": topic,
        "topics": wording.TOPIC_LABELS,
        "total": _figure(sum(c.count for c in cells), base, days[0], last),
        "removed": sum(c.removed for c in cells),
        "tone_chart": stacked_days(_tone_columns(cells, days, base)),
        "day_rows": _day_rows(cells, days, base),
        "topic_rows": _topic_rows(cells, days, kind),
        "rising": _rising(request, base, now()),
    }
    return render(request, "trends/trends.html", values)


def _address(base: dict[str, str], first: date, last: date, **more: str) -> str:
    given = {**base, "first_day": first.isoformat(), "last_day": last.isoformat(), **more}
    return reverse("documents") + "?" + urlencode({k: v for k, v in given.items() if v})


def _figure(
    count: int, base: dict[str, str], first: date, last: date, **more: str
) -> tuple[int, str]:
    return count, _address(base, first, last, **more)


def _tone_columns(cells: list[TrendCell], days: list[date], base: dict[str, str]) -> list[Column]:
    counts = Counter[tuple[date, str]]()
    for cell in cells:
        counts[cell.day, cell.tone] += cell.count
    order = (("neg", "Tiêu cực"), ("neu", "Trung tính"), ("pos", "Tích cực"))
    return [
        Column(
            day,
            tuple(
                (tone, label, counts[day, tone], _address(base, day, day, tone=tone))
                for tone, label in order
            ),
        )
        for day in days
    ]


def _day_rows(
    cells: list[TrendCell], days: list[date], base: dict[str, str]
) -> list[tuple[date, list[tuple[int, str]]]]:
    rows: list[tuple[date, list[tuple[int, str]]]] = []
    for day in reversed(days):
        mine = [c for c in cells if c.day == day]
        figures = [_figure(sum(c.count for c in mine), base, day, day)]
        for tone in ("neg", "neu", "pos"):
            count = sum(c.count for c in mine if c.tone == tone)
            figures.append(_figure(count, base, day, day, tone=tone))
        critical = sum(c.count for c in mine if c.stance == "neg")
        figures.append(_figure(critical, base, day, day, stance="neg"))
        rows.append((day, figures))
    return rows


def _topic_rows(cells: list[TrendCell], days: list[date], kind: str) -> list[dict[str, Any]]:
    first, last = days[0], days[-1]
    rows: list[dict[str, Any]] = []
    for topic, label in wording.TOPIC_LABELS.items():
        mine = [c for c in cells if c.topic == topic]
        total = sum(c.count for c in mine)
        if not total:
            continue
        base = {"kind": kind, "topic": str(topic)}
        tones = Counter[str]()
        for cell in mine:
            tones[cell.tone] += cell.count
        rows.append(
            {
                "label": label,
                "total": _figure(total, base, first, last),
                "tones": [
                    (tone, *_figure(tones[tone], base, first, last, tone=tone))
                    for tone in ("neg", "neu", "pos")
                ],
                "critical": _figure(
                    sum(c.count for c in mine if c.stance == "neg"), base, first, last, stance="neg"
                ),
                "segments": _segments(tones, total),
            }
        )
    return sorted(rows, key=lambda row: (-row["total"][0], row["label"]))


def _segments(tones: Counter[str], total: int) -> list[tuple[str, float, float]]:
    found, start = [], 0.0
    for tone in ("neg", "neu", "pos"):
        width = 100 * tones[tone] / total
        found.append((tone, round(start, 2), round(width, 2)))
        start += width
    return found


def _rising(
    request: HttpRequest, base: dict[str, str], moment: datetime
) -> tuple[str, list[tuple[RisingWord, str]]]:
    """Return since when, in words, and what is said clearly more since then than before.

    Three days against the thirty before; the last six hours while the history is shorter.
    """
    scope = request.reader.scope  # type: ignore[attr-defined]
    wanted = DocumentFilter(
        kinds=(base["kind"],) if base["kind"] else (),
        topics=(base["topic"],) if base["topic"] else (),
        scope=scope,
    )
    history = queries.count(DocumentFilter(published_to=moment - _LONG))
    back, said = (_LONG, "ba ngày") if history >= _ENOUGH else (_SHORT, "sáu giờ")
    latest = keyword_counts(replace(wanted, published_from=moment - back))
    before = keyword_counts(
        replace(wanted, published_from=moment - _HISTORY * back, published_to=moment - back)
    )
    since = f"now-{int(back / timedelta(hours=1))}h"
    found: list[tuple[RisingWord, str]] = []
    for rise in rising_words(latest, before, windows=_HISTORY - 1, limit=_RISING):
        given = {**base, "q": f'"{rise.word}" published:{since}'}
        found.append(
            (rise, reverse("documents") + "?" + urlencode({k: v for k, v in given.items() if v}))
        )
    return said, found
