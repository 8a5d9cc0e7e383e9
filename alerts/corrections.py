"""What became of a correction: who carried it, who still carries the claim, how fast. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median


@dataclass(frozen=True)
class Mention:
    """A document that carries the correction, or still asserts the claim."""

    document_id: str
    outlet: str
    published_at: datetime
    is_correction: bool
    is_social: bool = False
    is_gone: bool = False
    """Whether its publisher took it down."""


@dataclass(frozen=True)
class CorrectionReach:
    """How a correction fared; hours count from its own publication.

    ``still_claimed_by`` are the outlets that told the claim, before or after, and nothing since.
    """

    carried_by: tuple[str, ...]
    first_after_hours: float | None
    median_after_hours: float | None
    still_claimed_by: tuple[str, ...]
    claims_after: int
    social_claims_after: int

    @property
    def sentence(self) -> str:
        """The outcome in Vietnamese."""
        if not self.carried_by:
            told = "chưa báo nào đưa đính chính"
        else:
            first = self.first_after_hours or 0.0
            told = f"{len(self.carried_by)} báo đã đưa đính chính, sớm nhất sau {first:.0f} giờ"
        if self.still_claimed_by:
            told += f"; {len(self.still_claimed_by)} báo chưa sửa hoặc gỡ thông tin cũ"
        if self.claims_after:
            told += f"; {self.claims_after} tin vẫn nhắc lại thông tin sau đính chính"
        return told


def reach_of(published_at: datetime, mentions: Iterable[Mention]) -> CorrectionReach:
    """Return how the correction published at ``published_at`` fared.

    An outlet counts as still carrying the claim when its last word on it that still stands is the
    claim, be it from before the correction.
    """
    known = sorted(mentions, key=lambda m: m.published_at)
    carried: dict[str, float] = {}
    last_word: dict[str, bool] = {}
    for mention in known:
        if mention.is_social or mention.is_gone:
            continue
        last_word[mention.outlet] = mention.is_correction
        if mention.is_correction and mention.published_at >= published_at:
            hours = (mention.published_at - published_at) / timedelta(hours=1)
            carried.setdefault(mention.outlet, hours)
    times = sorted(carried.values())
    claims = [m for m in known if not m.is_correction and m.published_at >= published_at]
    return CorrectionReach(
        carried_by=tuple(carried),
        first_after_hours=times[0] if times else None,
        median_after_hours=median(times) if times else None,
        still_claimed_by=tuple(outlet for outlet, is_right in last_word.items() if not is_right),
        claims_after=len(claims),
        social_claims_after=sum(m.is_social for m in claims),
    )
