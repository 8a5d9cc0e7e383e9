"""The index in Elasticsearch 8, for offices with more documents than one file should hold."""

from indexer.elastic.store import ElasticStore

__all__ = ["ElasticStore"]
