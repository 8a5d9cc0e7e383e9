"""Small charts as PNG, which every mail program shows."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reports.digest import DayVolume

_INK, _MUTED, _TOTAL, _NEGATIVE = "#1f2937", "#6b7280", "#93b4d8", "#c2410c"
_ALL_NAMED = 7


def volume_chart(days: Sequence[DayVolume]) -> bytes:
    """Return a PNG of documents and negative ones a day, legible on a phone at 300 pixels too."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(4.2, 1.6), dpi=200, facecolor="white")
    axes = figure.add_axes((0.09, 0.17, 0.9, 0.68))
    positions = range(len(days))
    axes.bar(positions, [d.total for d in days], color=_TOTAL, width=0.7, label="Tất cả")
    axes.bar(positions, [d.negative for d in days], color=_NEGATIVE, width=0.7, label="Tiêu cực")
    # The last day is always named; half of the others, so that the names can be larger.
    named = [n for n in positions if (len(days) - 1 - n) % 2 == 0 or len(days) <= _ALL_NAMED]
    axes.set_xticks(named, [days[n].label for n in named], fontsize=8, color=_MUTED)
    axes.tick_params(axis="y", labelsize=8, colors=_MUTED, length=0)
    axes.tick_params(axis="x", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#d1d5db")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    figure.legend(
        loc="upper right", ncols=2, fontsize=8, frameon=False, labelcolor=_INK, borderaxespad=0.2
    )
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def chart_alt(days: Sequence[DayVolume]) -> str:
    """Return the chart in words, for those who do not see it."""
    if not days:
        return "Chưa có số liệu theo ngày."
    told = "; ".join(f"{d.label}: {d.total} tin, {d.negative} tiêu cực" for d in days[-7:])
    return f"Số tin bài theo ngày. {told}."
