"""Frozen dataclasses as plain data for files of ours, both ways; unknown fields are left out."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

_AS_IT_IS = frozenset({str, int, float, bool, type(None)})


def to_plain(value: Any) -> Any:
    """Return ``value`` as what JSON holds; times as ISO 8601, members by their value."""
    if type(value) in _AS_IT_IS:  # by far the most, so asked first
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [to_plain(part) for part in value]
    return value


def from_plain(kind: Callable[..., T], data: Mapping[str, Any]) -> T:
    """Return the ``kind`` that ``data`` tells; a field it lacks keeps its default.

    Raises TypeError, ValueError or KeyError for what is no such data.
    """
    hints = _hints(kind)
    return kind(**{name: _read(hints[name], data[name]) for name in hints if name in data})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _read(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return _read(next(k for k in typing.get_args(kind) if k is not type(None)), value)
    if typing.get_origin(kind) is tuple:
        first, *others = typing.get_args(kind)
        if others == [...]:
            return tuple(_read(first, part) for part in value)
        return tuple(_read(k, part) for k, part in zip((first, *others), value, strict=True))
    if kind is datetime or kind is date:
        return kind.fromisoformat(value)
    if isinstance(kind, type) and is_dataclass(kind):
        return from_plain(kind, value)
    return kind(value)
