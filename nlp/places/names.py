"""Tables of unit names: which units bear a name, as it stands in press or social text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, KeysView, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from langnghe.profile import ProfilePlace
from langnghe.text import fold
from nlp.places.gazetteer import Unit, aliases, older_units, units
from nlp.resources import read_entries

TOKEN = re.compile(r"[^\W_]+")
PREFIXES: dict[str, str] = {
    "tỉnh": "Tỉnh",
    "thành phố": "Thành phố",
    "tp": "Thành phố",
    "quận": "Quận",
    "q": "Quận",
    "huyện": "Huyện",
    "huyện đảo": "Huyện",
    "thị xã": "Thị xã",
    "tx": "Thị xã",
    "thị trấn": "Thị trấn",
    "tt": "Thị trấn",
    "phường": "Phường",
    "p": "Phường",
    "xã": "Xã",
    "đặc khu": "Đặc khu",
}


class Word(NamedTuple):
    """A word in lower case, its offsets, and whether it begins with a capital or a digit."""

    word: str
    start: int
    end: int
    is_capital: bool


class Words:
    """The words of a text without any punctuation: "TP.HCM" is two words.

    A page has a thousand, of which few stand near a name, so that the others stay what one pass in
    C makes of them; where words stand is found once somebody asks.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._written: list[str] = TOKEN.findall(text)
        self.lowered = list(map(str.lower, self._written))

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        return [match.span() for match in TOKEN.finditer(self._text)]

    def __len__(self) -> int:
        return len(self.lowered)

    def __getitem__(self, at: int) -> Word:
        return Word(self.lowered[at], *self._spans[at], not self._written[at][0].islower())

    def are_capital(self, start: int, end: int) -> bool:
        """Whether each word from ``start`` to before ``end`` begins with a capital or a digit."""
        return not any(word[0].islower() for word in self._written[start:end])


def key_of(name: str) -> str:
    """Return the form in which names are looked up."""
    return " ".join(TOKEN.findall(name.lower()))


def folded(key: str) -> str:
    """Return a key without accents."""
    return " ".join(fold(word) for word in key.split())


@dataclass
class NameTable:
    """Units by name; social text is also matched in lower case and without accents.

    A name that equals everyday words ("hòa bình") is matched with its capitals and accents only.
    """

    exact: dict[str, tuple[Unit, ...]] = field(default_factory=dict)
    unmarked: dict[str, tuple[Unit, ...]] = field(default_factory=dict)
    _lengths: dict[str, int] = field(default_factory=dict)
    """The most words of a name that begins with this word, so that most words cost one look."""

    def add(self, key: str, found: Iterable[Unit]) -> None:
        """Let ``key`` name the units too."""
        self.exact[key] = tuple(dict.fromkeys((*self.exact.get(key, ()), *found)))
        self._note_length(key)
        plain = folded(key)
        if " " in plain and plain not in everyday():
            self.unmarked[plain] = tuple(
                dict.fromkeys((*self.unmarked.get(plain, ()), *self.exact[key]))
            )
            self._note_length(plain)

    def _note_length(self, key: str) -> None:
        first, length = key.partition(" ")[0], key.count(" ") + 1
        self._lengths[first] = max(length, self._lengths.get(first, 0))

    @property
    def first_words(self) -> KeysView[str]:
        """The words with which a name of the table may begin."""
        return self._lengths.keys()

    def longest(
        self, tokens: Words, at: int, *, is_social: bool = False
    ) -> tuple[int, tuple[Unit, ...]] | None:
        """Return (token after it, units) of the longest name that starts at token ``at``."""
        longest = self._lengths.get(tokens.lowered[at])
        if longest is None or not (is_social or tokens.are_capital(at, at + 1)):
            return None
        for end in range(min(len(tokens), at + longest), at, -1):
            key = " ".join(tokens.lowered[at:end])
            found = self.exact.get(key)
            if found and (
                tokens.are_capital(at, end) or (is_social and folded(key) not in everyday())
            ):
                return end, found
            if is_social and key.isascii() and key in self.unmarked:
                return end, self.unmarked[key]
        return None


@lru_cache(maxsize=1)
def everyday() -> frozenset[str]:
    """Return the names (without accents) that everyday words equal."""
    return frozenset(read_entries("everyday-names.txt"))


@lru_cache(maxsize=1)
def by_kind() -> dict[str, NameTable]:
    """Return the units by kind ("Xã", "Phường" …) and name."""
    tables = {kind: NameTable() for kind in PREFIXES.values()}
    for unit in (*units(), *older_units()):
        if unit.kind in tables:
            tables[unit.kind].add(key_of(unit.name), [unit])
    return tables


@lru_cache(maxsize=1)
def well_known() -> frozenset[str]:
    """Return the bare names that need no context, by the table of other names in use."""
    return frozenset(key_of(alias) for alias, _, _ in aliases())


@lru_cache(maxsize=1)
def older() -> NameTable:
    """Return the provinces of before 2025, which a bare name means only with "cũ" after it."""
    table = NameTable()
    for unit in older_units():
        table.add(key_of(unit.name), [unit])
    return table


@lru_cache(maxsize=1)
def bare() -> NameTable:
    """Return the units that are recognised by the bare name.

    These are provinces, special zones, the other names in use, and districts whose name of two
    or more syllables no other unit of that level has.
    """
    table = NameTable()
    for unit in units():
        if unit.level == "province" or unit.kind == "Đặc khu":
            table.add(key_of(unit.name), [unit])
    for alias, level, name in aliases():
        named = [unit for unit in units() if unit.level == level and unit.name == name]
        table.add(key_of(alias), named)
    districts = [unit for unit in units() if unit.level == "district"]
    bearers = Counter(unit.name for unit in districts)
    for unit in districts:
        key = key_of(unit.name)
        if " " in key and bearers[unit.name] == 1 and key not in table.exact:
            table.add(key, [unit])
    return table


def own_names(places: Sequence[ProfilePlace]) -> NameTable:
    """Return the table of an office's own units, old names and quarters."""
    table = NameTable()
    for place in places:
        kind, _, rest = place.name.partition(" ")
        is_kinded = kind.lower() in PREFIXES and bool(rest)
        unit = Unit(
            place.code,
            place.level,
            kind.capitalize() if is_kinded else "",
            rest if is_kinded else place.name,
            place.province,
        )
        is_telling = " " in unit.name and folded(key_of(unit.name)) not in everyday()
        for name in (place.name, *place.aliases, *((unit.name,) if is_telling else ())):
            table.add(key_of(name), [unit])
    return table
