"""Requests to the YouTube Data API: one unit of quota each (10,000 a day are free)."""

from __future__ import annotations

from datetime import timedelta

from crawlers.documents import ReadContext
from crawlers.readers.reader import Fetch, Reading
from crawlers.social.api import call, json_of, needed_token, option, reading_of
from crawlers.social.youtube.mapping import comments, videos
from langnghe.source import FetchState, Source

_API = "https://www.googleapis.com/youtube/v3"
_FRESH = timedelta(days=7)
_MAX_COMMENTED = 10


class YouTubeReader:
    """Option ``channel``: the channel's id (UC…). The token is an API key."""

    def first(self, source: Source, state: FetchState, secret: str) -> tuple[Fetch, ...]:
        key = needed_token(source, secret)
        uploads = "UU" + option(source, "channel").removeprefix("UC")
        return (
            call(
                f"{option(source, 'api', _API)}/playlistItems",
                {"part": "snippet,contentDetails", "maxResults": "25", "playlistId": uploads},
                headers=(("X-Goog-Api-Key", key),),
            ),
        )

    def read(self, payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
        data = json_of(payload, source)
        if fetch.note:
            return reading_of(comments(data, fetch.note), source, context)
        posts = list(videos(data))
        fresh = [
            post
            for post in posts
            if post.published_at is not None and post.published_at > context.now - _FRESH
        ]
        follow = [
            call(
                f"{option(source, 'api', _API)}/commentThreads",
                {
                    "part": "snippet,replies",
                    "maxResults": "100",
                    "order": "time",
                    "textFormat": "plainText",
                    "videoId": post.identity,
                },
                headers=fetch.headers,
                note=post.title or post.identity,
            )
            for post in fresh[:_MAX_COMMENTED]
        ]
        return reading_of(posts, source, context, follow)
