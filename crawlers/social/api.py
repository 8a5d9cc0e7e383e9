"""What the networks' clients share: options, JSON answers, the final step to documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from crawlers.documents import ReadContext, SocialPost, social_document
from crawlers.readers.reader import Fetch, Reading
from crawlers.social.trouble import error_words
from langnghe.document import Channel, Document
from langnghe.errors import ConfigError, FeedParseError, InvalidDocument
from langnghe.source import Source

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def option(source: Source, name: str, default: str | None = None) -> str:
    """Return an option of ``source``; raises ConfigError where a needed one is missing."""
    value = dict(source.options).get(name, default)
    if value is None or value == "":
        raise ConfigError(f"source {source.id}: option {name!r} is missing")
    return value


def needed_token(source: Source, secret: str) -> str:
    """Return the access token; raises ConfigError where there is none."""
    if not secret:
        raise ConfigError(f"source {source.id}: no access token (a file named {source.id!r})")
    return secret


def call(base: str, parameters: Mapping[str, str], **fetch: Any) -> Fetch:
    """Return an API request; tokens go into headers, so that no log or table shows one."""
    return Fetch(f"{base}?{urlencode(parameters)}", is_api=True, **fetch)


def json_of(payload: bytes, source: Source) -> Mapping[str, Any]:
    """Return the JSON object of an answer; raises FeedParseError, also for an API's error."""
    try:
        data = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise FeedParseError(source.id, f"not JSON: {error}") from error
    if not isinstance(data, dict):
        raise FeedParseError(source.id, "not a JSON object")
    if words := error_words(data):
        raise FeedParseError(source.id, f"the service says: {words}")
    return data


def rows(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return the objects of the list ``name``; anything else in it is left out."""
    found = data.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def part(row: Mapping[str, Any], *path: str) -> Any:
    """Return what lies at ``path`` in nested objects, None where a step is missing."""
    found: Any = row
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return found


def text_at(row: Mapping[str, Any], *path: str) -> str:
    """Return the text or number at ``path``, "" where there is none.

    Half a character (a text that a service cut in the middle of an emoji) becomes U+FFFD.
    """
    found = part(row, *path)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    text = str(found)
    return text if text.isascii() else _HALF_CHARACTER.sub("\ufffd", text)


def reading_of(
    posts: Iterable[SocialPost],
    source: Source,
    context: ReadContext,
    follow: Iterable[Fetch] = (),
) -> Reading:
    """Return the reading of an API's answer; an answer without posts is a good one."""
    documents: dict[str, Document] = {}
    problems: list[str] = []
    count = 0
    for post in posts:
        count += 1
        try:
            doc = social_document(post, source, source.kind.value, context, Channel.API)
        except (InvalidDocument, ValueError) as error:
            problems.append(str(error))
            continue
        documents[doc.id] = doc
    return Reading(
        documents=tuple(documents.values()),
        follow=tuple(follow),
        item_count=count,
        problems=tuple(problems),
        is_quiet_normal=True,
    )
