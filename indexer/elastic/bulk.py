"""Bulk writing with back-pressure: one request at a time, refused items tried again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from indexer.elastic.client import is_passing
from langnghe.errors import InvalidDocument, StoreUnavailable

_MOST_ACTIONS = 500
_MOST_BYTES = 4_000_000
_PAUSES_S = (0.1, 0.2, 0.4, 0.8, 1.6)
_FINE = frozenset({("create", 409), ("delete", 404)})


@dataclass(frozen=True)
class Action:
    """One line of a bulk request; ``verb`` is index, create or delete."""

    verb: str
    index: str
    document_id: str
    source: dict[str, Any] | None = None

    def lines(self) -> list[dict[str, Any]]:
        """Return the action as the client sends it."""
        head = {self.verb: {"_index": self.index, "_id": self.document_id}}
        return [head] if self.source is None else [head, self.source]


def write(client: Elasticsearch, actions: Iterable[Action], pause: Callable[[float], None]) -> None:
    """Carry out all ``actions``, in chunks.

    1. A chunk is sent. What is refused for now (queue full, disk watermark) is sent again after a
       growing pause; the rest is done.
    2. What is still refused after five tries raises StoreUnavailable: the caller's queue keeps the
       documents, and repeating the whole batch is harmless.
    3. An item that can never be accepted raises InvalidDocument, after all others were written.
    """
    rejected: list[tuple[Action, str]] = []
    for chunk in _chunks(actions):
        rejected += _write_chunk(client, chunk, pause)
    if rejected:
        action, reason = rejected[0]
        raise InvalidDocument(action.document_id, f"Elasticsearch rejects it: {reason}")


def _write_chunk(
    client: Elasticsearch, chunk: list[Action], pause: Callable[[float], None]
) -> list[tuple[Action, str]]:
    rejected: list[tuple[Action, str]] = []
    waiting, reason = chunk, ""
    for pause_s in (*_PAUSES_S, None):
        body: list[Any] = [line for action in waiting for line in action.lines()]
        answer = client.bulk(operations=body)
        if not answer["errors"]:
            return rejected
        again: list[Action] = []
        for action, item in zip(waiting, answer["items"], strict=True):
            status, error = item[action.verb]["status"], item[action.verb].get("error")
            if error is None or (action.verb, status) in _FINE:
                continue
            reason = f"{error['type']}: {error['reason']}"
            if is_passing(status, error["type"]):
                again.append(action)
            else:
                rejected.append((action, reason))
        if not again:
            return rejected
        waiting = again
        if pause_s is not None:
            pause(pause_s)
    raise StoreUnavailable(f"Elasticsearch still refuses {len(waiting)} documents: {reason}")


def _chunks(actions: Iterable[Action]) -> Iterator[list[Action]]:
    chunk: list[Action] = []
    size = 0
    for action in actions:
        length = sum(len(v) for v in (action.source or {}).values() if isinstance(v, str)) * 2
        if chunk and (len(chunk) == _MOST_ACTIONS or size + length > _MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(action)
        size += length
    if chunk:
        yield chunk
