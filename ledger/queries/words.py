"""Which telling words documents used: what the room's rising words are counted from."""

from __future__ import annotations

from collections import Counter

from ledger.border import reading
from ledger.models import AnalysisRow
from ledger.queries import filters
from ledger.queries.filters import DocumentFilter

_MOST_DOCUMENTS = 20_000


@reading
def keyword_counts(wanted: DocumentFilter) -> Counter[str]:
    """Return in how many documents of ``wanted`` each telling word of title and lead occurs.

    Of more than 20,000 documents the newest are counted.
    """
    documents = filters.documents(wanted).order_by("-published_at", "-pk").values("pk")
    rows = AnalysisRow.objects.filter(document_id__in=documents[:_MOST_DOCUMENTS])
    counts: Counter[str] = Counter()
    for words in rows.values_list("keywords", flat=True).iterator():
        counts.update(set(words))
    return counts
