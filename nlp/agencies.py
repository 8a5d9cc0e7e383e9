"""Finds public bodies and offices held in role; it never recognises a private person.

A gazetteer of bodies and a grammar: [role] body [of unit]. A person's name that follows a role is
neither read nor kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from langnghe.analysis import AgencyMention, PlaceMention
from langnghe.profile import Profile
from nlp.resources import read_entries

_LOWER = "sản|khoa|nhi|đồng|bướu|mắt|tỉnh|quốc tế|trung ương|nhiệt đới|tâm thần|học cổ truyền"
_OWN_NAME = rf"(?:\s+(?:(?:\p{{Lu}}|\d)[\w.&-]*|(?:{_LOWER})(?!\w)|(?:và|-|–)(?=\s+\p{{Lu}})))+"
_INSTITUTION = regex.compile(
    r"(?<!\w)(?:(?P<hospital>(?:Bệnh viện|BV|Trung tâm [Yy] tế|Trạm [Yy] tế))"
    r"|(?P<school>Trường\s+(?:THPT|THCS|TH|[Tt]iểu học|[Mm]ầm non|[Mm]ẫu giáo|[Đđ]ại học|ĐH"
    r"|[Cc]ao đẳng|CĐ|[Pp]hổ thông)|Đại học|ĐH))" + _OWN_NAME
)
_GAP = regex.compile(r"\s*(?:thuộc|của)?\s*\(?\s*$")
_MINISTER = regex.compile(r"(?<!\w)(?P<role>(?:Bộ|Thứ) trưởng)\s+(?:Bộ\s+)?")
_HO_CHI_MINH = "79"
_MUNICIPALITIES = frozenset({"01", "31", "46", "48", "79", "92"})
_HEADS = {"Thủ tướng": "Chính phủ", "Phó thủ tướng": "Chính phủ", "Phó Thủ tướng": "Chính phủ"}


@dataclass(frozen=True, slots=True)
class _Body:
    name: str
    kind: str
    takes_unit: bool


class AgencyFinder:
    """Finds public bodies for one office; immutable and safe to share."""

    def __init__(self, profile: Profile) -> None:
        own = {name: _Body(name, "own", False) for name in profile.agencies}
        for department in profile.departments:
            body = _Body(department.name, "own", False)
            own.update(dict.fromkeys((department.name, *department.aliases), body))
        self._bodies = {**_gazetteer(), **own}
        longest_first = sorted(self._bodies, key=len, reverse=True)
        names = "|".join(regex.escape(name) for name in longest_first)
        self._by_lower = {name.lower(): body for name, body in self._bodies.items()}
        self._pattern = regex.compile(rf"(?<!\w)(?:{names})(?!\w)")
        self._social = regex.compile(rf"(?<!\w)(?:{names})(?!\w)", regex.IGNORECASE)

    def find(
        self,
        text: str,
        places: Sequence[tuple[int, PlaceMention]],
        *,
        is_social: bool = False,
    ) -> tuple[AgencyMention, ...]:
        """Return the bodies named in ``text``, each once, in the order of first mention.

        ``places`` are the located units of the same text. Social text may write bodies in lower
        case.
        """
        pattern = self._social if is_social else self._pattern
        hits = sorted(
            itertools.chain(
                self._gazetted(text, pattern, places), _institutions(text, places), _ministers(text)
            ),
            key=lambda hit: hit[0],
        )
        unique: dict[tuple[str, str, str], AgencyMention] = {}
        for _, mention in hits:
            unique.setdefault((mention.name, mention.place, mention.role), mention)
        return tuple(unique.values())

    def _gazetted(
        self,
        text: str,
        pattern: regex.Pattern[str],
        places: Sequence[tuple[int, PlaceMention]],
    ) -> Iterator[tuple[int, AgencyMention]]:
        for match in pattern.finditer(text):
            body = self._by_lower[match.group().lower()]
            place = _unit_after(text, match.end(), places)
            if body.takes_unit and place is None and body.kind == "police":
                continue  # "công an" of nowhere in particular
            start = match.start()
            role = _role_before(text, start)
            end = match.end() if place is None else place[0] + len(place[1].text)
            name = body.name
            if body.takes_unit and place is not None:
                name = f"{body.name} {_with_kind(place[1])}"
            where = place[1].name if place is not None else ""
            yield (
                start,
                AgencyMention(text[start - len(role) : end], name, body.kind, where, role.strip()),
            )


def _institutions(
    text: str, places: Sequence[tuple[int, PlaceMention]]
) -> Iterator[tuple[int, AgencyMention]]:
    for match in _INSTITUTION.finditer(text):
        kind = "hospital" if match.group("hospital") else "school"
        place = _unit_after(text, match.end(), places)
        role = _role_before(text, match.start())
        where = place[1].name if place is not None else ""
        span = text[match.start() - len(role) : match.end()]
        yield match.start(), AgencyMention(span, match.group(), kind, where, role.strip())


def _ministers(text: str) -> Iterator[tuple[int, AgencyMention]]:
    for match in _MINISTER.finditer(text):
        for field in _ministries():
            if text.startswith(field, match.end()):
                span = text[match.start() : match.end() + len(field)]
                name = _gazetteer()[f"Bộ {field}"].name
                yield match.start(), AgencyMention(span, name, "ministry", "", match.group("role"))
                break
    for title, body in _HEADS.items():
        for match in regex.finditer(rf"(?<!\w){title}(?!\w)", text):
            yield match.start(), AgencyMention(title, body, "government", "", title)


def _unit_after(
    text: str, end: int, places: Sequence[tuple[int, PlaceMention]]
) -> tuple[int, PlaceMention] | None:
    for start, place in places:
        if end <= start <= end + 12 and _GAP.match(text[end:start]):
            return start, place
    return None


def _role_before(text: str, start: int) -> str:
    """Return the office that stands right before ``start``, as it stands in the text."""
    match = _roles().search(text[max(0, start - 40) : start])
    return match.group() if match else ""


def _with_kind(place: PlaceMention) -> str:
    if place.level != "province":
        return place.name
    if place.code == _HO_CHI_MINH:
        return "TP.HCM"
    return f"TP {place.name}" if place.code in _MUNICIPALITIES else f"tỉnh {place.name}"


@lru_cache(maxsize=1)
def _roles() -> regex.Pattern[str]:
    names = "|".join(regex.escape(role) for role in read_entries("roles.txt"))
    return regex.compile(rf"(?<!\w)(?:{names})\s+$", regex.IGNORECASE)


@lru_cache(maxsize=1)
def _gazetteer() -> dict[str, _Body]:
    found: dict[str, _Body] = {}
    for line in read_entries("agencies.tsv"):
        name, kind, *others = line.split("\t")
        body = _Body(name, kind.rstrip("*"), kind.endswith("*"))
        found.update(dict.fromkeys((name, *(others[0].split("|") if others else ())), body))
    return found


@lru_cache(maxsize=1)
def _ministries() -> tuple[str, ...]:
    """Return what may follow "Bộ trưởng", the longer names first."""
    fields = (n.removeprefix("Bộ ") for n, body in _gazetteer().items() if body.kind == "ministry")
    return tuple(sorted(fields, key=len, reverse=True))
