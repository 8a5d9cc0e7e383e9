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
from langnghe.text import fold
from nlp.resources import read_entries

OWN = "own"
"""The kind of a body that the office's profile names."""

_STAGE = r"(?:THPT|THCS|TH|[Tt]iểu học|[Mm]ầm non|[Mm]ẫu giáo|[Pp]hổ thông|[Cc]ao đẳng|CĐ)"
_HEAD_OF_NAME = (
    r"(?<!\w)(?:(?P<hospital>(?:(?:[Bb]ệnh viện|BV)(?:\s+(?:Đại học|ĐH))?"
    r"|[Tt]rung tâm [Yy] tế|[Tt]rạm [Yy] tế))"
    r"|(?P<university>(?:[Tt]rường\s+)?(?:[Đđ]ại học|ĐH)|[Hh]ọc viện)"
    rf"|[Tt]rường\s+{_STAGE}(?:\s+(?:và|-|–|&)\s+{_STAGE})*|THPT|THCS)"
)
_ANOTHER_HEAD = r"(?:Trường|Đại học|ĐH|THPT|THCS|Bệnh viện|BV|Bộ|Sở|UBND|Công an|CLB|Đội)(?!\w)"
_TROOPS = regex.compile(
    r"(?<!\w)(?:(?:Quân khu|Quân đoàn|Sư đoàn|Lữ đoàn|Trung đoàn|Tiểu đoàn)\s+\d+"
    r"|Vùng\s+(?:\d\s+Hải quân|Cảnh sát biển\s+\d))(?!\w)"
)
_GAP = regex.compile(r"\s*(?:Việt Nam\s+)?(?:thuộc|của)?\s*\(?\s*$")
_ANY_UNIT = regex.compile(r"\s+(?:tỉnh|thành phố|TP|huyện|quận|phường|xã|đặc khu)(?!\w)")
_LARGE = frozenset({"tỉnh", "thành phố", "TP"})
_REGION = regex.compile(r"\s+khu vực\s+(?:[IVX]+|\d+)(?!\w)")
_NUMBERED = regex.compile(
    r"(?<!\w)(?:(?P<traffic>Đội (?:CSGT|Cảnh sát giao thông)(?: đường bộ| đường thủy)?) số"
    r"|Thuế cơ sở) (?P<number>\d{1,2})(?!\w)"
)
_UNIT_CHAIR = regex.compile(
    r"(?<!\w)(?<!(?:[Nn]guyên|[Cc]ựu)\s)(?<!(?:[Nn]guyên|[Cc]ựu) [Pp]hó )"
    r"(?P<role>(?:[Pp]hó )?[Cc]hủ tịch)\s+(?=(?:tỉnh|thành phố|TP|phường|xã|đặc khu)\s)"
)
_CHAIR = regex.compile(
    r"(?<!\w)(?:(?P<role>(?:Bộ|Thứ) trưởng)\s+(?!Bộ\s)"
    r"|(?P<chair>(?:Phó )?[Tt]rưởng [Bb]an|Phó trưởng ban|Phó [Bb]an)\s+(?!Ban\s))"
)
_HO_CHI_MINH = "79"
_MUNICIPALITIES = frozenset({"01", "31", "46", "48", "79", "92"})
_HEADS = {
    "Thủ tướng": ("Chính phủ", "government"),
    "Phó thủ tướng": ("Chính phủ", "government"),
    "Phó Thủ tướng": ("Chính phủ", "government"),
    "Tổng Bí thư": ("Ban Chấp hành Trung ương", "party"),
    "Tổng bí thư": ("Ban Chấp hành Trung ương", "party"),
    "Chủ tịch nước": ("Chủ tịch nước", "state"),
    "Phó chủ tịch nước": ("Chủ tịch nước", "state"),
    "Phó Chủ tịch nước": ("Chủ tịch nước", "state"),
}
_HEAD = regex.compile(
    rf"(?<!\w)(?<!(?:nguyên|cựu)\s)(?:{'|'.join(sorted(_HEADS, reverse=True))})(?!\w)"
)
_NEXT_NAME = regex.compile(r"\s+(\p{Lu}\w+)")
_TEAM = regex.compile(r"(?:CLB|[Đđ]ội)\s+$")
_SYLLABLE = regex.compile(
    r"(?:ngh?|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?"
)


@dataclass(frozen=True, slots=True)
class _Body:
    name: str
    kind: str
    takes_unit: bool
    needs_unit: bool = False


class AgencyFinder:
    """Finds public bodies for one office; immutable and safe to share."""

    def __init__(self, profile: Profile) -> None:
        own = {name: _Body(name, OWN, False) for name in profile.agencies}
        for department in profile.departments:
            body = _Body(department.name, OWN, False)
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
        unique: dict[tuple[str, str, str], AgencyMention] = {}
        for _, mention in self.locate(text, places, is_social=is_social):
            unique.setdefault((mention.name, mention.place, mention.role), mention)
        return tuple(unique.values())

    def locate(
        self,
        text: str,
        places: Sequence[tuple[int, PlaceMention]],
        *,
        is_social: bool = False,
    ) -> list[tuple[int, AgencyMention]]:
        """Return every mention with the offset of its start, in the order of the text."""
        pattern = self._social if is_social else self._pattern
        hits = sorted(
            itertools.chain(
                self._gazetted(text, pattern, places),
                _institutions(text, places),
                _offices(text, places),
            ),
            key=lambda hit: (hit[0], -len(hit[1].text)),
        )
        found: list[tuple[int, AgencyMention]] = []
        for start, mention in hits:
            if not found or start >= found[-1][0] + len(found[-1][1].text):
                found.append((start, mention))
        return found

    def _gazetted(
        self,
        text: str,
        pattern: regex.Pattern[str],
        places: Sequence[tuple[int, PlaceMention]],
    ) -> Iterator[tuple[int, AgencyMention]]:
        for match in pattern.finditer(text):
            body = self._by_lower[match.group().lower()]
            start, end = match.span()
            place = _unit_after(text, end, places)
            level = _ANY_UNIT.match(text, end) if body.takes_unit and place is None else None
            if body.needs_unit and not _is_of_unit(place, level):
                continue
            is_vague = body.kind == "police" or match.group().lower() == "chính quyền"
            if body.takes_unit and is_vague and place is None and level is None:
                continue  # "công an", "chính quyền" of nowhere in particular
            is_team = body.name == "Công an" and _TEAM.search(text[max(0, start - 8) : start])
            if is_team or (place is None and _is_foreign(text, end)):
                continue
            name = body.name
            if place is not None:
                end = place[0] + len(place[1].text)
                name = f"{body.name} {_with_kind(place[1])}" if body.takes_unit else name
            elif level is not None:
                end = level.end()
                name = f"{body.name}{level.group()}"
            elif region := _REGION.match(text, end):
                end = region.end()
                name = f"{body.name}{region.group()}"
            role = _role_before(text, start)
            span = text[start - len(role) : end]
            where = place[1].name if place is not None else ""
            yield start - len(role), AgencyMention(span, name, body.kind, where, role.strip())


def _is_of_unit(place: tuple[int, PlaceMention] | None, level: regex.Match[str] | None) -> bool:
    """Return whether a unit follows that is named with its kind: "tỉnh Lâm Đồng", "thành phố"."""
    if place is not None:
        return _ANY_UNIT.match(f" {place[1].text}") is not None
    return level is not None and level.group().strip() in _LARGE


def _institutions(
    text: str, places: Sequence[tuple[int, PlaceMention]]
) -> Iterator[tuple[int, AgencyMention]]:
    for match in _institution().finditer(text):
        is_loose = match.group("university") or match.group()[0].islower()
        if is_loose and _is_foreign_name(match.group("own"), text, match.end()):
            continue
        kind = "hospital" if match.group("hospital") else "school"
        place = _unit_after(text, match.end(), places)
        role = _role_before(text, match.start())
        where = place[1].name if place is not None else ""
        start = match.start() - len(role)
        span = text[start : match.end()]
        yield start, AgencyMention(span, match.group(), kind, where, role.strip())
    for match in _TROOPS.finditer(text):
        role = _role_before(text, match.start())
        span = role + match.group()
        yield (
            match.start() - len(role),
            AgencyMention(span, match.group(), "military", "", role.strip()),
        )


def _offices(
    text: str, places: Sequence[tuple[int, PlaceMention]]
) -> Iterator[tuple[int, AgencyMention]]:
    for match in _CHAIR.finditer(text):
        head = "Bộ" if match.group("role") else "Ban"
        field = next((f for f in _fields(head) if text.startswith(f, match.end())), None)
        if field is None:
            continue
        body = _gazetteer()[f"{head} {field}"]
        end = match.end() + len(field)
        place = _unit_after(text, end, places)
        where = place[1].name if place is not None else ""
        end = end if place is None else place[0] + len(place[1].text)
        role = match.group("role") or match.group("chair")
        span = text[match.start() : end]
        yield match.start(), AgencyMention(span, body.name, body.kind, where, role)
    for match in _UNIT_CHAIR.finditer(text):
        place = _unit_after(text, match.end(), places)
        if place is None or place[0] != match.end():
            continue
        span = text[match.start() : place[0] + len(place[1].text)]
        name = f"UBND {_with_kind(place[1])}"
        role = match.group("role")
        yield match.start(), AgencyMention(span, name, "people's-committee", place[1].name, role)
    for match in _NUMBERED.finditer(text):
        title, kind = ("Thuế cơ sở", "bureau")
        if match.group("traffic"):
            title, kind = ("Đội Cảnh sát giao thông số", "police")
        name = f"{title} {match.group('number')}"
        yield match.start(), AgencyMention(match.group(), name, kind, "", "")
    for match in _HEAD.finditer(text):
        if not _is_foreign(text, match.end()):
            body_name, kind = _HEADS[match.group()]
            yield match.start(), AgencyMention(match.group(), body_name, kind, "", match.group())


def _is_foreign(text: str, end: int) -> bool:
    """Return whether a country, or a name that is no Vietnamese one, follows."""
    if _foreign().match(text, end):
        return True
    following = _NEXT_NAME.match(text, end)
    return following is not None and not _is_syllable(following.group(1))


def _is_foreign_name(own: str, text: str, end: int) -> bool:
    """Return whether the own name of an institution, or what follows it, is of another country."""
    if own.strip() == "Việt Nam" or _foreign().match(text, end):
        return True
    first, *_ = own.split()
    last = own.rpartition("-")[2].split()[-1]
    is_named = _foreign_names().fullmatch(own.strip()) is not None
    return "Việt" not in own and (is_named or not (_is_syllable(first) and _is_syllable(last)))


def _is_syllable(word: str) -> bool:
    return word.isupper() or not word.isalpha() or _SYLLABLE.fullmatch(fold(word)) is not None


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
        body = _Body(name, kind.rstrip("*"), kind.endswith("*"), kind.endswith("**"))
        found.update(dict.fromkeys((name, *(others[0].split("|") if others else ())), body))
    return found


@lru_cache(maxsize=2)
def _fields(head: str) -> tuple[str, ...]:
    """Return what may follow the title of who heads a "Bộ" or a "Ban", the longer names first."""
    fields = (n.removeprefix(f"{head} ") for n in _gazetteer() if n.startswith(f"{head} "))
    return tuple(sorted(fields, key=len, reverse=True))


@lru_cache(maxsize=1)
def _institution() -> regex.Pattern[str]:
    """Return the grammar of the names of schools and hospitals; a name never leaves its line."""
    words = "|".join(regex.escape(word) for word in read_entries("institution-words.txt"))
    name = rf"(?!{_ANOTHER_HEAD})(?:(?:{words})(?!\w)|\p{{Lu}}[\w&-]*(?:\.\w+)*)"
    joint = rf"(?:và|-|–)(?=[ ](?!{_ANOTHER_HEAD})\p{{Lu}})"
    rest = rf"(?:{name}|{joint}|\d{{1,3}}(?![-/\d]|\.\d)|(?:tỉnh|trung ương|quốc tế)(?!\w))"
    number = r"(?<=(?:Bệnh viện|BV)[ ])\d[\w-]*"
    return regex.compile(rf"{_HEAD_OF_NAME}(?P<own>[ ](?:{name}|{number})(?:[ ]{rest})*)")


@lru_cache(maxsize=1)
def _countries() -> str:
    lines = read_entries("foreign-names.txt")
    return "|".join(regex.escape(name) for line in lines for name in line.split("|"))


@lru_cache(maxsize=1)
def _foreign() -> regex.Pattern[str]:
    return regex.compile(rf"(?:,\s+Chủ tịch nước)?\s+\(?(?:{_countries()})(?!\w)")


@lru_cache(maxsize=1)
def _foreign_names() -> regex.Pattern[str]:
    telling = "|".join(name for name in _countries().split("|") if not _is_syllable(name))
    return regex.compile(rf"(?:Quốc gia )?(?:{_countries()})|.*[ ](?:{telling})")
