"""YouTube's answers as posts (developers.google.com/youtube/v3/docs)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from crawlers.dates import parse_date
from crawlers.documents import SocialPost
from crawlers.markup import plain_text, title_text
from crawlers.social.api import part, rows, text_at
from langnghe.document import DocumentKind

_WATCH = "https://www.youtube.com/watch?v="
_PAGE = re.compile(r"https://www\.youtube\.com/watch\?v=([\w-]+)(?:&lc=([\w.-]+))?")


def video_id(item: Mapping[str, Any]) -> str:
    """Return the video of a playlist item, or of the answer of videos."""
    if text_at(item, "kind") == "youtube#video":
        return text_at(item, "id")
    return text_at(item, "contentDetails", "videoId") or text_at(
        item, "snippet", "resourceId", "videoId"
    )


def videos(data: Mapping[str, Any]) -> Iterator[SocialPost]:
    """Yield the videos of a playlistItems or videos answer, in the order that the API gives."""
    for item in rows(data, "items"):
        video = video_id(item)
        if not video:
            continue
        published = text_at(item, "contentDetails", "videoPublishedAt")
        yield SocialPost(
            identity=video,
            author=text_at(item, "snippet", "channelId"),
            text=text_at(item, "snippet", "description"),
            title=title_text(text_at(item, "snippet", "title")),
            published_at=parse_date(published or text_at(item, "snippet", "publishedAt")),
            url=_WATCH + video,
        )


def comments(data: Mapping[str, Any], title: str) -> Iterator[SocialPost]:
    """Yield the comments of a commentThreads answer and the replies that come with them."""
    for thread in rows(data, "items"):
        top = part(thread, "snippet", "topLevelComment")
        replies = part(thread, "replies")
        answers = rows(replies, "comments") if isinstance(replies, dict) else []
        for row in [top, *answers] if isinstance(top, dict) else answers:
            yield _comment(row, text_at(thread, "snippet", "videoId"), title)


def comments_asked_for(
    data: Mapping[str, Any], video_of: Mapping[str, str]
) -> Iterator[SocialPost]:
    """Yield the comments of a comments answer, which does not tell their video nor its title."""
    for row in rows(data, "items"):
        if video := video_of.get(text_at(row, "id")):
            yield _comment(row, video, "")


def video_and_comment(url: str) -> tuple[str, str]:
    """Return the video and the comment ("" for none) of a post's address; "" for any other."""
    match = _PAGE.fullmatch(url)
    return (match[1], match[2] or "") if match else ("", "")


def _comment(row: Mapping[str, Any], video: str, title: str) -> SocialPost:
    said = row.get("snippet")
    snippet: Mapping[str, Any] = said if isinstance(said, dict) else {}
    identity = text_at(row, "id")
    likes = snippet.get("likeCount")
    channel = text_at(snippet, "authorChannelId", "value")
    name = text_at(snippet, "authorDisplayName")
    updated = parse_date(text_at(snippet, "updatedAt"))
    published = parse_date(text_at(snippet, "publishedAt"))
    return SocialPost(
        identity=identity,
        author=channel or name,
        author_names=(name,),
        text=plain_text(text_at(snippet, "textOriginal") or text_at(snippet, "textDisplay")),
        published_at=published,
        modified_at=updated if updated != published else None,
        url=f"{_WATCH}{video}&lc={identity}",
        parent_identity=video,
        parent_title=title,
        kind=DocumentKind.COMMENT,
        reach=likes if isinstance(likes, int) else None,
    )
