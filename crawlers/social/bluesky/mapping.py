"""Bluesky's answers as posts (docs.bsky.app, lexicons app.bsky.feed and com.atproto.repo).

Accounts that ask not to be shown to strangers (label ``!no-unauthenticated``) are left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from crawlers.dates import parse_date
from crawlers.documents import SocialPost
from crawlers.social.api import part, rows, text_at
from langnghe.document import DocumentKind

_TITLE_LENGTH = 80
_HIDDEN = "!no-unauthenticated"
_MAX_DEPTH = 20
_PAGE = re.compile(r"https://bsky\.app/profile/(did:[\w.:%-]+)/post/(\w+)")


def posts(data: Mapping[str, Any]) -> Iterator[SocialPost]:
    """Yield the posts of getAuthorFeed; reposts are left out."""
    for row in rows(data, "feed"):
        post = row.get("post")
        if isinstance(post, dict) and not row.get("reason") and not _is_hidden(post):
            yield _post(post)


def viewed(data: Mapping[str, Any]) -> Iterator[SocialPost]:
    """Yield the posts of getPosts."""
    for post in rows(data, "posts"):
        if not _is_hidden(post):
            yield _post(post)


def records(data: Mapping[str, Any]) -> Iterator[SocialPost]:
    """Yield the posts of listRecords: an account's own words as its server keeps them."""
    for row in rows(data, "records"):
        uri = text_at(row, "uri")
        account = uri.removeprefix("at://").partition("/")[0]
        value = row.get("value")
        if isinstance(value, dict):
            yield _post({"uri": uri, "author": {"did": account}, "record": value})


def answers(data: Mapping[str, Any]) -> Iterator[SocialPost]:
    """Yield what others answered in a getPostThread.

    An answer's own address would name its author's account, so it leads to the thread instead.
    """
    thread = part(data, "thread")
    title = _beginning(_words(part(data, "thread", "post", "record")))
    url = link(text_at(data, "thread", "post", "uri"))
    for node in _nodes(thread):
        for reply in rows(node, "replies"):
            post = reply.get("post")
            # A reply that was deleted, or that its author hid from us, has no words of its own.
            if isinstance(post, dict) and not _is_hidden(post):
                yield _post(post, title, url)


def fully_answered(data: Mapping[str, Any]) -> set[str]:
    """Return the posts of a getPostThread of whose answers none is withheld, by the service's own
    count: answers of a closed account or beyond the depth that was asked for are still counted."""
    found = set()
    for node in _nodes(part(data, "thread")):
        count, shown = part(node, "post", "replyCount"), node.get("replies")
        if isinstance(shown, list) and isinstance(count, int) and len(shown) >= count:
            found.add(text_at(node, "post", "uri"))
    return found


def mentioned(data: Mapping[str, Any]) -> set[str]:
    """Return the posts that a getPostThread shows, and those that it says a block hides."""
    shown = {text_at(node, "post", "uri") for node in _nodes(part(data, "thread"))}
    replies = (reply for node in _nodes(part(data, "thread")) for reply in rows(node, "replies"))
    return shown | {text_at(reply, "uri") for reply in replies if reply.get("blocked")}


def _nodes(node: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield a post of a thread and what lies under it, from above."""
    if not isinstance(node, dict) or depth > _MAX_DEPTH:
        return
    yield node
    for reply in rows(node, "replies"):
        yield from _nodes(reply, depth + 1)


def threads(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the account's own posts that somebody answered."""
    for row in rows(data, "feed"):
        post = row.get("post")
        if not isinstance(post, dict) or row.get("reason") or text_at(post, "record", "reply"):
            continue
        count = post.get("replyCount")
        if isinstance(count, int) and count > 0:
            yield text_at(post, "uri")


def link(uri: str) -> str:
    """Return the post's page by the account's opaque identifier, never by its handle."""
    account, _, rest = uri.removeprefix("at://").partition("/")
    key = rest.rpartition("/")[2]
    return f"https://bsky.app/profile/{account}/post/{key}" if account and key else ""


def uri_of(url: str) -> str:
    """Return the URI of the post whose page ``link`` gave, "" for any other address."""
    match = _PAGE.fullmatch(url)
    return f"at://{match[1]}/app.bsky.feed.post/{match[2]}" if match else ""


def _post(row: Mapping[str, Any], title: str = "", url: str = "") -> SocialPost:
    uri = text_at(row, "uri")
    parent = text_at(row, "record", "reply", "parent", "uri")
    likes = part(row, "likeCount")
    account = text_at(row, "author", "did") or uri.removeprefix("at://").partition("/")[0]
    return SocialPost(
        identity=uri,
        # An account's identifier outlives its handle. Digested, because the page of its posts
        # is named by it.
        author=hashlib.sha256(account.encode()).hexdigest() if account else "",
        author_names=tuple(
            name for key in ("handle", "displayName") if (name := text_at(row, "author", key))
        ),
        text=_words(part(row, "record")),
        published_at=parse_date(text_at(row, "record", "createdAt") or text_at(row, "indexedAt")),
        url=url or link(uri),
        parent_identity=parent,
        parent_title=title,
        kind=DocumentKind.COMMENT if parent else DocumentKind.POST,
        reach=likes if isinstance(likes, int) else None,
    )


def _words(record: Any) -> str:
    """Return a post's text, or what its link or pictures are described with."""
    if not isinstance(record, dict):
        return ""
    if text := text_at(record, "text").strip():
        return text
    external = [text_at(record, "embed", "external", key) for key in ("title", "description")]
    embed = part(record, "embed")
    pictures = [text_at(i, "alt") for i in rows(embed, "images")] if isinstance(embed, dict) else []
    return "\n".join(words for words in (*external, *pictures) if words)


def _beginning(text: str) -> str:
    first = text.split("\n", 1)[0]
    return first if len(first) <= _TITLE_LENGTH else first[:_TITLE_LENGTH].rsplit(" ", 1)[0] + "…"


def _is_hidden(post: Mapping[str, Any]) -> bool:
    author = post.get("author")
    labels = rows(author, "labels") if isinstance(author, dict) else []
    return any(label.get("val") == _HIDDEN for label in labels)
