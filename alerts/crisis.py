"""The level of a story: theo dõi (1), chú ý (2), khẩn (3), or 0; pure, with numbers as reasons.

The score is a weighted sum over the story's figures (``resources/story.toml``): how serious its
reports are, how fast it grows, how many outlets carry it. The weights were fitted on weeks of
stories with an editor's level; ADR 0061 and 0140 hold the figures on two other weeks.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from alerts.model import Sensitivity
from alerts.signals import StorySignals

OUTLETS_LEARNED = 4
"""The stream that the weights were fitted on has few outlets: beyond these a story is simply wide,
and an office with fifty sources does not see every story as a crisis."""

SIGN = "sign_"
"""Before a sign's id: the figure that is the share of reports with it."""


@dataclass(frozen=True)
class Assessment:
    """A story's level with the score it stands on and the reasons, each with its number."""

    level: int
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Scale:
    """The weights of the figures and the score at which each level begins."""

    weights: Mapping[str, float]
    bias: float
    levels: Mapping[Sensitivity, tuple[float, float, float]]


def scale_from(data: Mapping[str, object]) -> Scale:
    """Return the scale that the tables of ``story.toml`` describe."""
    weights, levels = data["weights"], data["levels"]
    assert isinstance(weights, dict) and isinstance(levels, dict)
    return Scale(
        {name: float(value) for name, value in weights.items() if name != "bias"},
        float(weights["bias"]),
        {Sensitivity(name): tuple(map(float, row)) for name, row in levels.items()},  # type: ignore[misc]
    )


@cache
def default_scale() -> Scale:
    """Return the scale that ships with the package."""
    text = (files("alerts") / "resources/story.toml").read_text("utf-8")
    return scale_from(tomllib.loads(text))


def figures(signals: StorySignals) -> dict[str, float]:
    """Return the figures that the score weighs, by name; a sign that no report has is absent."""
    count = math.log(signals.document_count)
    reports = signals.press_count or signals.author_count
    return {
        "attention_max": signals.attention_max,
        "attention_top": signals.attention_top,
        "attention_mean": signals.attention_mean,
        "watch_max": signals.watch_max,
        "watch_mean": signals.watch_mean,
        "log_documents": count,
        "log_reports": math.log(max(reports, 1)),
        "watch_by_reports": math.log(max(reports, 1)) * signals.watch_mean,
        "log_outlets": math.log(min(max(signals.outlet_count, 1), OUTLETS_LEARNED)),
        "log_posts": math.log1p(signals.author_count),
        "log_grown_6h": math.log1p(max(signals.grown_6h - 1, 0)),
        "log_grown_24h": math.log1p(max(signals.grown_24h - 1, 0)),
        "negative_share": signals.negative_share,
        "stance_share": signals.negative_stance_share,
        "log_stance": math.log1p(signals.negative_stance_count),
        "lasting": math.log1p(max(signals.age_hours, 0.0) / 24) if count else 0.0,
        "weight": math.log(max(signals.weight_sum, 0.1)),
        "social_first": float(signals.social_first),
        **{SIGN + sign: share for sign, share in signals.sign_shares.items()},
    }


def score(signals: StorySignals, scale: Scale) -> float:
    """Return the log-odds that an editor would say "chú ý" or more."""
    # A misspelt figure is an error; a sign that no report has is none.
    values = {name: 0.0 for name in scale.weights if name.startswith(SIGN)} | figures(signals)
    return scale.bias + sum(weight * values[name] for name, weight in scale.weights.items())


def assess(
    signals: StorySignals, scale: Scale, sensitivity: Sensitivity = Sensitivity.MEDIUM
) -> Assessment:
    """Return the level of a story with its reasons; never decides on who wrote."""
    value = score(signals, scale)
    watch, attention, urgent = scale.levels[sensitivity]
    level = 3 if value >= urgent else 2 if value >= attention else 1 if value >= watch else 0
    if level == 3 and not is_wide(signals):
        level = 2
    return Assessment(level, value, tuple(_reasons(signals)))


def is_wide(signals: StorySignals) -> bool:
    """Return whether a story is more than one outlet's: "khẩn" needs several or many people."""
    return (signals.outlet_count >= 2 and signals.document_count >= 4) or signals.author_count >= 20


def _reasons(signals: StorySignals) -> list[str]:
    reasons = list(signals.reasons[:3])
    outlets = f"{signals.press_count} bài trên {signals.outlet_count} báo"
    press = outlets if signals.press_count else "chưa báo nào đăng"
    posts = f", {signals.post_count} bài đăng mạng xã hội" if signals.post_count else ""
    grown = f"; {signals.grown_6h} tin trong 6 giờ trước khi báo" if signals.grown_6h else ""
    reasons.append(f"{press}{posts}{grown}")
    if signals.negative_stance_count:
        reasons.append(
            f"{signals.negative_stance_count}/{signals.document_count} tin có ý phê bình "
            "cơ quan, dịch vụ công"
        )
    if signals.age_hours >= 24 and signals.document_count > 1:
        reasons.append(f"kéo dài {signals.age_hours / 24:.0f} ngày")
    if signals.close_share:
        reasons.append("liên quan trực tiếp đến địa bàn hoặc cơ quan của đơn vị")
    return reasons
