"""The Store port over SQLite FTS5."""

# ruff: noqa: S608 - table names hold a generation number of our own, values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from indexer.buckets import bucket_starts
from indexer.embedded.compile import Plan, compile_query, loose_expression
from indexer.embedded.connection import Connections, active_generation, index_version
from indexer.embedded.rebuild import EmbeddedRebuild, building_generation
from indexer.embedded.schema import SEQUENCE_BITS, second_of
from indexer.embedded.scoring import Scorer
from indexer.embedded.writer import Writer, name_range
from indexer.pages import Cursor, page_size, read_cursor, write_cursor
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
from langnghe.query import Query
from langnghe.query.ast import Everything, literally
from langnghe.query.evaluate import near_holds
from langnghe.query.words import TextWords

_SHOWN = "rowid, id, published, outlet, kind, url, story, title, lead, text"
_Row = tuple[int, str, str, str, str, str, str, str, str, str]


class EmbeddedStore:
    """The index in one SQLite file. Readers never wait for the writer; writers wait in line."""

    def __init__(self, path: Path) -> None:
        self._connections = Connections(path)
        self._background: tuple[int, Sample] | None = None

    def put(self, items: Sequence[AnalysedDocument]) -> None:
        with self._connections.writing() as db:
            for generation in _written_generations(db):
                Writer(db, generation).put(items)

    def delete(self, document_ids: Sequence[str]) -> None:
        with self._connections.writing() as db:
            Writer(db, active_generation(db)).delete(document_ids)
            building = building_generation(db)
            if building is not None:
                writer = Writer(db, building)
                writer.delete(document_ids)
                writer.remember_deleted(document_ids)

    def refresh(self) -> None:
        """Nothing to do: what was put is findable."""

    def version(self) -> str:
        with self._connections.opened() as db:
            return index_version(db)

    def rebuild(self, *, fresh: bool = False) -> Rebuild:
        return EmbeddedRebuild(self._connections, fresh=fresh)

    def close(self) -> None:
        """Close this thread's connection."""
        self._connections.close()

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
        with self._connections.reading() as (db, generation):
            plan = compile_query(query, generation, now)
            total = _count(db, plan)
            if sort is Sort.RELEVANCE:
                ranked = self._ranked(db, query, plan, generation, now, cursor)[: limit + 1]
            else:
                ranked = _by_time(db, plan, sort, cursor, limit + 1)
            hits = _hits(db, generation, query, ranked[:limit])
            exact = compile_query(literally(query), generation, now)
            exact_total = _count_exact(db, plan, exact, loose_expression(query), total)
        more = len(ranked) > limit and limit > 0
        following = write_cursor(*ranked[limit - 1]) if more else None
        return Page(tuple(hits), total, exact_total, following)

    def count(self, query: Query, *, now: datetime) -> int:
        with self._connections.reading() as (db, generation):
            return _count(db, compile_query(query, generation, now))

    def histogram(self, query: Query, *, now: datetime, interval: Interval = "day") -> list[Bucket]:
        with self._connections.reading() as (db, generation):
            plan = compile_query(query, generation, now)
            hours = _run(
                db,
                f"SELECT (f.rowid >> {SEQUENCE_BITS}) / 3600 AS h, count(*), min(f.rowid)"
                f" FROM {plan.source} GROUP BY h",
                plan,
            ).fetchall()
        return bucket_starts([(second_of(rowid), n) for _, n, rowid in hours], interval)

    def terms(self, query: Query, field: str, *, now: datetime, limit: int = 20) -> list[TermCount]:
        low, high = name_range(field)
        with self._connections.reading() as (db, generation):
            plan = compile_query(query, generation, now)
            rows = _run(
                db,
                f"SELECT (SELECT value FROM names_{generation} WHERE number = v.name) AS value,"
                f" count(*) AS n FROM vals_{generation} v WHERE v.name BETWEEN {low} AND {high}"
                f" AND v.doc IN (SELECT f.rowid FROM {plan.source})"
                f" GROUP BY v.name ORDER BY n DESC, value LIMIT {int(limit)}",
                plan,
            ).fetchall()
        return [TermCount(str(value), int(n)) for value, n in rows]

    def significant_terms(
        self, query: Query, *, now: datetime, limit: int = 20
    ) -> list[SignificantTerm]:
        with self._connections.reading() as (db, generation):
            found = Sample()
            plan = compile_query(query, generation, now)
            for texts in _run(
                db,
                f"SELECT title, lead, text FROM docs_{generation} WHERE rowid IN (SELECT f.rowid"
                f" FROM {plan.source} ORDER BY f.rowid DESC LIMIT {FOUND_SAMPLE})",
                plan,
            ):
                found.add(*texts)
            background = self._background_sample(db, generation)
        return significant(found, background, limit)

    def story_rollup(self, query: Query, *, now: datetime, limit: int = 20) -> list[StoryCount]:
        low, high = name_range("story")
        outlet_low, outlet_high = name_range("outlet")
        with self._connections.reading() as (db, g):
            plan = compile_query(query, g, now)
            rows = _run(
                db,
                f"SELECT (SELECT value FROM names_{g} WHERE number = v.name), count(*) AS n,"
                f" count(DISTINCT o.name), min(v.doc), max(v.doc) FROM vals_{g} v"
                f" LEFT JOIN vals_{g} o ON o.doc = v.doc"
                f" AND o.name BETWEEN {outlet_low} AND {outlet_high}"
                f" WHERE v.name BETWEEN {low} AND {high}"
                f" AND v.doc IN (SELECT f.rowid FROM {plan.source})"
                f" GROUP BY v.name ORDER BY n DESC, max(v.doc) DESC LIMIT {int(limit)}",
                plan,
            ).fetchall()
        return [
            StoryCount(story, n, outlets, _moment(first), _moment(last))
            for story, n, outlets, first, last in rows
        ]

    def more_like_this(self, document_id: str, *, now: datetime, limit: int = 10) -> list[Hit]:
        with self._connections.reading() as (db, generation):
            row = db.execute(
                f"SELECT title, lead, text FROM docs_{generation} WHERE id = ?", (document_id,)
            ).fetchone()
            if row is None:
                return []
            title, lead, text = row
            query = similar_query(title, lead, text, self._background_sample(db, generation))
        if query is None:
            return []
        page = self.search(query, now=now, sort=Sort.RELEVANCE, limit=limit + 1)
        return [hit for hit in page.hits if hit.document_id != document_id][:limit]

    def _ranked(
        self,
        db: sqlite3.Connection,
        query: Query,
        plan: Plan,
        generation: int,
        now: datetime,
        cursor: Cursor | None,
    ) -> list[tuple[float, int]]:
        rowids = [row for (row,) in _run(db, f"SELECT f.rowid FROM {plan.source}", plan)]
        ranked = Scorer(db, generation, query).ranked(rowids)
        return ranked if cursor is None else [entry for entry in ranked if entry < cursor[:2]]

    def _background_sample(self, db: sqlite3.Connection, generation: int) -> Sample:
        everything = compile_query(Query(Everything()), generation, datetime.now(UTC))
        total = _count(db, everything)
        if self._background is None or abs(total - self._background[0]) > total // 20:
            self._background = (total, _spread_sample(db, generation, total))
        return self._background[1]


def _written_generations(db: sqlite3.Connection) -> list[int]:
    building = building_generation(db)
    return [active_generation(db)] + ([building] if building is not None else [])


def _run(db: sqlite3.Connection, sql: str, plan: Plan) -> sqlite3.Cursor:
    if plan.nears:

        def holds(number: int, title: str, lead: str, text: str) -> bool:
            return near_holds(plan.nears[number], TextWords(title, lead, text))

        db.create_function("near_holds", 4, holds, deterministic=True)
    return db.execute(sql, plan.parameters)


def _count(db: sqlite3.Connection, plan: Plan) -> int:
    return int(_run(db, f"SELECT count(*) FROM {plan.source}", plan).fetchone()[0])


def _spread_sample(db: sqlite3.Connection, generation: int, total: int) -> Sample:
    """Return a sample spread evenly over time; everything when that is no more."""
    sample = Sample()
    texts = f"SELECT rowid, title, lead, text FROM docs_{generation}"
    if total <= BACKGROUND_SAMPLE:
        for row in db.execute(texts):
            sample.add(*row[1:])
        return sample
    low, high = db.execute(f"SELECT min(rowid), max(rowid) FROM docs_{generation}").fetchone()
    last = -1
    for step in range(BACKGROUND_SAMPLE):
        at = max(low + (high - low) * step // BACKGROUND_SAMPLE, last + 1)
        row = db.execute(f"{texts} WHERE rowid >= ? ORDER BY rowid LIMIT 1", (at,)).fetchone()
        if row is None:
            break
        last = row[0]
        sample.add(*row[1:])
    return sample


def _count_exact(
    db: sqlite3.Connection, plan: Plan, exact: Plan, loose: str | None, total: int
) -> int:
    """Count what ``exact`` finds, a part of the ``total`` that ``plan`` finds.

    Both agree outside the documents of ``loose``; where those are few, only they are counted.
    """
    if loose is None:
        return _count(db, exact)
    if not loose:
        return total
    doubtful = _count(db, plan.within(loose))
    return total - doubtful + (_count(db, exact.within(loose)) if doubtful else 0)


def _by_time(
    db: sqlite3.Connection, plan: Plan, sort: Sort, cursor: Cursor | None, limit: int
) -> list[tuple[float, int]]:
    is_newest = sort is Sort.NEWEST
    sql = f"SELECT f.rowid FROM {plan.source}"
    if cursor is not None:
        sql += f" AND f.rowid {'<' if is_newest else '>'} {cursor[1]:d}"
    sql += f" ORDER BY f.rowid {'DESC' if is_newest else 'ASC'} LIMIT {limit:d}"
    return [(0.0, row) for (row,) in _run(db, sql, plan)]


def _hits(
    db: sqlite3.Connection, generation: int, query: Query, ranked: list[tuple[float, int]]
) -> list[Hit]:
    marks = ",".join("?" * len(ranked))
    rows: dict[int, _Row] = {
        row[0]: row
        for row in db.execute(
            f"SELECT {_SHOWN} FROM docs_{generation} WHERE rowid IN ({marks})",
            [rowid for _, rowid in ranked],
        )
    }
    marker = Marker(query)
    return [_hit(marker, score, rows[rowid]) for score, rowid in ranked]


def _hit(marker: Marker, score: float, row: _Row) -> Hit:
    _, document_id, published, outlet, kind, url, story, title, lead, text = row
    shown = marker.excerpt(title, lead, text)
    return Hit(
        document_id=document_id,
        published_at=datetime.fromisoformat(published),
        score=score,
        title=title,
        title_marks=shown.title_marks,
        snippet=shown.snippet,
        snippet_marks=shown.snippet_marks,
        outlet=outlet,
        kind=kind,
        url=url,
        story_id=story,
    )


def _moment(rowid: int) -> datetime:
    return datetime.fromtimestamp(second_of(rowid), UTC)
