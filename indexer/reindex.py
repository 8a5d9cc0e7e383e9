"""Rebuild the index from the ledger while it is being searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from indexer.store import Store
from langnghe.analysis import AnalysedDocument

Batches = Callable[[str], Iterable[Sequence[AnalysedDocument]]]
"""Given the last document id of an earlier run ("" = none), all batches after it by id."""


def reindex(
    store: Store,
    batches: Batches,
    *,
    fresh: bool = False,
    progress: Callable[[int], None] = lambda written: None,
) -> int:
    """Fill a new index from ``batches``, swap it in and return how many documents it was given.

    1. A new index is begun, or the one of a killed run taken up where it stopped.
    2. Batch by batch is added; the place is remembered in the same step. Whatever is put or
       deleted meanwhile goes to both indexes, and never is a newer document overwritten.
    3. The new index takes the old one's place at once. Searches never see less than everything.

    ``progress`` is told the number so far. Raises StoreUnavailable; run it again to go on.
    """
    building = store.rebuild(fresh=fresh)
    progress(building.written)
    for batch in batches(building.cursor):
        building.add(batch, batch[-1].document.id)
        progress(building.written)
    building.finish()
    return building.written
