"""Threads of forums (XenForo, vBulletin, phpBB, IP.Board): the first post alone is the text.

The posts below it are other people's, and what each post is signed with is a private person's name:
neither belongs in what is kept of a page.
"""

from __future__ import annotations

import re

from lxml import etree

from crawlers.sites.rule import select

_FIRST_POST = (
    "article.message .bbWrapper, .messageList .messageText, div[id^=post_message_], "
    ".postbody .content, .ipsComment_content [data-role=commentContent]"
)
_SYSTEMS = re.compile(r"^XF$|xenforo|vbulletin|phpbb|ipsApp|invision", re.I)
DROPPED = (
    "blockquote, .bbCodeBlock, .bbcode_quote, .quotecontent, .signature, .message-signature, "
    ".notice"
)


def first_post(tree: etree._Element) -> etree._Element | None:
    """Return what the thread's first post says, None where the page is no thread."""
    return next(iter(select(tree, _FIRST_POST)), None) if _is_forum(tree) else None


def _is_forum(tree: etree._Element) -> bool:
    """Whether the page says by what it starts with that a forum's system made it."""
    body = tree.find("body")
    names = [tree.get("id"), *(() if body is None else (body.get("id"), body.get("class")))]
    names += [
        meta.get("content")
        for meta in tree.iterfind("head/meta")
        if (meta.get("name") or "").lower() == "generator"
    ]
    return any(name and _SYSTEMS.search(name) for name in names)
