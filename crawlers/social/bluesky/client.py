"""Requests to a Bluesky application view or to an account's personal data server."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from crawlers.documents import ReadContext, post_id
from crawlers.readers.reader import Fetch, Reading
from crawlers.social.api import call, json_of, option, reading_of, text_at
from crawlers.social.bluesky.mapping import (
    answers,
    link,
    posts,
    records,
    threads,
    uri_of,
    viewed,
)
from crawlers.social.trouble import service_words
from langnghe.source import FetchState, Source

_VIEW = "https://public.api.bsky.app"
_POSTS = "app.bsky.feed.post"
_FRESH = timedelta(days=7)
_MAX_PAGES = 4
_MAX_THREADS = 10


class BlueskyReader:
    """Option ``actor``: the account's handle or identifier. No token.

    Option ``pds``: the account's own server, read instead of the application view; it tells the
    account's posts, but not what others answered. Pages are followed back to what is a week old.
    """

    def first(self, source: Source, state: FetchState, secret: str) -> tuple[Fetch, ...]:
        return (_page(source, "", 1),)

    def again(self, source: Source, url: str, document_id: str) -> Fetch | None:
        uri = uri_of(url)
        # What others answered leads to the page of the thread, which is another post.
        if not uri or document_id != post_id(source, uri):
            return None
        note = json.dumps({"one": uri})
        if server := _server(source):
            account, collection, key = uri.removeprefix("at://").split("/")
            asked = {"repo": account, "collection": collection, "rkey": key}
            return call(f"{server}/xrpc/com.atproto.repo.getRecord", asked, note=note)
        return call(f"{_view(source)}/xrpc/app.bsky.feed.getPosts", {"uris": uri}, note=note)

    def is_gone(self, status: int, payload: bytes) -> bool:
        if status == 400:
            return "RecordNotFound" in service_words(payload)
        try:
            return status == 200 and bool(json.loads(payload) == {"posts": []})
        except (ValueError, RecursionError):
            return False

    def read(self, payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
        data = json_of(payload, source)
        note: dict[str, Any] = json.loads(fetch.note) if fetch.note else {"page": 1}
        if "thread" in note:
            found = answers(data, note["title"], link(note["thread"]))
            return reading_of(found, source, context)
        if "one" in note:
            found = records({"records": [data]}) if _server(source) else viewed(data)
            return reading_of(found, source, context)
        own = list(records(data) if _server(source) else posts(data))
        since = context.now - _FRESH
        moments = [post.published_at for post in own if post.published_at is not None]
        follow = [
            _thread(source, uri, title)
            for uri, title in threads(data)
            if any(p.identity == uri and p.published_at and p.published_at > since for p in own)
        ][:_MAX_THREADS]
        cursor = text_at(data, "cursor")
        if cursor and moments and min(moments) > since and note["page"] < _MAX_PAGES:
            follow.append(_page(source, cursor, note["page"] + 1))
        return reading_of(own, source, context, follow)


def _server(source: Source) -> str:
    return option(source, "pds", " ").strip().rstrip("/")


def _page(source: Source, cursor: str, number: int) -> Fetch:
    actor = option(source, "actor").lstrip("@")
    after = {"cursor": cursor} if cursor else {}
    note = json.dumps({"page": number}) if cursor else ""
    if server := _server(source):
        asked = {"repo": actor, "collection": _POSTS, "limit": "100", **after}
        return call(f"{server}/xrpc/com.atproto.repo.listRecords", asked, note=note)
    asked = {"actor": actor, "limit": "100", **after}
    return call(f"{_view(source)}/xrpc/app.bsky.feed.getAuthorFeed", asked, note=note)


def _thread(source: Source, uri: str, title: str) -> Fetch:
    return call(
        f"{_view(source)}/xrpc/app.bsky.feed.getPostThread",
        {"uri": uri, "depth": "10", "parentHeight": "0"},
        note=json.dumps({"thread": uri, "title": title}, ensure_ascii=False),
    )


def _view(source: Source) -> str:
    return option(source, "api", _VIEW).rstrip("/")
