"""What an evaluator of a story rule sees."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.crisis import Assessment
from alerts.signals import StorySignals


@dataclass(frozen=True)
class StoryCase:
    """A story at one moment: its figures, its level, the rules whose query found it."""

    signals: StorySignals
    assessment: Assessment
    matched_rules: frozenset[str]
    is_national: bool
    """Whether the whole country is watched, so that every story is the office's own."""

    @property
    def is_close(self) -> bool:
        """Whether the story touches the office."""
        return self.is_national or self.signals.close_share > 0
