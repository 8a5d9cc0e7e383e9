"""Trafilatura's own selections, made quicker with the same result.

Half of what trafilatura takes for a page goes into a dozen XPath expressions that ask every element
for words in its class and id: each question is a call from C into Python, and ``.//*`` makes a list
of all nodes first. Here an expression is read once, and for each page the tree is walked once:

1. An element is passed over where no attribute's value can make the condition true. Whether a
   value can is looked up: few values of a page are new.
2. Of those that are left, the whole condition is asked, word for word.

Only the few forms that trafilatura uses are read. An expression of any other form stays as it is,
so that a new release of trafilatura is at worst as slow as before.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import trafilatura.xpaths
from lxml import etree

from crawlers.naming import Known

_Holds = Callable[[etree._Element], bool]
_Test = Callable[[str], Any]
# Which values of which attributes can make a condition true; None where that depends on more.
_Hints = Mapping[str, tuple[_Test, ...]]

_TOKEN = re.compile(r"""\s*('[^']*'|"[^"]*"|\.//|self::|re:test\b|[\w-]+|[@()\[\],|=*])\s*""")


def quicken_trafilatura() -> None:
    """Let trafilatura select quickly in this process; to do it again changes nothing."""
    for paths in vars(trafilatura.xpaths).values():
        if isinstance(paths, list):
            paths[:] = map(quick, paths)
    # By its name in the table of modules: the package has a function of the same name.
    baseline: Any = importlib.import_module("trafilatura.baseline")
    if hasattr(baseline, "BASIC_CLEAN_XPATH"):
        baseline.BASIC_CLEAN_XPATH = quick(baseline.BASIC_CLEAN_XPATH)


def quick(select: Any) -> Any:
    """Return what selects as the XPath ``select`` does; itself where its form is not read here."""
    if not isinstance(select, etree.XPath):
        return select
    try:
        return Selection(select.path, _Reader(select.path).steps())
    except _OtherFormError:
        return select


class _OtherFormError(ValueError):
    """The expression is of a form that is not read here."""


@dataclass(frozen=True, slots=True)
class _Condition:
    """What a predicate asks; ``tag`` where it is nothing but ``self::tag``."""

    holds: _Holds
    hints: _Hints | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """Descendants of some tags (none: all) for which conditions hold; ``first`` says of what only
    the first is taken: "" (all are taken), "parent" or "document"."""

    tags: frozenset[str]
    conditions: tuple[_Condition, ...]
    first: str = ""

    def takes(self, element: etree._Element) -> bool:
        return (not self.tags or element.tag in self.tags) and all(
            condition.holds(element) for condition in self.conditions
        )

    def hints(self) -> _Hints | None:
        """All conditions must hold, so the values that one of them needs are needed."""
        return next((c.hints for c in self.conditions if c.hints is not None), None)


class Selection:
    """Selects what the XPath expression ``path`` does, in the order of the document."""

    def __init__(self, path: str, steps: list[_Step]) -> None:
        self.path = path
        self._steps = steps
        self._first = steps[0].first
        everywhere = any(not step.tags for step in steps)
        self._tags = ("*",) if everywhere else tuple(sorted(set().union(*(s.tags for s in steps))))
        plain = [step for step in steps if not step.conditions]
        self._plain = frozenset[str]().union(*(step.tags for step in plain))
        hints = [step.hints() for step in steps if step.conditions]
        known = [hint for hint in hints if hint is not None]
        if len(known) < len(hints) or any(not step.tags for step in plain):
            raise _OtherFormError("no attribute tells which elements to look at")
        self._looks = {name: Known(_any_of(tests)) for name, tests in _merged(known).items()}

    def __call__(self, tree: etree._Element) -> list[etree._Element]:
        found: list[etree._Element] = []
        plain, looks, first = self._plain, self._looks, self._first
        parents: set[etree._Element | None] = set()
        for element in tree.iterdescendants(*self._tags):
            if plain and element.tag in plain:
                found.append(element)
                continue
            for name, value in element.items():
                if name in looks and looks[name][value]:
                    break
            else:
                continue
            if not any(step.takes(element) for step in self._steps):
                continue
            if first == "document":
                return [element]
            if first == "parent":
                if (parent := element.getparent()) in parents:
                    continue
                parents.add(parent)
            found.append(element)
        return found


class _Reader:
    """Reads ``.//a[…] | .//*[self::a or self::b][… or …]``, ``(.//…)[1]`` and ``.//…[1]``."""

    def __init__(self, path: str) -> None:
        self._tokens: list[str] = []
        place = 0
        while place < len(path):
            if not (match := _TOKEN.match(path, place)):
                raise _OtherFormError(path[place:])
            self._tokens.append(match.group(1))
            place = match.end()
        self._tokens.reverse()

    def steps(self) -> list[_Step]:
        steps = [self._step()]
        while self._skip("|"):
            steps.append(self._step())
        is_alone = len(steps) == 1 and bool(steps[0].conditions)
        if self._tokens or (any(step.first for step in steps) and not is_alone):
            raise _OtherFormError("more than steps")
        return steps

    def _step(self) -> _Step:
        is_enclosed = self._skip("(")
        self._take(".//")
        name = self._next()
        tags = frozenset() if name == "*" else frozenset([name])
        conditions: list[_Condition] = []
        first = ""
        while self._skip("["):
            if self._skip("1"):
                first = "parent"
                self._take("]")
                break
            condition = self._any_of()
            self._take("]")
            named = frozenset(condition.tag.split())
            if named and not tags and not conditions:
                tags = named
            else:
                conditions.append(condition)
        if is_enclosed:
            for token in (")", "[", "1", "]"):
                self._take(token)
            first = "document" if not first else self._other("first of firsts")
        return _Step(tags, tuple(conditions), first)

    def _any_of(self) -> _Condition:
        parts = [self._condition()]
        while self._skip("or"):
            parts.append(self._condition())
        if len(parts) == 1:
            return parts[0]
        known = [part.hints for part in parts if part.hints is not None]
        return _Condition(
            lambda element: any(part.holds(element) for part in parts),
            _merged(known) if len(known) == len(parts) else None,
            " ".join(part.tag for part in parts) if all(part.tag for part in parts) else "",
        )

    def _condition(self) -> _Condition:
        token = self._next()
        if token == "self::":  # noqa: S105 - of an expression
            tag = self._next()
            return _Condition(lambda element: element.tag == tag, tag=tag)
        if token == ".//":  # noqa: S105
            name = self._next()
            return _Condition(lambda element: next(element.iterdescendants(name), None) is not None)
        if token == "@":  # noqa: S105
            return self._of_attribute(self._next())
        self._take("(")
        if token == "not":  # noqa: S105
            inner = self._any_of()
            self._take(")")
            return _Condition(lambda element: not inner.holds(element))
        return self._of_function(token)

    def _of_attribute(self, name: str) -> _Condition:
        if not self._skip("="):
            return _Condition(lambda element: name in element.attrib, {name: (lambda _: True,)})
        wanted = self._string()
        return _Condition(
            lambda element: element.get(name) == wanted, {name: (lambda value: value == wanted,)}
        )

    def _of_function(self, function: str) -> _Condition:
        """Of several attributes (``@id|@class``) XPath asks the one that is written first."""
        names, table = self._argument()
        self._take(",")
        text = self._string()
        flags = self._string() if self._skip(",") else ""
        self._take(")")
        plain_test = _test(function, text, flags)
        test: _Test = (lambda value: plain_test(value.translate(table))) if table else plain_test
        if test(""):
            raise _OtherFormError("holds for elements without the attribute")

        def holds(element: etree._Element) -> bool:
            name = next((name for name in element.keys() if name in names), None)  # noqa: SIM118
            return name is not None and bool(test(element.get(name, "")))

        return _Condition(holds, dict.fromkeys(names, (test,)))

    def _argument(self) -> tuple[tuple[str, ...], dict[int, int] | None]:
        """Return the attributes, and the letters that are exchanged before the test."""
        if self._skip("translate"):
            self._take("(")
            self._take("@")
            name = self._next()
            self._take(",")
            old = self._string()
            self._take(",")
            new = self._string()
            self._take(")")
            if len(old) != len(new):
                raise _OtherFormError("letters are left out")
            return (name,), str.maketrans(old, new)
        names: list[str] = []
        while not names or self._skip("|"):
            self._take("@")
            names.append(self._next())
        return tuple(names), None

    def _string(self) -> str:
        token = self._next()
        return token[1:-1] if token[0] in "'\"" else self._other(token)

    def _next(self) -> str:
        return self._tokens.pop() if self._tokens else self._other("the end")

    def _skip(self, token: str) -> bool:
        if self._tokens and self._tokens[-1] == token:
            self._tokens.pop()
            return True
        return False

    def _take(self, token: str) -> None:
        if not self._skip(token):
            self._other(f"not {token}")

    def _other(self, what: str) -> Any:
        raise _OtherFormError(what)


def _test(function: str, text: str, flags: str) -> _Test:
    if function == "contains":
        return lambda value: text in value
    if function == "starts-with":
        return lambda value: value.startswith(text)
    if function == "re:test" and flags in ("", "i"):
        return re.compile(text, re.IGNORECASE if flags else 0).search
    raise _OtherFormError(function)


def _any_of(tests: tuple[_Test, ...]) -> _Test:
    """Return whether a value of one attribute can make a condition true."""
    if len(tests) == 1:
        return tests[0]

    def any_of(value: str) -> Any:
        for test in tests:  # any() takes twice as long
            if found := test(value):
                return found
        return False

    return any_of


def _merged(hints: list[_Hints]) -> _Hints:
    names = dict.fromkeys(name for hint in hints for name in hint)
    return {name: tuple(test for hint in hints for test in hint.get(name, ())) for name in names}
