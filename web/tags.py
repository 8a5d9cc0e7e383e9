"""Template filters of the room: times, labels, figures, safe addresses, marked words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from langnghe import wording
from langnghe.clock import to_local
from langnghe.errors import QueryError
from langnghe.query import parse
from langnghe.query.explain import explain_query
from langnghe.query.lexer import DEFAULT_DISTANCE, MOST_DISTANCE
from ledger import queries
from nlp.places.dated import dated_name
from web.room import now, room

register = template.Library()

_LABELS: dict[str, dict[str, str]] = {
    "topic": wording.TOPIC_LABELS,
    "tone": wording.TONE_LABELS,
    "stance": wording.STANCE_LABELS,
    "intent": wording.INTENT_LABELS,
    "kind": wording.KIND_LABELS,
    "channel": wording.CHANNEL_LABELS,
    "outlet_kind": wording.OUTLET_KIND_LABELS,
    "source_kind": wording.SOURCE_KIND_LABELS,
    "health": wording.HEALTH_LABELS,
    "import_stage": wording.IMPORT_STAGE_LABELS,
}
_BUILT = (
    ("topic", "Lĩnh vực"),
    ("tone", "Sắc thái"),
    ("stance", "Với cơ quan nhà nước"),
    ("intent", "Người viết muốn"),
    ("kind", "Loại"),
)
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_FEW_HOURS = 6
_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


@register.filter
def exact(moment: datetime | None) -> str:
    """Return "08:15 20/11/2026" in Vietnamese time."""
    return f"{to_local(moment):%H:%M %d/%m/%Y}" if moment else ""


@register.filter
def dated(place: str) -> str:
    """Return a unit's name with its date where it is one of before 1/7/2025."""
    return dated_name(place, room().profile.communes)


@register.filter
def short_time(moment: datetime | None) -> str:
    """Return "08:15 20/11" in Vietnamese time."""
    return f"{to_local(moment):%H:%M %d/%m}" if moment else ""


@register.filter
def day(value: date) -> str:
    """Return "20/11"."""
    return f"{value:%d/%m}"


def relative(moment: datetime, now: datetime) -> str:
    """Return how long ago ``moment`` was, in words, or its time when that says more."""
    age = now - moment
    if age < -_MINUTE:
        return short_time(moment)
    if age < _MINUTE:
        return "vừa xong"
    if age < _HOUR:
        return f"{age // _MINUTE} phút trước"
    if age < _FEW_HOURS * _HOUR:
        return f"{age // _HOUR} giờ trước"
    then, today = to_local(moment), to_local(now).date()
    if then.date() == today:
        return f"{then:%H:%M} hôm nay"
    if then.date() == today - _DAY:
        return f"{then:%H:%M} hôm qua"
    return f"{then:%H:%M %d/%m}" if then.year == today.year else f"{then:%d/%m/%Y}"


@register.simple_tag(takes_context=True)
def ago(context: Mapping[str, Any], moment: datetime | None) -> SafeString | str:
    """Return a <time> that reads relatively and tells the exact moment on hover."""
    if moment is None:
        return "chưa có"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        exact(moment),
        relative(moment, context["now"]),
    )


@register.filter
def label(value: str, name: str) -> str:
    """Return the Vietnamese label of a value; an empty one is "chưa phân tích"."""
    return wording.label(_LABELS[name], value) if value else "chưa phân tích"


@register.filter
def level(value: int) -> str:
    """Return the word of an alert level."""
    return wording.ALERT_LEVEL_LABELS.get(value, "")


@register.filter
def number(value: int | float | None) -> str:
    """Return 12345 as "12.345"."""
    return "" if value is None else f"{round(value):,}".replace(",", ".")


@register.filter
def percent(value: float | None) -> str:
    """Return 0.873 as "87 %"."""
    return "" if value is None else f"{round(value * 100)} %"


@register.filter
def weekday(number: int) -> str:
    """Return the name of a day of the week, 0 = "Thứ Hai"."""
    return _WEEKDAYS[number]


@register.filter
def hours(value: float | None) -> str:
    """Return 0.4 as "24 phút", 3.2 as "3 giờ", 80 as "3 ngày"."""
    if value is None:
        return ""
    if value < 1:
        return f"{round(value * 60)} phút"
    return f"{round(value)} giờ" if value < 72 else f"{round(value / 24)} ngày"


@register.filter
def web_url(url: str) -> str:
    """Return ``url`` when it is http or https, else "" so that no link is made of it."""
    parts = _split(url)
    return url if parts and parts.scheme in ("http", "https") and parts.hostname else ""


@register.filter
def host(url: str) -> str:
    """Return the host of ``url`` in its technical spelling (punycode): a look-alike shows."""
    parts = _split(url)
    name = (parts.hostname or "") if parts else ""
    try:
        return name.encode("idna").decode("ascii").removeprefix("www.")
    except UnicodeError:
        return name.encode("ascii", "backslashreplace").decode()


@register.filter
def marked(text: str, spans: Sequence[tuple[int, int]]) -> SafeString:
    """Return ``text`` escaped, with the characters of ``spans`` in <mark>."""
    pieces: list[tuple[str, str, str, str]] = []
    last = 0
    for start, end in spans:
        pieces.append((text[last:start], "", text[start:end], ""))
        last = end
    inner = format_html_join("", "{}{}<mark>{}</mark>{}", pieces)
    return format_html("{}{}", inner, text[last:])


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    """Return ``mapping[key]``, None where there is none."""
    return mapping.get(key)


@register.filter
def person(username: str, names: Mapping[str, str]) -> str:
    """Return what somebody is called; a name that nobody here has stays as it is."""
    return names.get(username, username)


@register.filter
def understood(query: str) -> str:
    """Return how ``query`` is read, one condition a line; "" of one with a mistake."""
    try:
        return explain_query(parse(query)) if query else ""
    except QueryError:
        return ""


@register.inclusion_tag("parts/builder.html")
def query_builder(target: str) -> dict[str, Any]:
    """Show the builder that writes into the form field called ``target``."""
    return {
        "target": target,
        "choices": [(name, title, _LABELS[name]) for name, title in _BUILT],
        "distance": DEFAULT_DISTANCE,
        "most_distance": MOST_DISTANCE,
    }


@register.simple_tag
def with_query(values: Mapping[str, Any] | str, **changes: Any) -> str:
    """Return "?…" of ``values`` with ``changes``; an empty value leaves the name out."""
    merged = {**(values or {}), **changes}  # type: ignore[dict-item]
    return "?" + urlencode({k: v for k, v in merged.items() if v not in ("", None)}, doseq=True)


def _split(url: str) -> Any:
    try:
        return urlsplit(url)
    except ValueError:
        return None


@register.simple_tag
def coverage_note() -> str:
    """Return how many sources we do not hear now, "" when all are heard: it stands under every
    chart, since its figures may be too small then."""
    heard = queries.coverage(now())
    if not heard.unheard:
        return ""
    return f"{heard.unheard} trong {heard.enabled} nguồn chưa nghe được: số liệu có thể thiếu."
