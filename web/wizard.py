"""The source wizard behind the room: a search runs in a process of its own and leaves a file.

A crawl needs a fresh process (a reactor starts once), and politeness takes it up to a minute;
the page asks again until the file is there.
"""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from langnghe.document import Document, DocumentKind
from langnghe.errors import LangNgheError
from langnghe.settings import Settings
from langnghe.source import OutletKind, Source, SourceKind
from langnghe.wording import ERROR_SENTENCES
from runtime.process import exit_with_parent
from runtime.supervisor import child_environ

_ID = re.compile(r"[0-9a-f]{16}")
_GIVE_UP_S = 180.0
_KEPT = 20
_children: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Preview:
    """A document that a proposed source would bring; ``published_at`` as it says itself."""

    title: str
    url: str
    published_at: datetime | None = None


@dataclass(frozen=True)
class Section:
    """A section that the front page links to; a search may begin there."""

    url: str
    name: str


@dataclass(frozen=True)
class FoundSource:
    """A source that gave documents."""

    source: Source
    item_count: int
    preview: tuple[Preview, ...]

    @property
    def newest_at(self) -> datetime | None:
        """When the newest document appeared, None where none says so."""
        moments = [item.published_at for item in self.preview if item.published_at]
        return max(moments, default=None)


@dataclass(frozen=True)
class Search:
    """What a search has found so far; ``failure`` is a Vietnamese sentence."""

    id: str
    url: str
    is_running: bool
    proposals: tuple[FoundSource, ...] = ()
    sections: tuple[Section, ...] = ()
    tried: tuple[str, ...] = ()
    failure: str = ""


def begin(settings: Settings, url: str) -> str:
    """Start to look for sources at ``url`` and return the search's id."""
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    for old in sorted(folder.glob("*.json"), key=lambda p: p.stat().st_mtime)[:-_KEPT]:
        old.unlink(missing_ok=True)
    search_id = secrets.token_hex(8)
    _write(folder / f"{search_id}.json", {"url": url, "began": time.time()})
    environ = child_environ({"LANGNGHE_DATA_DIR": str(settings.data_dir)})
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "web.wizard", search_id]
    # Held, because the search ends with the pipe.
    _children[:] = [child for child in _children if child.poll() is None]
    _children.append(subprocess.Popen(command, env=environ, stdin=subprocess.PIPE))
    return search_id


def look(settings: Settings, search_id: str) -> Search | None:
    """Return how a search stands, None for an unknown one."""
    if not _ID.fullmatch(search_id):
        return None
    try:
        data = json.loads((_folder(settings) / f"{search_id}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    is_over = "proposals" in data or "failure" in data
    if not is_over and time.time() - data["began"] > _GIVE_UP_S:
        data["failure"] = "Tìm quá lâu mà chưa xong. Hãy thử lại với địa chỉ chuyên mục hoặc RSS."
        is_over = True
    return Search(
        id=search_id,
        url=data["url"],
        is_running=not is_over,
        proposals=tuple(_proposal(row) for row in data.get("proposals", ())),
        sections=tuple(Section(*row) for row in data.get("sections", ())),
        tried=tuple(data.get("tried", ())),
        failure=data.get("failure", ""),
    )


def main() -> None:
    """Do one search and leave its result in the file."""
    search_id = sys.argv[1]
    exit_with_parent()
    from runtime.wiring import open_runtime

    runtime = open_runtime()
    path = _folder(runtime.settings) / f"{search_id}.json"
    data = json.loads(path.read_text("utf-8"))
    from runtime.discovery import discover_now

    try:
        found = discover_now(runtime, data["url"])
    except (LangNgheError, OSError) as error:
        code = error.code if isinstance(error, LangNgheError) else "fetch"
        sentence = ERROR_SENTENCES.get(code, ERROR_SENTENCES["fetch"])
        _write(path, {**data, "failure": sentence})
        return
    proposals = [
        {
            "source": asdict(p.source),
            "item_count": p.item_count,
            "preview": [_preview(d) for d in p.preview[:10]],
        }
        for p in found.proposals
    ]
    rest = {"sections": [list(s) for s in found.sections], "tried": list(found.tried)}
    _write(path, {**data, "proposals": proposals, **rest})


def _preview(doc: Document) -> dict[str, str | None]:
    # A section page does not say when: the time of reading would be taken for it.
    is_dated = not doc.notes
    moment = doc.published_at.isoformat() if is_dated else None
    return {"title": doc.title, "url": doc.url, "published_at": moment}


def _proposal(row: Mapping[str, Any]) -> FoundSource:
    values = dict(row["source"])
    values["kind"] = SourceKind(values["kind"])
    values["outlet_kind"] = OutletKind(values["outlet_kind"])
    values["document_kind"] = DocumentKind(values["document_kind"])
    values["options"] = tuple((str(k), str(v)) for k, v in values.get("options", ()))
    return FoundSource(
        Source(**values), row["item_count"], tuple(_shown(p) for p in row["preview"])
    )


def _shown(row: Mapping[str, Any]) -> Preview:
    moment = row.get("published_at")
    return Preview(row["title"], row["url"], datetime.fromisoformat(moment) if moment else None)


def _folder(settings: Settings) -> Path:
    return settings.data_dir / "searches"


def _write(path: Path, data: Mapping[str, Any]) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    part.replace(path)


if __name__ == "__main__":
    main()
