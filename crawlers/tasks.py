"""What the limited workers can do, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crawlers.feeds import parse_feed
from crawlers.pages import extract_page
from crawlers.rows import feed_rows, page_row

TASKS: dict[str, Callable[..., Any]] = {
    "feed": parse_feed,
    "page": extract_page,
    "feed-rows": feed_rows,
    "page-row": page_row,
}
