"""Finds the administrative units that a text names.

A unit is recognised by its kind and name ("xã Hòa Thịnh", "P.Bến Thành", "TP Đà Lạt"), provinces
and former cities by the bare name too. Of several units of one name the context decides: the
district or province named right after, the provinces named anywhere in the text, the province of
the source or the office; where nothing decides, the code is left open. Today's unit is preferred
over the one valid until 30/6/2025 unless the text says "cũ" or names its district.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from langnghe.analysis import PlaceMention
from langnghe.profile import ProfilePlace
from nlp.places.gazetteer import Unit
from nlp.places.names import (
    PREFIXES,
    Words,
    bare,
    by_kind,
    folded,
    older,
    own_names,
    well_known,
)
from nlp.resources import read_words

_FOLDED_PREFIXES = {folded(prefix): kind for prefix, kind in PREFIXES.items()}
_FIRST_OF_PREFIX = frozenset(p.split()[0] for p in (*PREFIXES, *_FOLDED_PREFIXES))
_ABBREVIATIONS = frozenset({"q", "p", "tt", "tx"})
_BARE_KINDS = frozenset({"Thành phố", "Thị xã", "Đặc khu"})
_NEVER_BARE = frozenset({"hồ chí minh"})
_LONGER_NAMES = frozenset({"thái bình dương", "hà nam ninh", "điện biên phủ", "huế thương"})
_NOT_A_PLACE_AFTER = read_words("not-a-place-after.txt")
_SURNAMES = read_words("surnames.txt")
_LOCATIVE = frozenset({"ở", "tại", "từ", "về", "đến", "tới", "qua", "vùng", "quê", "trú", "ngụ"})
_LONGEST_TEAM_NAME = 3
_FORMER = re.compile(r"\s*\(?(?:cũ|trước đây)\b")


@dataclass(frozen=True, slots=True)
class _Found:
    """Units that a span may name; ``after`` is the number of the token that follows it."""

    start: int
    end: int
    candidates: tuple[Unit, ...]
    is_former: bool
    after: int


@dataclass(frozen=True, slots=True)
class _Text:
    """The text in hand and its words."""

    raw: str
    tokens: Words
    is_social: bool

    def gap(self, at: int) -> str:
        """What stands between token ``at`` - 1 and token ``at``."""
        if not 0 < at < len(self.tokens):
            return ""
        return self.raw[self.tokens[at - 1].end : self.tokens[at].start]

    def hit(self, first: int, after: int, candidates: tuple[Unit, ...]) -> _Found:
        start, end = self.tokens[first].start, self.tokens[after - 1].end
        return _Found(start, end, candidates, bool(_FORMER.match(self.raw, end)), after)


class PlaceFinder:
    """Finds units in texts for one office; immutable and safe to share."""

    def __init__(self, places: Sequence[ProfilePlace] = (), home: str = "") -> None:
        self._home = home
        self._own = own_names([replace(p, province=p.province or home) for p in places])

    def load(self) -> None:
        """Read the tables of names now rather than with the first text."""
        by_kind()
        well_known()
        self._first_words  # noqa: B018 - kept once it is asked for

    def find(self, text: str, *, province: str = "", is_social: bool = False) -> list[PlaceMention]:
        """Return the units named in ``text``, each once, in the order of first mention.

        ``province`` is the code of the source's province. In social text names may stand in
        lower case and without accents.
        """
        located = self.locate(text, province=province, is_social=is_social)
        unique = {(m.name, m.code, m.valid_until): m for _, m in reversed(located)}
        return list(reversed(unique.values()))

    def locate(
        self, text: str, *, province: str = "", is_social: bool = False
    ) -> list[tuple[int, PlaceMention]]:
        """Return every mention with the offset of its start, in the order of the text."""
        found = self._scan(_Text(text, Words(text), is_social))
        certain = {
            hit.candidates[0].province
            for hit in found
            if hit.candidates[0].level == "province" or len(hit.candidates) == 1
        }
        hints = [certain, {province}, {self._home}]
        return [(hit.start, _settle(text, hit, found, hints)) for hit in found]

    @cached_property
    def _first_words(self) -> frozenset[str]:
        """The words with which anything that is looked for may begin."""
        own, bares, olders = self._own.first_words, bare().first_words, older().first_words
        return frozenset().union(own, bares, olders, _FIRST_OF_PREFIX)

    def _scan(self, text: _Text) -> list[_Found]:
        found: list[_Found] = []
        first_words, after = self._first_words, 0
        for at, word in enumerate(text.tokens.lowered):
            if word in first_words and at >= after and (hits := self._at(text, at)):
                found += hits
                after = hits[-1].after
        return found

    def _at(self, text: _Text, at: int) -> list[_Found]:
        own = self._own.longest(text.tokens, at, is_social=True)
        if own is not None and (text.is_social or text.tokens[own[0] - 1].is_capital):
            return [text.hit(at, *own)]
        if text.tokens.lowered[at] not in _FIRST_OF_PREFIX:
            return _bare_at(text, at)
        for length in (2, 1):
            prefix = " ".join(text.tokens.lowered[at : at + length])
            kind = PREFIXES.get(prefix) or (text.is_social and _FOLDED_PREFIXES.get(prefix))
            if not kind or at + length >= len(text.tokens):
                continue
            if prefix in _ABBREVIATIONS and not (
                text.is_social or text.tokens.are_capital(at, at + 1)
            ):
                continue
            hits = _named(text, at, at + length, kind)
            if hits:
                return hits
        return _bare_at(text, at)


def _named(text: _Text, start: int, at: int, kind: str) -> list[_Found]:
    """Return the unit named after its kind at token ``at``, and those listed after it."""
    hits: list[_Found] = []
    while at < len(text.tokens):
        named = by_kind()[kind].longest(text.tokens, at, is_social=text.is_social)
        if named is None or (hits and _is_province_name(text, at)):
            break
        hits.append(text.hit(start, *named))
        at = start = named[0]
        if text.gap(at).strip() == "," or _is_and(text, at):
            at = start = at + _is_and(text, at)
        else:
            break
    return hits


def _is_and(text: _Text, at: int) -> bool:
    return at < len(text.tokens) and text.tokens.lowered[at] == "và" and text.gap(at) == " "


def _is_province_name(text: _Text, at: int) -> bool:
    named = bare().longest(text.tokens, at)
    return named is not None and any(unit.level == "province" for unit in named[1])


def _bare_at(text: _Text, at: int) -> list[_Found]:
    past = older().longest(text.tokens, at)
    if past is not None and (hit := text.hit(at, *past)).is_former:
        return [hit]
    named = bare().longest(text.tokens, at, is_social=text.is_social)
    if named is None:
        return []
    after, candidates = named
    name = " ".join(text.tokens.lowered[at:after])
    longer = " ".join(text.tokens.lowered[at : after + 1])
    if name in _NEVER_BARE or longer in _LONGER_NAMES:
        return []
    if _is_in_team_name(text, at):
        return []
    previous = text.tokens[at - 1] if at else None
    if previous is not None and text.gap(at) == " ":
        is_surname = previous.is_capital and previous.word in _SURNAMES
        if is_surname or previous.word in _NOT_A_PLACE_AFTER:
            return []
    is_plain = name in well_known() or any(
        unit.level == "province" or unit.kind in _BARE_KINDS for unit in candidates
    )
    is_placed = previous is not None and previous.word in _LOCATIVE
    is_before_province = text.gap(after).strip() in {",", "("} and _is_province_name(text, after)
    return [text.hit(at, after, candidates)] if is_plain or is_placed or is_before_province else []


def _is_in_team_name(text: _Text, at: int) -> bool:
    """Return whether the name ends the name of a club: "CLB Trường Tươi Đồng Nai"."""
    for back in range(at - 1, max(-1, at - 1 - _LONGEST_TEAM_NAME), -1):
        if text.gap(back + 1) != " ":
            return False
        if text.tokens.lowered[back] == "clb":
            return True
    return False


def _settle(
    text: str, hit: _Found, found: Sequence[_Found], hints: Iterable[set[str]]
) -> PlaceMention:
    chosen = _narrow(hit, found, hints)
    first = chosen[0]
    is_open = len({(unit.code, unit.province) for unit in chosen}) > 1
    until = {unit.valid_until for unit in chosen}
    provinces = {unit.province for unit in chosen}
    return PlaceMention(
        text=text[hit.start : hit.end],
        name=first.called,
        level=first.level,
        code="" if is_open else first.code,
        province=first.province if len(provinces) == 1 else "",
        valid_until=first.valid_until if len(until) == 1 else "",
    )


def _narrow(hit: _Found, found: Sequence[_Found], hints: Iterable[set[str]]) -> tuple[Unit, ...]:
    """Return the candidates that the context leaves, never none."""
    left = hit.candidates
    following = next((other for other in found if 0 <= other.start - hit.end <= 3), None)
    if following is not None:
        districts = [unit for unit in following.candidates if unit.level == "district"]
        # A numbered district is written in full: "Quận 3", but "Bình Thạnh".
        names = {name for unit in districts for name in (unit.name, unit.full_name)}
        by_district = tuple(unit for unit in left if unit.district in names)
        if by_district:
            return by_district
        near = {unit.province for unit in following.candidates if unit.level != "commune"}
        left = tuple(unit for unit in left if unit.province in near) or left
    left = _of_time(left, hit.is_former)
    for provinces in hints:
        if len(left) > 1:
            left = tuple(unit for unit in left if unit.province in provinces) or left
    return left


def _of_time(candidates: tuple[Unit, ...], is_former: bool) -> tuple[Unit, ...]:
    """Return, province by province, today's units or, where asked for, those of before."""
    wanted = {unit.province for unit in candidates if unit.is_current != is_former}
    return tuple(
        unit for unit in candidates if unit.is_current != is_former or unit.province not in wanted
    )
