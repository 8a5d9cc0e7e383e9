"""Charts as plain geometry that a template turns into SVG: no script, no style, a table beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from langnghe.clock import to_local
from ledger.queries import SpreadPoint

_WIDTH, _HEIGHT = 720, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 8, 12, 28
_PLOT_W, _PLOT_H = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
_MOST_LABELS = 9


@dataclass(frozen=True)
class Bar:
    """A rectangle: ``series`` names its colour, ``title`` is what a pointer or a reader is told."""

    x: float
    y: float
    width: float
    height: float
    series: str
    title: str
    url: str = ""


@dataclass(frozen=True)
class Tick:
    """A label on an axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """A drawing of WIDTH x HEIGHT units; ``points`` is a line's path of "x,y" pairs."""

    bars: tuple[Bar, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    points: str = ""
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    right: int = _WIDTH - _RIGHT
    bottom: int = _TOP + _PLOT_H


@dataclass(frozen=True)
class Share:
    """One value's part of a whole; ``start`` and ``percent`` are of 100."""

    value: str
    label: str
    count: int
    start: float
    percent: float


@dataclass(frozen=True)
class Column:
    """One day of a stacked chart: (series, label, count, address of the list behind it)."""

    day: date
    parts: tuple[tuple[str, str, int, str], ...]


def stacked_days(columns: Sequence[Column], width: int = 1320) -> Chart:
    """Return one column per day, its parts stacked in their order, on ``width`` units."""
    top = _nice(max((sum(p[2] for p in c.parts) for c in columns), default=0))
    step = (width - _LEFT - _RIGHT) / max(len(columns), 1)
    bars: list[Bar] = []
    for index, column in enumerate(columns):
        y = float(_TOP + _PLOT_H)
        for series, label, count, url in column.parts:
            if not count:
                continue
            height = _PLOT_H * count / top
            y -= height
            title = f"{column.day:%d/%m}, {label}: {count} tin bài"
            x = _LEFT + index * step + step * 0.15
            bars.append(_bar(x, y, step * 0.7, height, series, title, url))
    every = max(1, -(-len(columns) // (2 * _MOST_LABELS)))
    x_ticks = tuple(
        Tick(round(_LEFT + (i + 0.5) * step, 1), f"{c.day:%d/%m}")
        for i, c in enumerate(columns)
        if i % every == 0
    )
    return Chart(tuple(bars), x_ticks, _y_ticks(top), width=width, right=width - _RIGHT)


def growth_curve(points: Sequence[SpreadPoint]) -> Chart | None:
    """Return articles and posts per hour as bars with the running total as a line."""
    if not points:
        return None
    total = _nice(points[-1].total)
    top = _nice(max(p.articles + p.posts for p in points))
    step = _PLOT_W / len(points)
    bars: list[Bar] = []
    line: list[str] = [f"{_LEFT},{_TOP + _PLOT_H}"] if points[0].total <= top else []
    for index, point in enumerate(points):
        y = float(_TOP + _PLOT_H)
        hour = f"{to_local(point.at):%H giờ %d/%m}"
        for series, label, count in (
            ("main", "báo chí", point.articles),
            ("post", "mạng xã hội", point.posts),
        ):
            if count:
                height = _PLOT_H * count / top
                y -= height
                x = _LEFT + index * step + step * 0.1
                bars.append(_bar(x, y, step * 0.8, height, series, f"{hour}, {label}: {count}", ""))
        line.append(
            f"{_LEFT + (index + 1) * step:.1f},{_TOP + _PLOT_H * (1 - point.total / total):.1f}"
        )
    every = max(1, -(-len(points) // _MOST_LABELS))
    is_long = len(points) > 36
    x_ticks = tuple(
        Tick(
            round(_LEFT + (i + 0.5) * step, 1),
            f"{to_local(p.at):%d/%m}" if is_long else f"{to_local(p.at):%H} giờ",
        )
        for i, p in enumerate(points)
        if i % every == 0
    )
    return Chart(tuple(bars), x_ticks, _y_ticks(top), " ".join(line))


def share(counts: Mapping[str, int], labels: Mapping[str, str]) -> list[Share]:
    """Return the parts of a whole in the order of ``labels``; what is not there is left out."""
    whole = sum(counts.get(value, 0) for value in labels)
    found: list[Share] = []
    start = 0.0
    for value, label in labels.items():
        count = counts.get(value, 0)
        if not count:
            continue
        percent = 100 * count / whole
        found.append(Share(str(value), label, count, round(start, 2), round(percent, 2)))
        start += percent
    return found


def _bar(x: float, y: float, width: float, height: float, series: str, title: str, url: str) -> Bar:
    return Bar(
        round(x, 1), round(y, 1), round(max(width, 0.8), 1), round(height, 1), series, title, url
    )


def _y_ticks(top: int) -> tuple[Tick, ...]:
    marks = (0, top // 2, top) if top >= 2 else (0, top)
    return tuple(
        Tick(round(_TOP + _PLOT_H * (1 - mark / top), 1), f"{mark:,}".replace(",", "."))
        for mark in marks
    )


def _nice(value: int) -> int:
    """Return a round number that is at least ``value`` and even where it is above one."""
    if value <= 4:
        return max(value + value % 2, 2)
    scale = int(10 ** (len(str(value)) - 1))
    for factor in (1, 2, 4, 5, 6, 8, 10):
        if factor * scale >= value:
            return factor * scale
    return 10 * scale
