"""Which unit somebody means who types its name: "Lam Thành" → "phường Lam Thành"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from langnghe.profile import Profile
from langnghe.text import normalize, unmarked
from nlp.places.gazetteer import Unit, aliases, older_units, units
from nlp.places.names import PREFIXES, folded, key_of, own_names

_NEAREST = 4
_Names = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class TypedPlace:
    """The name by which mentions call the unit, "" where none or several bear what was typed;
    then ``nearest`` are the names that may be meant."""

    name: str
    nearest: tuple[str, ...] = ()


def typed_place(typed: str, profile: Profile) -> TypedPlace:
    """Return the unit that ``typed`` means: by its full or bare name, a short form ("P. Lam Thành")
    or its code, with its marks or without any. The office's own units go before the others of
    today, and these before those of earlier days."""
    key = _key(typed)
    plain = folded(key) if unmarked(typed) == typed else ""
    tables = (_own(profile), *_everywhere())
    for table in tables:
        found = table.get(key) or (table.get(f"~{plain}", ()) if plain else ())
        if found:
            return TypedPlace(found[0]) if len(found) == 1 else TypedPlace("", found[:_NEAREST])
    near: list[str] = []
    for table in tables[:2]:
        keys = [known for known in table if known.startswith("~")]
        for close in get_close_matches(f"~{folded(key)}", keys, n=_NEAREST, cutoff=0.75):
            near += table[close]
    return TypedPlace("", tuple(dict.fromkeys(near))[:_NEAREST])


def _key(typed: str) -> str:
    key = key_of(normalize(typed))
    kind, _, rest = key.partition(" ")
    return f"{PREFIXES[kind].lower()} {rest}" if kind in PREFIXES and rest else key


def _own(profile: Profile) -> _Names:
    home = [u for u in _of_today() if profile.province and u.province == profile.province]
    kinded = ((name, name.partition(" ")) for name in profile.communes)
    named = [(name, name) for name in profile.communes]
    named += [(rest, name) for name, (kind, _, rest) in kinded if kind.lower() in PREFIXES and rest]
    table = own_names(profile.places)
    named += [(key, unit.called) for key, found in table.exact.items() for unit in found]
    return _table([*named, *_spelled(home)])


@lru_cache(maxsize=1)
def _everywhere() -> tuple[_Names, _Names]:
    """Return the names of the units of today, and of those of before."""
    today = _of_today()
    by_name = {(unit.level, unit.name): unit.called for unit in today}
    other = [(a, by_name[level, name]) for a, level, name in aliases() if (level, name) in by_name]
    before = [unit for unit in (*units(), *older_units()) if not unit.is_current]
    return _table([*_spelled(today), *other]), _table(_spelled(before))


def _of_today() -> list[Unit]:
    return [unit for unit in units() if unit.is_current]


def _spelled(known: Iterable[Unit]) -> list[tuple[str, str]]:
    return [
        (spelling, unit.called)
        for unit in known
        for spelling in (unit.full_name, unit.name, unit.code)
        if spelling
    ]


def _table(named: Iterable[tuple[str, str]]) -> _Names:
    """Return the names by the key of each spelling, and by "~" and its key without marks."""
    found: dict[str, dict[str, None]] = {}
    for spelling, name in named:
        key = key_of(normalize(spelling))
        for each in (key, f"~{folded(key)}"):
            found.setdefault(each, {})[name] = None
    return {key: tuple(names) for key, names in found.items()}
