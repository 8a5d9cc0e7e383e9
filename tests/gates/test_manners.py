"""Real robots.txt files, hostile strings: nothing forbidden is asked for, nothing active kept."""

from __future__ import annotations

import html
import re
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from protego import Protego

from crawlers.feeds import parse_feed
from crawlers.pages import extract_page
from crawlers.robots import RobotsRules
from tests.loopback_site import article, rss

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
AGENT = "LangNghe/0.1 (+https://van-phong.vn/lien-he)"
TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
_SAMPLE = 12


def test_real_robots_files_are_obeyed_as_protego_reads_them(shared_dir: Path) -> None:
    """Every twelfth of 4,231 files: our answer is protego's for every path that they name."""
    checked = 0
    with tarfile.open(shared_dir / "data/robots/protego-robots.tar.xz") as tar:
        members = [m for m in tar.getmembers() if m.isfile()]
        for member in members[::_SAMPLE]:
            payload = tar.extractfile(member).read()  # type: ignore[union-attr]
            ours = RobotsRules(AGENT)
            ours.learn("https://bao.vn/", 200, payload, NOW)
            peer = Protego.parse(payload.decode("utf-8", "replace"))
            named = re.findall(rb"(?im)^\s*disallow:\s*(/[^\s#*$]{0,60})", payload)[:20]
            for path in named:
                url = "https://bao.vn" + path.decode("latin-1")
                if not peer.can_fetch(url, AGENT):
                    assert not ours.allows(url), (member.name, url)
                    checked += 1
    assert checked > 500


@pytest.mark.parametrize("place", ["feed", "page"])
def test_no_cross_site_script_survives_reading(shared_dir: Path, place: str) -> None:
    lines = (shared_dir / "data/hostile/xss.txt").read_text("utf-8", "replace").splitlines()
    for line in filter(None, map(str.strip, lines)):
        if place == "feed":
            escaped = html.escape(line)
            feed = parse_feed(rss([("https://bao.vn/a-1", escaped)]).encode(), now=NOW)
            words = [text for item in feed.items for text in (item.title, item.lead)]
        else:
            page = article("Bài").replace("<p>Đoạn 3", f"<p>{line}</p><p>Đoạn 3")
            found = extract_page(page.encode(), url="https://bao.vn/a-1", now=NOW)
            words = [found.title, found.lead, found.text]
        for text in words:
            # "<" may stay as a character of text; a whole tag may not.
            assert not TAG.search(text), (line, text)
