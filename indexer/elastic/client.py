"""The connection to Elasticsearch, and its failures in our own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import elasticsearch
from elasticsearch import Elasticsearch

from langnghe.errors import ConfigError, IndexOutdated, QueryError, StoreError, StoreUnavailable

REQUEST_TIMEOUT_S = 10.0
_PASSING = frozenset({408, 429, 502, 503, 504})
_TOO_LARGE = ("too_many_clauses", "too_many_nested_clauses", "maxClauseCount")


@dataclass(frozen=True)
class ElasticAddress:
    """Where the cluster is and how it is trusted; ``alias`` is what the index is called."""

    url: str
    alias: str = "langnghe"
    api_key: str = ""
    ca_file: str = ""
    request_timeout_s: float = REQUEST_TIMEOUT_S


def connect(address: ElasticAddress) -> Elasticsearch:
    """Return a client that has not yet spoken to anybody; raises ConfigError.

    Certificates are always verified. Nothing is tried twice here: the ledger's queue does that.
    """
    options: dict[str, object] = {"request_timeout": address.request_timeout_s}
    if address.api_key:
        options["api_key"] = address.api_key
    if address.ca_file:
        options["ca_certs"] = address.ca_file
    try:
        return Elasticsearch(address.url, max_retries=0, retry_on_timeout=False, **options)  # type: ignore[arg-type]
    except (ValueError, TypeError, OSError) as error:
        raise ConfigError(f"elasticsearch_url {address.url!r}: {error}") from error


@contextmanager
def translated() -> Iterator[None]:
    """Turn the client's errors into StoreUnavailable, IndexOutdated, QueryError or StoreError."""
    try:
        yield
    except elasticsearch.ApiError as error:
        raise _meaning(error) from error
    except elasticsearch.TransportError as error:
        reason = error.__cause__ or error
        raise StoreUnavailable(f"Elasticsearch does not answer: {reason}") from error


def is_passing(status: int, kind: str) -> bool:
    """Return whether a refusal may end by itself: too busy, starting, disk full, read-only."""
    return status in _PASSING or kind == "cluster_block_exception"


def _meaning(error: elasticsearch.ApiError) -> Exception:
    status, text = error.status_code, str(error)
    if is_passing(status, error.message):
        return StoreUnavailable(f"Elasticsearch refuses for now: {text}")
    if status == 404 and "index_not_found" in text:
        return IndexOutdated("Elasticsearch has no index under this alias")
    if status == 400 and any(name in text for name in _TOO_LARGE):
        return QueryError("too many words for the engine", 0, "Câu tìm quá dài; hãy tách ra.")
    return StoreError(f"Elasticsearch: {text}")
