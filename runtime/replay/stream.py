"""A recorded stream in memory: which items each outlet has published by a moment."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from langnghe.document import Document, DocumentKind
from langnghe.items import replay_moment
from langnghe.text import fold

_NO_LETTERS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Outlet:
    """One recorded outlet; ``slug`` names it in addresses."""

    slug: str
    name: str
    kind: DocumentKind


class Stream:
    """The items of a recorded stream by outlet, in the order of their clock."""

    def __init__(self, items: Iterable[Document]) -> None:
        by_outlet: dict[tuple[str, DocumentKind], list[Document]] = defaultdict(list)
        for item in items:
            by_outlet[(item.outlet or "nguon", item.kind)].append(item)
        if not by_outlet:
            raise ValueError("the recorded stream is empty")
        self.outlets: dict[str, Outlet] = {}
        self._items: dict[str, list[Document]] = {}
        self._moments: dict[str, list[datetime]] = {}
        self._pages: dict[tuple[str, str], list[Document]] = defaultdict(list)
        for (name, kind), documents in by_outlet.items():
            outlet = Outlet(self._free_slug(name, kind), name, kind)
            documents.sort(key=replay_moment)
            self.outlets[outlet.slug] = outlet
            self._items[outlet.slug] = documents
            self._moments[outlet.slug] = [replay_moment(d) for d in documents]
            for document in documents:
                self._pages[(outlet.slug, document.id)].append(document)

    def _free_slug(self, name: str, kind: DocumentKind) -> str:
        slug = slugify(name)
        return slug if slug not in self.outlets else f"{slug}-{kind.value}"

    @property
    def start(self) -> datetime:
        """The moment of the first item."""
        return min(moments[0] for moments in self._moments.values())

    @property
    def end(self) -> datetime:
        """The moment of the last item."""
        return max(moments[-1] for moments in self._moments.values())

    @property
    def has_texts(self) -> bool:
        """Whether any article carries more than title and lead, so that pages are worth reading."""
        return any(d.text for documents in self._items.values() for d in documents)

    def __len__(self) -> int:
        return sum(len(documents) for documents in self._items.values())

    def published(
        self, slug: str, now: datetime, *, window: timedelta, at_least: int = 30
    ) -> list[Document]:
        """Return an outlet's items out by ``now``, newest first: the last ``window``, or more."""
        moments = self._moments[slug]
        last = bisect_right(moments, now)
        first = min(bisect_left(moments, now - window), max(last - at_least, 0))
        latest = {d.id: d for d in self._items[slug][first:last]}
        return list(reversed(latest.values()))

    def first_state(self, slug: str, item_id: str) -> Document:
        """Return an item as it was first published: its address follows from that and stays."""
        return self._pages[(slug, item_id)][0]

    def page(self, slug: str, item_id: str, now: datetime) -> Document | None:
        """Return an item in its latest state by ``now``, None while it is not out."""
        states = [d for d in self._pages.get((slug, item_id), ()) if replay_moment(d) <= now]
        return states[-1] if states else None


def slugify(text: str) -> str:
    """Return ``text`` as an address part: folded words joined by hyphens."""
    return _NO_LETTERS.sub("-", fold(text)).strip("-")[:60] or "tin"
