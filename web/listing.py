"""Lists of documents: one request, one meaning, so that a count is always the length of its list.

Without words the ledger answers; with words the search index does; a list that is frozen by
arrival (``seen_from``, ``seen_to``) and has words is matched in memory over that window, by the
evaluator that the alerts use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from indexer.store import Marks, Sort, Store
from langnghe.clock import local_day_bounds, parse_moment
from langnghe.query import Query, matches, parse
from langnghe.query.ast import Filter, Moment, Node, Published, all_of, any_of, literally
from langnghe.scope import Scope
from ledger import documents, queries
from ledger.queries import DocumentFilter, DocumentView

PAGE = 30
_WINDOW_BATCH = 500
_CURSOR = "+"

# What the address calls it → the field of the query language and of DocumentFilter.
_CHOICES: Mapping[str, tuple[str, str]] = {
    "topic": ("topic", "topics"),
    "tone": ("tone", "tones"),
    "stance": ("stance", "stances"),
    "intent": ("intent", "intents"),
    "kind": ("kind", "kinds"),
    "outlet": ("outlet", "outlets"),
    "place": ("place", "places"),
    "province": ("province", "provinces"),
    "agency": ("agency", "agencies"),
    "channel": ("channel", "channels"),
    "source": ("source", "source_ids"),
    "story": ("story", "story_ids"),
}


@dataclass(frozen=True)
class Wanted:
    """What a list was asked for, as it stands in the address; "" does not filter.

    ``first_day`` and ``last_day`` are ISO dates of publication in Vietnamese days, both included;
    ``seen_from`` and ``seen_to`` ISO moments of arrival, the second one excluded.
    """

    q: str = ""
    topic: str = ""
    tone: str = ""
    stance: str = ""
    intent: str = ""
    kind: str = ""
    outlet: str = ""
    place: str = ""
    province: str = ""
    agency: str = ""
    channel: str = ""
    source: str = ""
    story: str = ""
    first_day: str = ""
    last_day: str = ""
    seen_from: str = ""
    seen_to: str = ""
    sort: str = ""

    def values(self) -> dict[str, str]:
        """Return what is set, for an address."""
        pairs = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {name: value for name, value in pairs if value}

    @property
    def is_frozen(self) -> bool:
        """Whether the list is a window of arrival."""
        return bool(_moment(self.seen_from) or _moment(self.seen_to))


@dataclass(frozen=True)
class Row:
    """One line of a list with the words that were found."""

    doc: DocumentView
    title_marks: Marks = ()
    snippet: str = ""
    snippet_marks: Marks = ()


@dataclass(frozen=True)
class Listing:
    """One page of a list; ``exact_total`` counts what holds the words exactly as typed."""

    rows: tuple[Row, ...]
    total: int
    next: str = ""
    exact_total: int | None = None

    @property
    def folded_total(self) -> int:
        """How many are found only without marks or by another way to write the words."""
        return self.total - (self.total if self.exact_total is None else self.exact_total)


def wanted_from(values: Mapping[str, str]) -> Wanted:
    """Return what the address asks for; unknown names are ignored."""
    names = {f.name for f in fields(Wanted)}
    given = {k: str(v).strip() for k, v in values.items() if k in names}
    return Wanted(**given)


def list_documents(
    wanted: Wanted,
    scope: Scope | None,
    store: Store,
    now: datetime,
    *,
    limit: int = PAGE,
    after: str = "",
) -> Listing:
    """Return one page; raises QueryError with the position in ``wanted.q``."""
    typed = parse(wanted.q) if wanted.q else None
    if typed is None:
        return _from_ledger(wanted, scope, limit, after)
    if wanted.is_frozen:
        return _from_window(wanted, typed, scope, now, limit, after)
    return _from_index(wanted, typed, scope, store, now, limit, after)


def every_document(
    wanted: Wanted, scope: Scope | None, store: Store, now: datetime, most: int
) -> Iterator[DocumentView]:
    """Yield the whole list, page by page, at most ``most`` documents."""
    after, given = "", 0
    while given < most:
        limit = min(200, most - given)
        page = list_documents(wanted, scope, store, now, limit=limit, after=after)
        yield from (row.doc for row in page.rows)
        given += len(page.rows)
        after = page.next
        if not after:
            return


def document_filter(wanted: Wanted, scope: Scope | None) -> DocumentFilter:
    """Return what the ledger is asked, the words left aside."""
    choices = {
        column: (getattr(wanted, name),)
        for name, (_, column) in _CHOICES.items()
        if getattr(wanted, name)
    }
    return DocumentFilter(
        first_day=_day(wanted.first_day),
        last_day=_day(wanted.last_day),
        seen_from=_moment(wanted.seen_from),
        seen_to=_moment(wanted.seen_to),
        scope=scope,
        **choices,  # type: ignore[arg-type]
    )


def index_query(wanted: Wanted, typed: Query, scope: Scope | None) -> Query:
    """Return the words together with the filters, in one query."""
    nodes: list[Node] = [typed.root]
    for name, (field, _) in _CHOICES.items():
        value = getattr(wanted, name)
        if value:
            nodes.append(_field(field, value))
    first, last = _day(wanted.first_day), _day(wanted.last_day)
    if first or last:
        low = Moment(int(local_day_bounds(first)[0].timestamp())) if first else None
        high = Moment(int(local_day_bounds(last)[1].timestamp()) - 1) if last else None
        nodes.append(Published(low, high))
    if scope is not None:
        allowed = [_field("topic", t) for t in scope.topics]
        allowed += [_field("place", p) for p in scope.places]
        nodes.append(any_of(allowed or [_field("story", "-")]))
    return replace(typed, root=all_of(nodes))


def _field(field: str, value: str) -> Node:
    return Filter(field, " ".join(value.lower().split()))


def _from_ledger(wanted: Wanted, scope: Scope | None, limit: int, after: str) -> Listing:
    chosen = document_filter(wanted, scope)
    try:
        page = queries.newest(limit, after, chosen)
    except ValueError:  # a cursor that no page gave
        page = queries.newest(limit, "", chosen)
    rows = tuple(Row(doc, snippet=doc.snippet) for doc in page.documents)
    return Listing(rows, queries.count(chosen), page.next)


def _from_index(
    wanted: Wanted,
    typed: Query,
    scope: Scope | None,
    store: Store,
    now: datetime,
    limit: int,
    after: str,
) -> Listing:
    query = index_query(wanted, typed, scope)
    sort = Sort.RELEVANCE if wanted.sort == Sort.RELEVANCE else Sort.NEWEST
    page = store.search(query, now=now, sort=sort, limit=limit, after=after or None)
    views = {view.id: view for view in queries.by_ids([h.document_id for h in page.hits])}
    rows = tuple(
        Row(views[h.document_id], h.title_marks, h.snippet, h.snippet_marks)
        if views[h.document_id].title == h.title
        else Row(views[h.document_id], snippet=views[h.document_id].snippet)
        for h in page.hits
        if h.document_id in views
    )
    return Listing(rows, page.total, page.next or "", page.exact_total)


def _from_window(
    wanted: Wanted, typed: Query, scope: Scope | None, now: datetime, limit: int, after: str
) -> Listing:
    chosen = document_filter(wanted, scope)
    as_typed = literally(typed)
    found: list[str] = []
    exact_total = 0
    cursor = ""
    while True:
        page = queries.newest(_WINDOW_BATCH, cursor, chosen)
        items = documents.load_analysed([doc.id for doc in page.documents])
        kept = [item for item in items if matches(typed, item, now)]
        found += [item.document.id for item in kept]
        exact_total += sum(matches(as_typed, item, now) for item in kept)
        cursor = page.next
        if not cursor:
            break
    start = int(after.removeprefix(_CURSOR)) if after.removeprefix(_CURSOR).isdecimal() else 0
    shown = queries.by_ids(found[start : start + limit])
    end = start + limit
    rows = tuple(Row(doc, snippet=doc.snippet) for doc in shown)
    following = f"{_CURSOR}{end}" if end < len(found) else ""
    return Listing(rows, len(found), following, exact_total)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    # A plus that an address carries unquoted arrives as a space.
    try:
        return parse_moment(text.replace(" ", "+")) if text else None
    except (ValueError, OverflowError):
        return None
