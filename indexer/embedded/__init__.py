"""The embedded index: SQLite FTS5 in one file, nothing to install or to run."""

from indexer.embedded.store import EmbeddedStore

__all__ = ["EmbeddedStore"]
