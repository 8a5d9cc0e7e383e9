"""The store that the settings name."""

from __future__ import annotations

from indexer.embedded import EmbeddedStore
from indexer.store import Store
from langnghe.settings import Settings


def open_store(settings: Settings) -> Store:
    """Return the store of ``settings``: embedded, or Elasticsearch when its address is set.

    Nothing is opened or contacted before the first use. After a change of engine run
    ``langnghe reindex``.
    """
    if not settings.elasticsearch_url:
        return EmbeddedStore(settings.index_path)
    from indexer.elastic import ElasticStore
    from indexer.elastic.client import ElasticAddress

    return ElasticStore(
        ElasticAddress(
            url=settings.elasticsearch_url,
            alias=settings.elasticsearch_index,
            api_key=settings.elasticsearch_api_key,
            ca_file=settings.elasticsearch_ca_file,
        )
    )
