"""Counters that add up, each read in one statement, so that no commit falls between two figures."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from ledger.border import reading
from ledger.models import (
    AnalysisRow,
    DocumentRow,
    QuarantineRow,
    RemovalRow,
    SourceRow,
    StoryRow,
    WorkRow,
)


@dataclass(frozen=True)
class Counters:
    """Where everything stands.

    ``collected`` = ``waiting`` + ``analysed`` + ``quarantined``: every document that is kept is in
    one of these. ``indexed`` = documents ever analysed − those that wait for the index or that it
    refused.
    """

    collected: int
    waiting: int
    analysed: int
    quarantined: int
    index_waiting: int
    match_waiting: int
    indexed: int
    stories: int
    removed: int
    unreadable: int
    sources: int


@reading
def counters() -> Counters:
    """Return where everything stands at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT)
        figures = cursor.fetchone()
    waiting, analysed, quarantined, with_analysis, index_waiting, unindexed, refused, *rest = (
        figures
    )
    match_waiting, stories, removed, unreadable, sources = rest
    return Counters(
        collected=waiting + analysed + quarantined,
        waiting=waiting,
        analysed=analysed,
        quarantined=quarantined,
        index_waiting=index_waiting,
        match_waiting=match_waiting,
        indexed=with_analysis - unindexed - refused,
        stories=stories,
        removed=removed,
        unreadable=unreadable,
        sources=sources,
    )


_DOCUMENTS = DocumentRow._meta.db_table
_ANALYSES = AnalysisRow._meta.db_table
_WORK = WorkRow._meta.db_table
_QUARANTINE = QuarantineRow._meta.db_table
_COUNTS = (
    f"{_DOCUMENTS} WHERE state = 'waiting'",
    f"{_DOCUMENTS} WHERE state = 'analysed'",
    f"{_DOCUMENTS} WHERE state = 'quarantined'",
    _ANALYSES,
    f"{_WORK} WHERE stage = 'index'",
    f"{_WORK} w JOIN {_ANALYSES} a ON a.document_id = w.document_id WHERE w.stage = 'index'",
    f"{_QUARANTINE} WHERE state = 'open' AND stage = 'index'",
    f"{_WORK} WHERE stage = 'match'",
    f"{StoryRow._meta.db_table} WHERE merged_into_id IS NULL AND document_count > 0",
    RemovalRow._meta.db_table,
    f"{_QUARANTINE} WHERE state = 'open' AND stage = 'fetch'",
    SourceRow._meta.db_table,
)
# The tables' names are ours; nothing here comes from outside.
_STATEMENT = "SELECT " + ", ".join(f"(SELECT COUNT(*) FROM {what})" for what in _COUNTS)  # noqa: S608
