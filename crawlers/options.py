"""How a crawl batch reads; values only, derived from the settings by the composition root."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from langnghe.clock import Clock, SystemClock


@dataclass(frozen=True)
class CrawlOptions:
    """Delays and limits of a batch, in seconds of the wall clock and bytes.

    ``batch_s`` is how long new pages are begun; what is left over waits for the next poll.
    ``cache_dir`` keeps robots.txt answers and the hosts' last start times across batches.
    ``secrets`` holds access tokens by source id; they are never part of a Source.
    """

    user_agent: str
    contact: str = ""
    host_delay_s: float = 5.0
    concurrency: int = 16
    fetch_pages: bool = True
    page_max_bytes: int = 10_000_000
    feed_max_bytes: int = 10_000_000
    loopback_ports: tuple[int, ...] = ()
    author_key: bytes = b""
    clock: Clock = field(default_factory=SystemClock)
    batch_s: float = 90.0
    pages_per_source: int = 60
    workers: int = 2
    answer_timeout_s: float = 25.0
    cache_dir: Path | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
