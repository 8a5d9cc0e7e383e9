"""Relevance over the embedded index: the score of :func:`langnghe.query.evaluate.score`."""

# ruff: noqa: S608 - table names hold a generation number of our own, values are parameters

from __future__ import annotations

import sqlite3
from dataclasses import replace

from indexer.embedded.compile import match_expression
from langnghe.query import Query
from langnghe.query.ast import Words
from langnghe.query.evaluate import FIELD_WEIGHTS
from langnghe.query.scoring import scored_words
from langnghe.query.words import text_fields


class Scorer:
    """Scores found documents, one FTS5 walk for each word of the query and text field."""

    def __init__(self, db: sqlite3.Connection, generation: int, query: Query) -> None:
        self.db = db
        self.fts = f"fts_{generation:d}"
        self.query = query

    def ranked(self, rowids: list[int]) -> list[tuple[float, int]]:
        """Return (score, rowid), best first, newest first among equals."""
        scores = dict.fromkeys(rowids, 0.0)
        if scores:
            for leaf in scored_words(self.query.root):
                self._add(leaf, scores, min(rowids), max(rowids))
        return sorted(((score, rowid) for rowid, score in scores.items()), reverse=True)

    def _add(self, leaf: Words, scores: dict[int, float], low: int, high: int) -> None:
        seen: set[int] = set()
        for name in sorted(text_fields(leaf.field), key=lambda f: -FIELD_WEIGHTS[f]):
            scoped = replace(leaf, field=name)
            expression = match_expression(scoped)
            for (rowid,) in self.db.execute(
                f"SELECT rowid FROM {self.fts} WHERE {self.fts} MATCH ? AND rowid BETWEEN ? AND ?",
                (expression, low, high),
            ):
                if rowid in scores and rowid not in seen:
                    seen.add(rowid)
                    scores[rowid] += leaf.boost * FIELD_WEIGHTS[name]
