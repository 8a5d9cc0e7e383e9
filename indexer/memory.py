"""The reference store: a dictionary and the in-memory evaluator. For tests and small tools."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from indexer.buckets import bucket_starts
from indexer.pages import page_size, read_cursor, write_cursor
from indexer.significance import FOUND_SAMPLE, Sample, significant
from indexer.similar import similar_query
from indexer.snippets import Marker
from indexer.store import (
    INDEX_VERSION,
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
from langnghe.query import Query
from langnghe.query.ast import literally
from langnghe.query.evaluate import matches_words, score
from langnghe.query.words import ItemWords, item_values

_Ranked = tuple[float, int, ItemWords]


class MemoryStore:
    """Holds documents in memory; every answer is computed from all of them."""

    def __init__(self) -> None:
        self._items: dict[str, ItemWords] = {}
        self._order: dict[str, int] = {}

    def put(self, items: Sequence[AnalysedDocument]) -> None:
        for item in items:
            self._items[item.document.id] = ItemWords(item)
            self._order.setdefault(item.document.id, len(self._order))

    def delete(self, document_ids: Sequence[str]) -> None:
        for document_id in document_ids:
            self._items.pop(document_id, None)

    def refresh(self) -> None:
        """Nothing to do: what was put is findable."""

    def version(self) -> str:
        return INDEX_VERSION

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
        found = self._found(query, now)
        ranked = self._ranked(query, found, sort)
        start = 0
        if cursor is not None:
            start = next((i + 1 for i, entry in enumerate(ranked) if entry[1] == cursor[1]), 0)
        page = ranked[start : start + limit]
        more = len(ranked) > start + limit and limit > 0
        literal, marker = literally(query), Marker(query)
        return Page(
            tuple(_hit(marker, value, words) for value, _, words in page),
            len(found),
            sum(matches_words(literal, words, now) for words in found),
            write_cursor(page[-1][0], page[-1][1]) if more else None,
        )

    def count(self, query: Query, *, now: datetime) -> int:
        return len(self._found(query, now))

    def histogram(self, query: Query, *, now: datetime, interval: Interval = "day") -> list[Bucket]:
        found = self._found(query, now)
        return bucket_starts([(words.published_second, 1) for words in found], interval)

    def terms(self, query: Query, field: str, *, now: datetime, limit: int = 20) -> list[TermCount]:
        counts: Counter[str] = Counter()
        for words in self._found(query, now):
            counts.update(item_values(words.item).get(field, ()))
        ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
        return [TermCount(value, count) for value, count in ranked[:limit]]

    def significant_terms(
        self, query: Query, *, now: datetime, limit: int = 20
    ) -> list[SignificantTerm]:
        ranked = self._ranked(query, self._found(query, now), Sort.NEWEST)
        newest = [words for _, _, words in ranked[:FOUND_SAMPLE]]
        return significant(_sample(newest), _sample(list(self._items.values())), limit)

    def story_rollup(self, query: Query, *, now: datetime, limit: int = 20) -> list[StoryCount]:
        stories: dict[str, list[ItemWords]] = defaultdict(list)
        for words in self._found(query, now):
            for story in item_values(words.item).get("story", ()):
                stories[story].append(words)
        counts = [_story_count(story, members) for story, members in stories.items()]
        counts.sort(key=lambda c: (c.document_count, c.last_at), reverse=True)
        return counts[:limit]

    def more_like_this(self, document_id: str, *, now: datetime, limit: int = 10) -> list[Hit]:
        words = self._items.get(document_id)
        if words is None:
            return []
        doc = words.item.document
        background = _sample(list(self._items.values()))
        query = similar_query(doc.title, doc.lead, doc.text, background)
        if query is None:
            return []
        page = self.search(query, now=now, sort=Sort.RELEVANCE, limit=limit + 1)
        return [hit for hit in page.hits if hit.document_id != document_id][:limit]

    def rebuild(self, *, fresh: bool = False) -> Rebuild:
        return _MemoryRebuild(self)

    def _found(self, query: Query, now: datetime) -> list[ItemWords]:
        return [words for words in self._items.values() if matches_words(query, words, now)]

    def _ranked(self, query: Query, found: list[ItemWords], sort: Sort) -> list[_Ranked]:
        is_scored = sort is Sort.RELEVANCE
        ranked = [
            (score(query, words) if is_scored else 0.0, self._order[words.item.document.id], words)
            for words in found
        ]
        sign = 1 if sort is Sort.OLDEST else -1
        ranked.sort(key=lambda e: (-e[0], sign * e[2].published_second, sign * e[1]))
        return ranked


class _MemoryRebuild:
    """A new dictionary that replaces the old one; what is put meanwhile goes to both."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._fresh: dict[str, AnalysedDocument] = {}
        self.cursor = ""
        self.written = 0

    def add(self, items: Sequence[AnalysedDocument], cursor: str) -> None:
        self._fresh.update((item.document.id, item) for item in items)
        self.cursor, self.written = cursor, self.written + len(items)

    def finish(self) -> None:
        self._store.delete([key for key in list(self._store._items) if key not in self._fresh])
        self._store.put(list(self._fresh.values()))


def _sample(items: list[ItemWords]) -> Sample:
    sample = Sample()
    for words in items:
        doc = words.item.document
        sample.add(doc.title, doc.lead, doc.text)
    return sample


def _story_count(story: str, members: list[ItemWords]) -> StoryCount:
    seconds = [words.published_second for words in members]
    outlets = {words.item.document.outlet for words in members} - {""}
    return StoryCount(
        story,
        len(members),
        len(outlets),
        datetime.fromtimestamp(min(seconds), UTC),
        datetime.fromtimestamp(max(seconds), UTC),
    )


def _hit(marker: Marker, value: float, words: ItemWords) -> Hit:
    doc = words.item.document
    shown = marker.excerpt(doc.title, doc.lead, doc.text)
    return Hit(
        document_id=doc.id,
        published_at=doc.published_at,
        score=value,
        title=doc.title,
        title_marks=shown.title_marks,
        snippet=shown.snippet,
        snippet_marks=shown.snippet_marks,
        outlet=doc.outlet,
        kind=doc.kind.value,
        url=doc.url,
        story_id=words.item.story_id,
    )
