"""Requests to the Graph API."""

from __future__ import annotations

from datetime import timedelta

from crawlers.documents import ReadContext
from crawlers.readers.reader import Fetch, Reading
from crawlers.social.api import call, json_of, needed_token, option, reading_of
from crawlers.social.facebook.mapping import comments, posts, title_of
from langnghe.source import FetchState, Source

_API = "https://graph.facebook.com/v23.0"
_POST_FIELDS = "id,message,story,created_time,updated_time,permalink_url,from"
_COMMENT_FIELDS = "id,message,created_time,from,parent{id},permalink_url,like_count"
_FRESH = timedelta(days=7)
_MAX_COMMENTED = 10


class FacebookReader:
    """Option ``page``: the page's id. The token is the page's own access token."""

    def first(self, source: Source, state: FetchState, secret: str) -> tuple[Fetch, ...]:
        token = needed_token(source, secret)
        return (
            call(
                f"{option(source, 'api', _API)}/{option(source, 'page')}/posts",
                {"fields": _POST_FIELDS, "limit": "25"},
                headers=(("Authorization", f"Bearer {token}"),),
            ),
        )

    def read(self, payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
        data = json_of(payload, source)
        if fetch.note:
            post_id, _, title = fetch.note.partition(" ")
            return reading_of(comments(data, post_id, title), source, context)
        found = list(posts(data))
        fresh = [
            post
            for post in found
            if post.published_at is not None and post.published_at > context.now - _FRESH
        ]
        follow = [
            call(
                f"{option(source, 'api', _API)}/{post.identity}/comments",
                {
                    "fields": _COMMENT_FIELDS,
                    "filter": "stream",
                    "order": "reverse_chronological",
                    "limit": "100",
                },
                headers=fetch.headers,
                note=f"{post.identity} {title_of(post)}",
            )
            for post in fresh[:_MAX_COMMENTED]
        ]
        return reading_of(found, source, context, follow)
