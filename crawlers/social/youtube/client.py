"""Requests to the YouTube Data API: one unit of quota each (10,000 a day are free)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta

from crawlers.documents import ReadContext, post_id
from crawlers.readers.reader import Fetch, PostLink, Reading, Recheck
from crawlers.social.api import call, json_of, needed_token, option, reading_of, rows, text_at
from crawlers.social.trouble import service_words
from crawlers.social.youtube.mapping import (
    comments,
    comments_asked_for,
    video_and_comment,
    videos,
)
from langnghe.source import FetchState, Source

_API = "https://www.googleapis.com/youtube/v3"
_FRESH = timedelta(days=7)
_MAX_COMMENTED = 10
_IDS_AT_ONCE = 50


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

    def again(self, source: Source, posts: Sequence[PostLink], secret: str) -> list[Recheck]:
        of_videos: list[tuple[str, PostLink]] = []
        of_comments: list[tuple[str, PostLink]] = []
        for post in posts:
            video, comment = video_and_comment(post.url)
            if post.document_id == post_id(source, comment or video):
                (of_comments if comment else of_videos).append((comment or video, post))
        return [
            *_asked(source, secret, "comments", of_comments),
            *_asked(source, secret, "videos", of_videos),
        ]

    def gone(self, source: Source, status: int, payload: bytes, recheck: Recheck) -> set[str]:
        asked = {post.document_id for post in recheck.posts}
        if status == 404 and len(asked) == 1:
            return asked if "notfound" in service_words(payload).lower() else set()
        try:
            data = json.loads(payload)
        except (ValueError, RecursionError):
            return set()
        if status != 200 or not isinstance(data, dict) or not isinstance(data.get("items"), list):
            return set()
        return asked - {post_id(source, text_at(row, "id")) for row in rows(data, "items")}

    def read(self, payload: bytes, fetch: Fetch, source: Source, context: ReadContext) -> Reading:
        data = json_of(payload, source)
        if fetch.is_again:
            video_of: dict[str, str] = json.loads(fetch.note)
            found = comments_asked_for(data, video_of) if video_of else videos(data)
            return reading_of(found, source, context)
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


def _asked(
    source: Source, secret: str, what: str, posts: Sequence[tuple[str, PostLink]]
) -> Iterator[Recheck]:
    """Yield requests for posts by their ids, many at a time: each costs one unit of quota."""
    for start in range(0, len(posts), _IDS_AT_ONCE):
        some = posts[start : start + _IDS_AT_ONCE]
        asked = {"part": "snippet", "id": ",".join(identity for identity, _ in some)}
        video_of = {}
        if what == "comments":
            asked["textFormat"] = "plainText"
            video_of = {identity: video_and_comment(post.url)[0] for identity, post in some}
        fetch = call(
            f"{option(source, 'api', _API)}/{what}",
            asked,
            headers=(("X-Goog-Api-Key", needed_token(source, secret)),),
            note=json.dumps(video_of),
        )
        yield Recheck(fetch, tuple(post for _, post in some))
