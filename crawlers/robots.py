"""robots.txt, read by protego; no readable answer means no (responsible use, rule 11)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from protego import Protego

from crawlers.decoding import decode

MAX_BYTES = 500_000
_GOOD_FOR = timedelta(hours=24)
_RETRY_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class RobotsAnswer:
    """What a site said: the file's text, or a word about the whole site."""

    text: str
    is_closed: bool
    good_until: datetime


class RobotsRules:
    """The rules of many sites, kept at most 24 hours; ``path`` keeps them across processes."""

    def __init__(self, user_agent: str, path: Path | None = None) -> None:
        self._agent = user_agent
        self._path = path
        self._answers: dict[str, RobotsAnswer] = {}
        self._parsed: dict[str, Protego] = {}
        if path is not None and path.exists():
            self._load(path)

    def is_known(self, url: str, now: datetime) -> bool:
        """Return whether the site of ``url`` has an answer that is still good."""
        answer = self._answers.get(origin_of(url))
        return answer is not None and now < answer.good_until

    def learn(self, url: str, status: int, payload: bytes, now: datetime) -> None:
        """Take a site's answer. ``status`` 0 is no answer at all.

        RFC 9309: 4xx = no rules, everything may be read; 5xx and no answer = nothing may.
        """
        origin = origin_of(url)
        if 200 <= status < 300:
            text = decode(payload[:MAX_BYTES])[0]
            answer = RobotsAnswer(text, is_closed=False, good_until=now + _GOOD_FOR)
        elif 400 <= status < 500 and status != 429:
            answer = RobotsAnswer("", is_closed=False, good_until=now + _GOOD_FOR)
        else:
            answer = RobotsAnswer("", is_closed=True, good_until=now + _RETRY_AFTER)
        self._answers[origin] = answer
        self._parsed.pop(origin, None)

    def allows(self, url: str) -> bool:
        """Return whether ``url`` may be read; a site without a learned answer is closed."""
        origin = origin_of(url)
        answer = self._answers.get(origin)
        if answer is None or answer.is_closed:
            return False
        rules = self._parsed.get(origin)
        if rules is None:
            rules = self._parsed[origin] = Protego.parse(answer.text)
        return bool(rules.can_fetch(url, self._agent))

    def is_closed(self, url: str) -> bool:
        """Return whether the site gave no usable answer, so that for now nothing may be read."""
        answer = self._answers.get(origin_of(url))
        return answer is None or answer.is_closed

    def delay_s(self, url: str) -> float:
        """Return the Crawl-delay that the site asks of us, in seconds, at most 60."""
        rules = self._parsed.get(origin_of(url))
        delay = rules.crawl_delay(self._agent) if rules is not None else None
        return min(float(delay), 60.0) if delay else 0.0

    def save(self, now: datetime) -> None:
        """Keep the answers that are still good for the next process."""
        if self._path is None:
            return
        rows = {
            origin: [a.text, a.is_closed, a.good_until.isoformat()]
            for origin, a in self._answers.items()
            if now < a.good_until
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(rows), "utf-8")
        draft.replace(self._path)

    def _load(self, path: Path) -> None:
        try:
            rows = json.loads(path.read_text("utf-8"))
            for origin, (text, is_closed, until) in rows.items():
                self._answers[origin] = RobotsAnswer(text, is_closed, datetime.fromisoformat(until))
        except (OSError, ValueError, TypeError):
            self._answers.clear()  # a broken cache only costs asking again


def origin_of(url: str) -> str:
    """Return scheme, host and port of ``url``: what one robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def robots_url(url: str) -> str:
    """Return the address of the robots.txt that speaks for ``url``."""
    return f"{origin_of(url)}/robots.txt"
