"""A new index beside the one behind the alias."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from indexer.elastic.bulk import Action, write
from indexer.elastic.client import translated
from indexer.elastic.indices import Indices
from indexer.elastic.mapping import index_document
from langnghe.analysis import AnalysedDocument

TOMBSTONE = "=gone"
"""The word of a document that was deleted while the index was built: ``create`` then fails on it,
so that no old batch brings it back; it is removed before the index is searched."""


def tombstone(document_id: str, index: str) -> Action:
    """Return what marks ``document_id`` as deleted in an index that is being built."""
    return Action("index", index, document_id, {"id": document_id, "x": [TOMBSTONE]})


class ElasticRebuild:
    """The Rebuild port. Progress lies in the new index itself, so a killed reindex goes on."""

    def __init__(self, indices: Indices, pause: Callable[[float], None], *, fresh: bool) -> None:
        self._indices = indices
        self._pause = pause
        with translated():
            self.index = indices.begin(fresh=fresh)
            self.cursor, self.written = indices.progress(self.index)

    def add(self, items: Sequence[AnalysedDocument], cursor: str) -> None:
        written = self.written + len(items)
        creations = (
            Action("create", self.index, item.document.id, index_document(item)) for item in items
        )
        with translated():
            write(self._indices.client, creations, self._pause)
            self._indices.remember(self.index, cursor, written)
        self.cursor, self.written = cursor, written

    def finish(self) -> None:
        client = self._indices.client
        with translated():
            while True:
                client.indices.refresh(index=self.index)
                gone = client.search(
                    index=self.index, query={"term": {"x": TOMBSTONE}}, size=1000, source=False
                )["hits"]["hits"]
                if not gone:
                    break
                write(client, (Action("delete", self.index, h["_id"]) for h in gone), self._pause)
            self._indices.swap(self.index)
