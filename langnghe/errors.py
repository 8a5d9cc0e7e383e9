"""The tree of errors. Adapters translate third-party errors at the border with ``raise … from``.

::

    LangNgheError: code, retryable
    ├ SourceError(source_id): FetchError(retry_after_s), FeedParseError
    ├ DocumentError(document_id): InvalidDocument → quarantine
    ├ AnalysisError: ModelUnavailable
    ├ QueryError(position)
    ├ LedgerUnavailable
    ├ StoreError: StoreUnavailable, IndexOutdated
    ├ DeliveryError: TemporaryDeliveryError, PermanentDeliveryError
    └ ConfigError: AlreadyRunning, PortInUse, DataDirUnusable

``code`` maps to a Vietnamese sentence in :mod:`langnghe.wording` that says what happened,
what was kept and what to do.
"""

from __future__ import annotations

from typing import Any, ClassVar


class LangNgheError(Exception):
    """Any failure that the product expects and explains."""

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False

    def __reduce__(self) -> tuple[Any, ...]:
        """Let an error cross a process border with its fields, whatever its constructor takes."""
        return _revive, (type(self), self.args, self.__dict__)


def _revive(kind: type[LangNgheError], args: tuple[Any, ...], state: dict[str, Any]) -> Any:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class SourceError(LangNgheError):
    """A source could not be read; other sources go on."""

    code = "source"
    retryable = True

    def __init__(self, source_id: str, message: str) -> None:
        super().__init__(message)
        self.source_id = source_id


class FetchError(SourceError):
    """The network or the server failed; ``retry_after_s`` is the server's own wish, in seconds."""

    code = "fetch"

    def __init__(self, source_id: str, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(source_id, message)
        self.retry_after_s = retry_after_s


class FeedParseError(SourceError):
    """The feed answered, but not with a feed."""

    code = "feed-parse"


class DocumentError(LangNgheError):
    """One document cannot go on; it is quarantined, never dropped."""

    code = "document"

    def __init__(self, document_id: str, message: str) -> None:
        super().__init__(message)
        self.document_id = document_id


class InvalidDocument(DocumentError):
    """The input breaks a rule of :class:`langnghe.document.Document`."""

    code = "invalid-document"


class AnalysisError(LangNgheError):
    """The nlp pipeline failed on a batch."""

    code = "analysis"


class ModelUnavailable(AnalysisError):
    """The wanted model is not installed or its weights do not match its card."""

    code = "model-unavailable"


class QueryError(LangNgheError):
    """A query cannot be understood at 0-based ``position``; ``hint`` is Vietnamese."""

    code = "query"

    def __init__(self, message: str, position: int, hint: str = "") -> None:
        super().__init__(message)
        self.position = position
        self.hint = hint


class LedgerUnavailable(LangNgheError):
    """The ledger does not answer, is locked or its disk is full; nothing of the step was kept."""

    code = "ledger-unavailable"
    retryable = True


class StoreError(LangNgheError):
    """The search index failed; the ledger still holds everything."""

    code = "store"


class StoreUnavailable(StoreError):
    """The search engine does not answer; what waits is indexed when it is back."""

    code = "store-unavailable"
    retryable = True


class IndexOutdated(StoreError):
    """The index was built by another version; ``langnghe reindex`` mends it."""

    code = "index-outdated"


class DeliveryError(LangNgheError):
    """A message did not leave."""

    code = "delivery"


class TemporaryDeliveryError(DeliveryError):
    """Try again later."""

    code = "delivery-temporary"
    retryable = True


class PermanentDeliveryError(DeliveryError):
    """Trying again cannot help; the delivery goes to the dead-letter list."""

    code = "delivery-permanent"


class ConfigError(LangNgheError):
    """Settings, profile or rules are wrong; the message names the key."""

    code = "config"


class AlreadyRunning(ConfigError):
    """Another service holds the data directory."""

    code = "already-running"


class PortInUse(ConfigError):
    """Something else listens where the room should."""

    code = "port-in-use"


class DataDirUnusable(ConfigError):
    """The data directory cannot be made, read or written."""

    code = "data-dir"
