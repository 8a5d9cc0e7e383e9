"""``langnghe stories``: the story of each item of a file, in the order of the stream."""

from __future__ import annotations

import itertools
import json
import sys
from typing import Annotated

import typer

from langnghe.items import replay_moment
from langnghe.profile import PROFILE_NAME, load_profile
from langnghe.settings import load_settings
from langnghe.story import lone_story_id
from nlp.stories import StoryIndex
from runtime.cli.analyze import show_progress
from runtime.cli.items_file import ItemsFile, with_times
from runtime.understanding import open_pair_reader

_BATCH = 128


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("stories", help="Gom các tin trong một tệp thành vụ việc.")(stories)


def stories(
    items: Annotated[str, typer.Argument(help="Tệp JSON Lines (.gz được), “-” là đầu vào chuẩn.")],
) -> None:
    """Print {"id", "story"} for each item, in order, after the whole stream was clustered.

    Stories may merge and items may move while they are in the window of seven days, so nothing
    is printed before the end; only ids are held for items that left the window. An item that is
    older than the window when it comes is a story of its own.
    """
    file = ItemsFile(items)
    settings = load_settings()
    profile = load_profile(settings.data_dir / PROFILE_NAME)
    index = StoryIndex(profile=profile, reader=open_pair_reader(settings))
    order: list[str] = []
    found: dict[str, str] = {}
    heirs: dict[str, str] = {}
    docs = with_times(iter(file))
    while batch := list(itertools.islice(docs, _BATCH)):
        now = max(replay_moment(doc) for doc in batch)
        change = index.assign([(doc, None) for doc in batch], now)
        found.update((link.document_id, link.story_id) for link in change.links)
        heirs.update(change.merged)
        order += [doc.id for doc in batch]
        show_progress(len(order))
    show_progress(len(order), is_last=True)
    for document_id in order:
        story = _living(found.get(document_id) or lone_story_id(document_id), heirs)
        sys.stdout.write(json.dumps({"id": document_id, "story": story}) + "\n")
    file.end()


def _living(story: str, heirs: dict[str, str]) -> str:
    """Return the story that took over from ``story``, if it ceased."""
    seen = {story}
    while (heir := heirs.get(story)) is not None and heir not in seen:
        story = heir
        seen.add(story)
    return story
