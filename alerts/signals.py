"""What is known of a story at one moment: the state that grows with each report, and its figures.

:class:`StoryState` is the engine's own memory, rebuilt from the ledger after a restart;
:class:`StorySignals` is the frozen view on which every decision stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.model import Alert, Headline
from alerts.severity import Seriousness
from langnghe.analysis import AnalysedDocument, Stance, Tone


@dataclass(frozen=True, slots=True)
class Report:
    """One document of a story, with all that decisions need and nothing about its author."""

    document_id: str
    seen_at: datetime
    published_at: datetime
    outlet: str
    outlet_kind: str
    title: str
    url: str
    is_social: bool
    weight: float
    tone: str
    stance: str
    topic: str
    seriousness: Seriousness
    is_close: bool
    places: tuple[str, ...] = ()
    claim_ids: tuple[str, ...] = ()
    reach: int = 0
    author_key: str = ""
    near: str = ""
    near_score: float = 1.0


def report_of(
    item: AnalysedDocument, seen_at: datetime, seriousness: Seriousness, is_close: bool
) -> Report:
    """Return the report of ``item``; future publication times are clamped to ``seen_at``."""
    doc, analysis = item.document, item.analysis
    return Report(
        document_id=doc.id,
        seen_at=seen_at,
        published_at=min(doc.published_at, seen_at),
        outlet=doc.outlet,
        outlet_kind=doc.outlet_kind,
        title=doc.title or doc.parent_title or doc.text[:80],
        url=doc.url,
        is_social=doc.kind.is_social,
        weight=doc.weight,
        tone=analysis.value_of("tone") if analysis else "",
        stance=analysis.value_of("stance") if analysis else "",
        topic=analysis.value_of("topic") if analysis else "",
        seriousness=seriousness,
        is_close=is_close,
        places=tuple(dict.fromkeys(p.name for p in analysis.places)) if analysis else (),
        claim_ids=item.claim_ids,
        reach=doc.reach or 0,
        author_key=doc.author_key,
    )


@dataclass
class StoryState:
    """A story's reports in order of arrival, and the alert that it already has."""

    id: str
    reports: list[Report] = field(default_factory=list)
    matched_rules: set[str] = field(default_factory=set)
    level: int = 0
    alert_id: str = ""
    rule_id: str = ""
    alerted_at: datetime | None = None
    told_at: datetime | None = None
    told_count: int = 0

    @property
    def first_report_at(self) -> datetime:
        """When the earliest report was published."""
        return min(report.published_at for report in self.reports)

    @property
    def last_seen_at(self) -> datetime:
        """When the latest report reached us."""
        return self.reports[-1].seen_at

    def take_over(self, alert: Alert) -> None:
        """Stand under ``alert`` from now on."""
        if alert.id != self.alert_id:
            self.alerted_at = alert.opened_at
        self.level, self.alert_id, self.rule_id = alert.level, alert.id, alert.rule_id
        self.told_at = alert.told_at or alert.opened_at
        self.told_count = len(alert.document_ids)

    def absorb(self, other: StoryState) -> None:
        """Take over the reports and the alert of ``other``, which ceases to be."""
        self.reports = sorted([*other.reports, *self.reports], key=lambda r: r.seen_at)
        self.matched_rules |= other.matched_rules
        if other.level > self.level or (other.level and not self.level):
            self.level, self.alert_id, self.rule_id = other.level, other.alert_id, other.rule_id
            self.alerted_at, self.told_at = other.alerted_at, other.told_at
            self.told_count = other.told_count


@dataclass(frozen=True)
class StorySignals:
    """The figures of a story at ``at``; hours and counts, shares from 0 to 1."""

    story_id: str
    at: datetime
    first_report_at: datetime
    document_count: int
    press_count: int
    post_count: int
    outlet_count: int
    author_count: int
    weight_sum: float
    grown_6h: int
    grown_24h: int
    age_hours: float
    negative_share: float
    negative_stance_count: int
    negative_stance_share: float
    close_share: float
    watch_max: float
    attention_max: float
    attention_top: float
    watch_mean: float
    attention_mean: float
    reach: int
    outlet_kinds: frozenset[str]
    social_first: bool
    topic: str
    places: tuple[str, ...]
    claim_ids: tuple[str, ...]
    signs: tuple[str, ...]
    reasons: tuple[str, ...]
    sign_shares: Mapping[str, float] = field(default_factory=dict)
    """In what share of the judged reports each sign of seriousness was found."""


def signals_of(state: StoryState, now: datetime) -> StorySignals:
    """Return the figures of ``state`` at ``now``."""
    reports = state.reports
    press = [r for r in reports if not r.is_social]
    hostile = [r for r in reports if r.stance == Stance.NEGATIVE]
    # Seriousness was learned from the press; comments under its articles do not outbid them.
    judged = press or reports
    top = sorted((r.seriousness.attention for r in judged), reverse=True)[:3]
    strongest = max(judged, key=lambda r: r.seriousness.attention)
    first_press = min((r.seen_at for r in press), default=None)
    first_post = min((r.seen_at for r in reports if r.is_social), default=None)
    return StorySignals(
        story_id=state.id,
        at=now,
        first_report_at=state.first_report_at,
        document_count=len(reports),
        press_count=len(press),
        post_count=len(reports) - len(press),
        outlet_count=len({r.outlet for r in press}),
        author_count=len({r.author_key or r.document_id for r in reports if r.is_social}),
        weight_sum=sum(_heaviest_by_outlet(press).values()),
        grown_6h=_since(reports, now - timedelta(hours=6)),
        grown_24h=_since(reports, now - timedelta(hours=24)),
        age_hours=(now - state.first_report_at) / timedelta(hours=1),
        negative_share=sum(r.tone == Tone.NEGATIVE for r in reports) / len(reports),
        negative_stance_count=len(hostile),
        negative_stance_share=len(hostile) / len(reports),
        close_share=sum(r.is_close for r in reports) / len(reports),
        watch_max=max(r.seriousness.watch for r in judged),
        attention_max=top[0],
        attention_top=sum(top) / len(top),
        watch_mean=sum(r.seriousness.watch for r in judged) / len(judged),
        attention_mean=sum(r.seriousness.attention for r in judged) / len(judged),
        reach=sum(r.reach for r in reports),
        outlet_kinds=frozenset(r.outlet_kind for r in press if r.outlet_kind),
        social_first=bool(first_press and first_post and first_post < first_press),
        topic=_commonest(r.topic for r in reports),
        places=tuple(p for p, _ in Counter(p for r in reports for p in r.places).most_common(4)),
        claim_ids=tuple(sorted({c for r in reports for c in r.claim_ids})),
        signs=strongest.seriousness.signs,
        reasons=strongest.seriousness.reasons,
        sign_shares={
            sign: count / len(judged)
            for sign, count in Counter(
                sign for report in judged for sign in report.seriousness.signs
            ).items()
        },
    )


def headlines_of(state: StoryState, limit: int = 3) -> tuple[Headline, ...]:
    """Return sample headlines: each outlet's most serious press report first, posts last."""
    chosen: dict[str, Report] = {}
    for report in sorted(
        state.reports, key=lambda r: (r.is_social, -r.seriousness.attention, r.seen_at)
    ):
        chosen.setdefault(report.outlet, report)
    return tuple(
        Headline(r.title, r.outlet, r.url, r.published_at) for r in list(chosen.values())[:limit]
    )


def _heaviest_by_outlet(press: Iterable[Report]) -> dict[str, float]:
    heaviest: dict[str, float] = {}
    for report in press:
        heaviest[report.outlet] = max(heaviest.get(report.outlet, 0.0), report.weight)
    return heaviest


def _since(reports: Iterable[Report], start: datetime) -> int:
    return sum(report.seen_at > start for report in reports)


def _commonest(values: Iterable[str]) -> str:
    counts = Counter(value for value in values if value)
    return counts.most_common(1)[0][0] if counts else ""
