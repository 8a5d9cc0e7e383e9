"""Replacing documents beside new ones that were published in the same second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from indexer.store import Store
from langnghe.analysis import AnalysedDocument
from langnghe.items import document_from
from langnghe.query import parse

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def item(key: str, title: str, minutes: int = 0) -> AnalysedDocument:
    moment = (NOON + timedelta(minutes=minutes)).isoformat()
    return AnalysedDocument(document_from({"id": key, "title": title, "published": moment}))


def test_an_edited_document_and_a_new_one_of_its_second_come_together(store: Store) -> None:
    store.put([item("a", "nước máy"), item("b", "nước máy")])
    store.put([item("c", "nước sạch"), item("a", "nước sạch"), item("b", "nước sạch", minutes=3)])
    store.put([item("b", "nước sạch", minutes=0), item("d", "nước sạch"), item("a", "nước sạch")])
    store.refresh()
    page = store.search(parse("sạch"), now=NOON + timedelta(hours=1))
    assert sorted(hit.document_id for hit in page.hits) == ["a", "b", "c", "d"]
    assert store.count(parse("máy"), now=NOON) == 0
