"""What a server asks for in the headers of its answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from crawlers.dates import parse_date


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a Retry-After header (a number or a date), or None."""
    value = headers.get("retry-after", "").strip()
    if value.isdigit():
        return float(value[:7])
    until, now = parse_date(value), parse_date(headers.get("date", ""))
    if until is None or now is None:
        return None
    return max((until - now) / timedelta(seconds=1), 0.0)


def max_age_s(headers: Mapping[str, str]) -> float | None:
    """Return Cache-Control's max-age in seconds, if there is one."""
    for part in headers.get("cache-control", "").lower().split(","):
        name, _, value = part.strip().partition("=")
        if name == "max-age" and value.isdigit():
            return float(value[:8])
    return None


def validators(etag: str, last_modified: str) -> tuple[tuple[str, str], ...]:
    """Return the request headers that ask for an answer only if it has changed since."""
    extra: list[tuple[str, str]] = []
    if etag:
        extra.append(("If-None-Match", etag))
    if last_modified:
        extra.append(("If-Modified-Since", last_modified))
    return tuple(extra)
