"""Pushed feeds on their way from the room's door to the next crawl batch: a folder of files."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_MOST = 200


@dataclass(frozen=True)
class Push:
    """One pushed feed of a source, as it came; ``path`` is deleted once it was read."""

    path: Path
    source_id: str
    content_type: str
    body: bytes


class Pushes:
    """The folder; nothing in it is understood before a limited worker does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, source_id: str, content_type: str, body: bytes) -> bool:
        """Keep a push; False where too many wait already."""
        if len(self._waiting()) >= _MOST:
            return False
        self._folder.mkdir(parents=True, exist_ok=True)
        head = json.dumps([source_id, content_type[:200]]).encode()
        draft = self._folder / f"{time.time_ns():020d}-{os.getpid()}.draft"
        draft.write_bytes(head + b"\n" + body)
        draft.rename(draft.with_suffix(".push"))
        return True

    def has_waiting(self) -> bool:
        """Return whether a push waits."""
        return bool(self._waiting())

    def waiting(self) -> list[Push]:
        """Return what waits, oldest first."""
        found: list[Push] = []
        for path in self._waiting():
            head, _, body = path.read_bytes().partition(b"\n")
            source_id, content_type = json.loads(head)
            found.append(Push(path, source_id, content_type, body))
        return found

    def drop(self, pushes: Iterable[Push]) -> None:
        """Delete what was read."""
        for push in pushes:
            push.path.unlink(missing_ok=True)

    def _waiting(self) -> list[Path]:
        return sorted(self._folder.glob("*.push"))
