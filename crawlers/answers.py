"""What a session needs of whoever makes requests and parses: a test's fake or the real thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from crawlers.readers.reader import Fetch
from crawlers.workers import Limits
from langnghe.errors import LangNgheError


@dataclass(frozen=True)
class Answer:
    """What a server said; header names are lower-case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class AskFailed(LangNgheError):
    """No answer: ``outcome`` is one of FetchReport's."""

    code = "fetch"
    retryable = True

    def __init__(self, outcome: str, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


class Ask(Protocol):
    """Makes one request; raises AskFailed."""

    async def __call__(self, fetch: Fetch, max_bytes: int) -> Answer: ...


class Parse(Protocol):
    """Runs a task of :mod:`crawlers.tasks` under limits; blocks (Workers.run)."""

    def __call__(self, task: str, limits: Limits, *args: Any) -> Any: ...
