"""Says of a unit's bare name that it is one of before: "huyện Cần Giờ (trước 01/7/2025)"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from functools import lru_cache

from langnghe.wording import before_note
from nlp.places.gazetteer import older_units, units


def dated_name(name: str, own: Collection[str] = ()) -> str:
    """Return ``name`` as a mention calls a unit, with its date where no unit of today bears it;
    ``own`` are the office's communes, which are units of today."""
    until = "" if name in own else _last_days().get(name.lower(), "")
    return f"{name} ({before_note(until)})" if until else name


@lru_cache(maxsize=1)
def _last_days() -> dict[str, str]:
    """Return the last day of each name that only units of before bear; the latest of several."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for unit in (*units(), *older_units()):
        name = unit.name if unit.level == "province" else unit.full_name
        found[name.lower()].add(unit.valid_until)
    return {name: max(days) for name, days in found.items() if "" not in days}
