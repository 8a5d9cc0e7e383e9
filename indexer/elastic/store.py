"""The Store port over Elasticsearch."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch

from indexer.elastic.bulk import Action, write
from indexer.elastic.client import ElasticAddress, connect, translated
from indexer.elastic.compile import compile_query, compile_scored
from indexer.elastic.indices import Indices
from indexer.elastic.mapping import index_document
from indexer.elastic.rebuild import ElasticRebuild, tombstone
from indexer.pages import page_size, read_cursor, write_cursor
from indexer.significance import BACKGROUND_SAMPLE, FOUND_SAMPLE, Sample, significant
from indexer.similar import similar_query
from indexer.snippets import Marker
from indexer.store import (
    Bucket,
    Hit,
    Interval,
    Page,
    Rebuild,
    SignificantTerm,
    Sort,
    StoryCount,
    TermCount,
)
from langnghe.analysis import AnalysedDocument
from langnghe.clock import LOCAL_ZONE
from langnghe.errors import StoreUnavailable
from langnghe.query import Query
from langnghe.query.ast import literally

_VERSION_HELD_S = 5.0
_SHOWN = ["id", "second", "shown_at", "outlet", "kind", "url", "values.story"]
_TEXTS = ["title", "lead", "text"]
_ORDERS: dict[Sort, list[dict[str, str]]] = {
    Sort.NEWEST: [{"second": "desc"}, {"id": "desc"}],
    Sort.OLDEST: [{"second": "asc"}, {"id": "asc"}],
    Sort.RELEVANCE: [{"_score": "desc"}, {"second": "desc"}, {"id": "desc"}],
}


class ElasticStore:
    """The index behind an alias of one cluster."""

    def __init__(
        self, address: ElasticAddress, *, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._address = address
        self._pause = pause
        self._opened: tuple[int, Elasticsearch] | None = None
        self._checked_at = -_VERSION_HELD_S
        self._background: tuple[int, Sample] | None = None

    def put(self, items: Sequence[AnalysedDocument]) -> None:
        latest = {item.document.id: item for item in items}
        with translated():
            current = self._indices().current()
            indices = [current.active] + ([current.building] if current.building else [])
            actions = (
                Action("index", index, document_id, source)
                for document_id, item in latest.items()
                for source in (index_document(item),)
                for index in indices
            )
            write(self._client(), actions, self._pause)

    def delete(self, document_ids: Sequence[str]) -> None:
        with translated():
            current = self._indices().current()
            actions = [Action("delete", current.active, i) for i in document_ids]
            if current.building:
                actions += [tombstone(i, current.building) for i in document_ids]
            write(self._client(), actions, self._pause)

    def refresh(self) -> None:
        with translated():
            self._client().indices.refresh(index=self._indices().current().active)

    def version(self) -> str:
        with translated():
            return self._indices().version()

    def rebuild(self, *, fresh: bool = False) -> Rebuild:
        return ElasticRebuild(self._indices(), self._pause, fresh=fresh)

    def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            self._opened[1].close()
            self._opened = None

    def search(
        self,
        query: Query,
        *,
        now: datetime,
        sort: Sort = Sort.NEWEST,
        limit: int = 20,
        after: str | None = None,
    ) -> Page:
        limit, sort = page_size(limit), Sort(sort)
        cursor = read_cursor(after)
        request: dict[str, Any] = {
            "query": (compile_scored if sort is Sort.RELEVANCE else compile_query)(query, now),
            "sort": _ORDERS[sort],
            "size": limit + 1 if limit else 0,
            "track_total_hits": True,
            "source_includes": _SHOWN + _TEXTS,
            "aggs": {"exact": {"filter": compile_query(literally(query), now)}},
        }
        if cursor is not None:
            score, second, document_id = cursor
            values = [second, document_id]
            request["search_after"] = [score, *values] if sort is Sort.RELEVANCE else values
        answer = self._search(**request)
        rows = answer["hits"]["hits"]
        marker = Marker(query)
        hits = [_hit(marker, row) for row in rows[:limit]]
        following = None
        if len(rows) > limit > 0:
            last = rows[limit - 1]
            score = last["sort"][0] if sort is Sort.RELEVANCE else 0.0
            source = last["_source"]
            following = write_cursor(float(score), source["second"], source["id"])
        total = answer["hits"]["total"]["value"]
        return Page(tuple(hits), total, answer["aggregations"]["exact"]["doc_count"], following)

    def count(self, query: Query, *, now: datetime) -> int:
        with translated():
            self._check()
            return self._count(compile_query(query, now))

    def histogram(self, query: Query, *, now: datetime, interval: Interval = "day") -> list[Bucket]:
        aggregation = {
            "field": "published",
            "calendar_interval": interval,
            "time_zone": str(LOCAL_ZONE),
            "min_doc_count": 1,
        }
        buckets = self._aggregate(query, now, {"date_histogram": aggregation})["buckets"]
        return [
            Bucket(datetime.fromtimestamp(b["key"] / 1000, UTC), b["doc_count"]) for b in buckets
        ]

    def terms(self, query: Query, field: str, *, now: datetime, limit: int = 20) -> list[TermCount]:
        order = [{"_count": "desc"}, {"_key": "asc"}]
        aggregation = {"field": f"values.{field}", "size": limit, "order": order}
        buckets = self._aggregate(query, now, {"terms": aggregation})["buckets"]
        return [TermCount(b["key"], b["doc_count"]) for b in buckets]

    def significant_terms(
        self, query: Query, *, now: datetime, limit: int = 20
    ) -> list[SignificantTerm]:
        found = self._sample(compile_query(query, now), _ORDERS[Sort.NEWEST], FOUND_SAMPLE)
        return significant(found, self._background_sample(), limit)

    def story_rollup(self, query: Query, *, now: datetime, limit: int = 20) -> list[StoryCount]:
        aggregation: dict[str, Any] = {
            "terms": {
                "field": "values.story",
                "size": limit,
                "order": [{"_count": "desc"}, {"last": "desc"}],
            },
            "aggs": {
                "first": {"min": {"field": "second"}},
                "last": {"max": {"field": "second"}},
                "outlets": {"cardinality": {"field": "values.outlet", "precision_threshold": 1000}},
            },
        }
        return [
            StoryCount(
                bucket["key"],
                bucket["doc_count"],
                bucket["outlets"]["value"],
                datetime.fromtimestamp(bucket["first"]["value"], UTC),
                datetime.fromtimestamp(bucket["last"]["value"], UTC),
            )
            for bucket in self._aggregate(query, now, aggregation)["buckets"]
        ]

    def more_like_this(self, document_id: str, *, now: datetime, limit: int = 10) -> list[Hit]:
        answer = self._search(
            query={"ids": {"values": [document_id]}}, size=1, source_includes=_TEXTS
        )
        if not answer["hits"]["hits"]:
            return []
        source = answer["hits"]["hits"][0]["_source"]
        texts = (source["title"], source["lead"], source["text"])
        query = similar_query(*texts, self._background_sample())
        if query is None:
            return []
        page = self.search(query, now=now, sort=Sort.RELEVANCE, limit=limit + 1)
        return [hit for hit in page.hits if hit.document_id != document_id][:limit]

    def _aggregate(self, query: Query, now: datetime, aggregation: dict[str, Any]) -> Any:
        answer = self._search(query=compile_query(query, now), size=0, aggs={"found": aggregation})
        return answer["aggregations"]["found"]

    def _sample(self, clause: dict[str, Any], order: list[dict[str, str]], size: int) -> Sample:
        sample = Sample()
        answer = self._search(query=clause, sort=order, size=size, source_includes=_TEXTS)
        for row in answer["hits"]["hits"]:
            source = row["_source"]
            sample.add(source["title"], source["lead"], source["text"])
        return sample

    def _background_sample(self) -> Sample:
        with translated():
            self._check()
            total = self._count({"match_all": {}})
        if self._background is None or abs(total - self._background[0]) > total // 20:
            sample = self._sample({"match_all": {}}, [{"shuffle": "asc"}], BACKGROUND_SAMPLE)
            self._background = (total, sample)
        return self._background[1]

    def _search(self, **request: Any) -> Any:
        with translated():
            self._check()
            return (
                self._client()
                .search(index=self._address.alias, allow_partial_search_results=False, **request)
                .body
            )

    def _count(self, clause: dict[str, Any]) -> int:
        answer = self._client().count(index=self._address.alias, query=clause)
        if answer["_shards"]["failed"]:
            raise StoreUnavailable("Elasticsearch can count only a part of its documents now")
        return int(answer["count"])

    def _check(self) -> None:
        """Ask now and then whether the index still is of our version."""
        if time.monotonic() - self._checked_at > _VERSION_HELD_S:
            self._indices().current()
            self._checked_at = time.monotonic()

    def _indices(self) -> Indices:
        return Indices(self._client(), self._address.alias)

    def _client(self) -> Elasticsearch:
        """Return this process's client: connections are never shared over a fork."""
        if self._opened is None or self._opened[0] != os.getpid():
            self._opened = (os.getpid(), connect(self._address))
        return self._opened[1]


def _hit(marker: Marker, row: Any) -> Hit:
    source = row["_source"]
    shown = marker.excerpt(source["title"], source["lead"], source["text"])
    stories = source.get("values", {}).get("story", [""])
    return Hit(
        document_id=source["id"],
        published_at=datetime.fromisoformat(source["shown_at"]),
        score=row.get("_score") or 0.0,
        title=source["title"],
        title_marks=shown.title_marks,
        snippet=shown.snippet,
        snippet_marks=shown.snippet_marks,
        outlet=source["outlet"],
        kind=source["kind"],
        url=source["url"],
        story_id=stories[0],
    )
