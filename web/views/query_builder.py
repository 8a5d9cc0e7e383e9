"""The builder: what is filled in becomes a query in the language of every search box."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from langnghe.query.ast import TEXT_FIELDS
from langnghe.query.build import Parts, build
from langnghe.query.fields import closed_values
from langnghe.query.lexer import DEFAULT_DISTANCE

_VALUES = ("topic", "tone", "stance", "intent", "kind", "outlet", "place", "agency")


def built(request: HttpRequest) -> HttpResponse:
    """Write the query: alone for the page's own script, else into the search box."""
    asked = request.GET
    values = {name: asked.get(name, "").strip() for name in _VALUES}
    query = build(
        Parts(
            words=asked.get("words", ""),
            phrase=asked.get("phrase", ""),
            any_of=asked.get("any_of", ""),
            none_of=asked.get("none_of", ""),
            near_left=asked.get("near_left", ""),
            near_right=asked.get("near_right", ""),
            distance=_distance(asked.get("distance", "")),
            is_ordered=asked.get("ordered") == "1",
            where=asked["where"] if asked.get("where") in TEXT_FIELDS else "",
            values={n: v for n, v in values.items() if not closed_values(n) or _is_code(n, v)},
            first_day=_day(asked.get("first_day", "")),
            last_day=_day(asked.get("last_day", "")),
        )
    )
    if request.headers.get("X-Requested-With") == "room":
        return HttpResponse(query, content_type="text/plain; charset=utf-8")
    return redirect(f"{reverse('documents')}?{urlencode({'q': query})}")


def _is_code(field: str, value: str) -> bool:
    return value in closed_values(field)


def _distance(text: str) -> int:
    return int(text[:3]) if text.isdecimal() else DEFAULT_DISTANCE


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
