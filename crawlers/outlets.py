"""What a publisher is called: as the shipped list has it, else by the part of its title that
names it."""

from __future__ import annotations

import re
from functools import cache

from crawlers.metadata import registrable_domain
from crawlers.starter import STARTER_FILE, load_sources
from langnghe.source import Source
from langnghe.text import fold
from langnghe.url import host_of

_BETWEEN = re.compile(r"\s+[-–—•·/]\s+|\s*[|»:]\s+|\s+[|»:]\s*")
_FEED_WORDS = re.compile(
    r"^(?:(?:kênh |nguồn )?(?:rss|atom)(?: feeds?)?|feeds?|website|trang web)\b\s*|"
    r"\s*\b(?:rss(?: 2\.0)?(?: feeds?)?|feeds?|atom)$",
    re.I,
)
# Folded: what papers call a part of themselves, never themselves.
_PARTS = frozenset(
    {
        "trang chu", "trang nhat", "home", "homepage", "index", "news", "latest", "latest news",
        "tin", "tin tuc", "tin moi", "moi nhat", "tin moi nhat", "tin nong", "tin noi bat",
        "tin trong ngay", "tin trong tinh", "tin trong nuoc", "tin bai", "bai viet moi", "tat ca",
        "chuyen muc", "thoi su", "xa hoi", "chinh tri", "phap luat", "kinh te", "kinh doanh",
        "giao duc", "suc khoe", "y te", "doi song", "the thao", "giai tri", "van hoa", "du lich",
        "the gioi", "khoa hoc", "cong nghe", "bat dong san", "xe", "trong nuoc",
    }
)  # fmt: skip
_PUBLISHER = re.compile(r"(?:bao|tap chi|dai|cong|trang thong tin|thong tan xa|so|ubnd|bo)\b")
_LONGEST = 60


@cache
def shipped_papers() -> dict[str, Source]:
    """Return the papers of the shipped list by domain."""
    papers = (s for s in load_sources(STARTER_FILE) if not s.document_kind.is_social)
    return {registrable_domain(source.url): source for source in papers}


def outlet_name(title: str, url: str) -> str:
    """Return the name of the publisher of ``url`` whose site or feed calls itself ``title``.

    "Tin mới nhất - VnExpress RSS" is VnExpress. The host's name where nothing else is left.
    """
    host = host_of(url) if url else ""
    if url and (known := shipped_papers().get(registrable_domain(url))) is not None:
        return known.outlet
    parts = [_FEED_WORDS.sub("", part).strip(" -–|»:") for part in _BETWEEN.split(title)]
    names = [part for part in parts if part and _packed_words(part) not in _PARTS]
    own = _letters(max(host.split(".")[:-1], key=len, default=""))
    names.sort(key=lambda name: (not _is_of_host(name, own), not _PUBLISHER.match(fold(name))))
    best = names[0] if names else ""
    if len(names) > 1 and not _is_of_host(best, own) and not _PUBLISHER.match(fold(best)):
        best = min(names, key=len)
    return best if 2 <= len(best) <= _LONGEST else host or title.strip()[:_LONGEST]


def _packed_words(part: str) -> str:
    return " ".join(fold(part).split())


def _is_of_host(name: str, own: str) -> bool:
    """Whether a name is that of the host's own label: "Báo Lam Giang" and baolamgiang.vn."""
    letters = _letters(name)
    return bool(own and letters) and (letters in own or own in letters)


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", fold(text))
