"""What an element is called (class, id, role), asked once of each name.

A page has some hundred elements and half as many names, of which the next page of the same site
has nearly all; on a page of another site nearly all are new.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_KEPT_NAMES, _KEPT_LENGTH = 5000, 300


class Known(dict[str, T]):
    """What ``test`` answers for a name; the answers for short names are kept, a few thousand."""

    def __init__(self, test: Callable[[str], T]) -> None:
        super().__init__()
        self._test = test

    def __missing__(self, name: str) -> T:
        answer = self._test(name)
        if len(name) <= _KEPT_LENGTH:
            if len(self) >= _KEPT_NAMES:  # names with a number in them fill it up
                self.clear()
            self[name] = answer
        return answer


def holds(pattern: re.Pattern[str], *letters: str) -> Callable[[str], bool]:
    """Return whether a name holds ``pattern``, of which each match has one of ``letters`` in it:
    to look for these takes a quarter of the time, and few names have them."""

    def test(name: str) -> bool:
        lower = name.lower()
        for some in letters:  # any() takes twice as long
            if some in lower:
                return pattern.search(name) is not None
        return False

    return test
