"""Requests to a Bluesky application view or to an account's personal data server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

from crawlers.documents import ReadContext, post_id
from crawlers.readers.reader import Fetch, PostLink, Reading, Recheck
from crawlers.social.api import call, json_of, option, reading_of, text_at
from crawlers.social.bluesky.mapping import (
    answers,
    fully_answered,
    mentioned,
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
_THREAD = "thread"


class BlueskyReader:
    """Option ``actor``: the account's handle or identifier. No token.

    Option ``pds``: the account's own server, read instead of the application view; it tells the
    account's posts, but not what others answered. Pages are followed back to what is a week old.
    """

    def first(self, source: Source, state: FetchState, secret: str) -> tuple[Fetch, ...]:
        return (_page(source, "", 1),)

    def again(self, source: Source, posts: Sequence[PostLink], secret: str) -> list[Recheck]:
        threads_of: dict[str, list[PostLink]] = {}
        rechecks = []
        for post in posts:
            uri = uri_of(post.url)
            if uri and post.document_id == post_id(source, uri):
                rechecks.append(Recheck(_one(source, uri), (post,)))
            elif uri and not _server(source):  # what others answered leads to the thread's page
                threads_of.setdefault(uri, []).append(post)
        found = (Recheck(_thread(source, uri), tuple(of)) for uri, of in threads_of.items())
        return [*found, *rechecks]

    def gone(self, source: Source, status: int, payload: bytes, recheck: Recheck) -> set[str]:
        asked = {post.document_id for post in recheck.posts}
        if _is_thread(recheck.fetch):
            return self._not_in_thread(source, status, payload, recheck.posts)
        if status == 400:
            return asked if "RecordNotFound" in service_words(payload) else set()
        return asked if status == 200 and _json(payload) == {"posts": []} else set()

    def _not_in_thread(
        self, source: Source, status: int, payload: bytes, posts: Sequence[PostLink]
    ) -> set[str]:
        """Return the answers that are missing beside all others of their parent.

        Their own addresses would name their authors and are not kept, so the thread must tell.
        """
        data = _json(payload)
        if status != 200 or not isinstance(data, dict):
            return set()
        complete, named = (
            {post_id(source, uri) for uri in uris}
            for uris in (fully_answered(data), mentioned(data))
        )
        return {p.document_id for p in posts if p.parent_id in complete} - named

    def read(self, payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
        data = json_of(payload, source)
        if _is_thread(fetch):
            return reading_of(answers(data), source, context)
        if fetch.is_again:
            found = records({"records": [data]}) if _server(source) else viewed(data)
            return reading_of(found, source, context)
        number = int(fetch.note or 1)
        own = list(records(data) if _server(source) else posts(data))
        since = context.now - _FRESH
        moments = [post.published_at for post in own if post.published_at is not None]
        follow = [
            _thread(source, uri)
            for uri in threads(data)
            if any(p.identity == uri and p.published_at and p.published_at > since for p in own)
        ][:_MAX_THREADS]
        cursor = text_at(data, "cursor")
        if cursor and moments and min(moments) > since and number < _MAX_PAGES:
            follow.append(_page(source, cursor, number + 1))
        return reading_of(own, source, context, follow)


def _server(source: Source) -> str:
    return option(source, "pds", " ").strip().rstrip("/")


def _page(source: Source, cursor: str, number: int) -> Fetch:
    actor = option(source, "actor").lstrip("@")
    after = {"cursor": cursor} if cursor else {}
    note = str(number) if cursor else ""
    if server := _server(source):
        asked = {"repo": actor, "collection": _POSTS, "limit": "100", **after}
        return call(f"{server}/xrpc/com.atproto.repo.listRecords", asked, note=note)
    asked = {"actor": actor, "limit": "100", **after}
    return call(f"{_view(source)}/xrpc/app.bsky.feed.getAuthorFeed", asked, note=note)


def _thread(source: Source, uri: str) -> Fetch:
    asked = {"uri": uri, "depth": "10", "parentHeight": "0"}
    return call(f"{_view(source)}/xrpc/app.bsky.feed.getPostThread", asked, note=_THREAD)


def _is_thread(fetch: Fetch) -> bool:
    return fetch.note == _THREAD


def _one(source: Source, uri: str) -> Fetch:
    if server := _server(source):
        account, collection, key = uri.removeprefix("at://").split("/")
        asked = {"repo": account, "collection": collection, "rkey": key}
        return call(f"{server}/xrpc/com.atproto.repo.getRecord", asked)
    return call(f"{_view(source)}/xrpc/app.bsky.feed.getPosts", {"uris": uri})


def _view(source: Source) -> str:
    return option(source, "api", _VIEW).rstrip("/")


def _json(payload: bytes) -> object:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return None
