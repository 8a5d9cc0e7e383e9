"""A digest: one page that a leader reads in a minute, decided from facts, never invented.

:mod:`reports.periods` says which period is due, ``build_digest`` chooses and words, and
:mod:`reports.render` makes the mail. All pure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from langnghe.analysis import Stance, Tone
from langnghe.clock import to_local
from langnghe.story import Story
from reports.periods import Period

TOP_STORIES = 3
_USUAL_MARGIN = 0.25


@dataclass(frozen=True)
class Headline:
    """A sample of a story: headline, outlet, time and link; never the text."""

    title: str
    outlet: str
    url: str
    published_at: datetime


@dataclass(frozen=True)
class StoryFacts:
    """A story of the period: what is known of it, and its counts within the period.

    ``new_outlets`` are those of articles; ``new_posts`` what was written on social networks.
    """

    story: Story
    new_count: int
    url: str
    new_posts: int = 0
    new_outlets: int = 0
    headlines: tuple[Headline, ...] = ()
    alert_level: int = 0
    reasons: tuple[str, ...] = ()
    department: str = ""


@dataclass(frozen=True)
class CrisisFacts:
    """A crisis that a person declared, running at the period's end or ended within it."""

    title: str
    url: str
    declared_at: datetime
    ends_at: datetime
    is_over: bool
    grouped: int

    @property
    def sentence(self) -> str:
        """How it stands, in Vietnamese."""
        end = f"{to_local(self.ends_at):%H:%M %d/%m}"
        until = f"đã kết thúc lúc {end}" if self.is_over else f"đang mở, tới {end}"
        since = f"Khai báo lúc {to_local(self.declared_at):%H:%M %d/%m}"
        return f"{since}, {until}; {self.grouped} cảnh báo được gộp."


@dataclass(frozen=True)
class DayVolume:
    """One local day's documents for the chart; ``label`` is like "20/11"."""

    label: str
    total: int
    negative: int


@dataclass(frozen=True)
class TopicFacts:
    """How many documents of the period one of the office's own topics finds."""

    name: str
    count: int
    url: str


@dataclass(frozen=True)
class DigestFacts:
    """All that a digest stands on; every count has the frozen list behind it in ``links``.

    ``usual_total`` is the median of the same length of time on the previous days, None while
    there is too little history to say what is usual. ``feedback_asked_often`` are those of the
    waiting matters that many ask about: an early sign. ``clocks_running`` is None for a reader who
    sees no clocks.
    """

    office: str
    period: Period
    total: int
    articles: int
    posts: int
    tones: Mapping[str, int]
    critical: int
    stories: tuple[StoryFacts, ...]
    days: tuple[DayVolume, ...]
    usual_total: float | None
    open_alerts: int
    feedback_waiting: int
    feedback_asked_often: int
    claims_waiting: int
    clocks_running: int | None
    sources_total: int
    sources_silent: int
    sources_untried: int
    links: Mapping[str, str]
    interest: str = ""
    """What the reader chose to read of, in words; "" = everything."""
    crises: tuple[CrisisFacts, ...] = ()
    topics: tuple[TopicFacts, ...] = ()
    """The office's own topics of which the period holds something."""


@dataclass(frozen=True)
class StoryWords:
    """What the analyst wrote of a top story ("" = the machine's words stand).

    ``what`` stands before the figures, which no word replaces.
    """

    what: str = ""
    why: str = ""
    action: str = ""


AS_WRITTEN = StoryWords()


@dataclass(frozen=True)
class TopStory:
    """A story as the digest tells it: what, why it matters, what is suggested.

    ``figures`` are counted, never written; ``is_edited``: a person wrote some of the words.
    """

    story_id: str
    title: str
    what: str
    figures: str
    why: str
    action: str
    level: int
    url: str
    headlines: tuple[Headline, ...]
    is_edited: bool = False


@dataclass(frozen=True)
class Digest:
    """A digest ready to be rendered."""

    subject: str
    title: str
    facts: DigestFacts
    volume_sentence: str
    coverage_sentence: str
    top: tuple[TopStory, ...]
    others: tuple[StoryFacts, ...]
    is_quiet: bool
    remark: str = ""


def build_digest(
    facts: DigestFacts,
    *,
    remark: str = "",
    story_order: Sequence[str] = (),
    words: Mapping[str, StoryWords] | None = None,
) -> Digest:
    """Choose at most three top stories and word the digest; says plainly when there is nothing.

    ``remark``, ``story_order`` and ``words`` (by story) are the analyst's: named stories come
    first, in that order.
    """
    wished = {story_id: place for place, story_id in enumerate(story_order)}
    ranked = sorted(
        facts.stories,
        key=lambda s: (
            wished.get(s.story.id, len(wished)),
            -_weight(s),
            s.story.first_report_at,
            s.story.id,
        ),
    )
    notable = [s for s in ranked if s.story.id in wished or _is_notable(s)]
    written = words or {}
    top = tuple(_tell(s, written.get(s.story.id, AS_WRITTEN)) for s in notable[:TOP_STORIES])
    shown = {s.story.id for s in notable[:TOP_STORIES]}
    others = tuple(s for s in ranked if s.story.id not in shown)[:8]
    title = _title(facts.period)
    running = [crisis.title for crisis in facts.crises if not crisis.is_over]
    lead = top[0].title if top else "không có gì đáng kể"
    if running:
        lead = f"khủng hoảng {running[0]}"
    return Digest(
        subject=f"{title}: {lead}",
        title=title,
        facts=facts,
        volume_sentence=_volume_sentence(facts),
        coverage_sentence=_coverage_sentence(facts),
        top=top,
        others=others,
        is_quiet=not (top or running),
        remark=remark,
    )


def _title(period: Period) -> str:
    end = to_local(period.end_at)
    hour = f"{end:%H giờ}" + (f" {end:%M}" if end.minute else "")
    if period.kind == "weekly":
        return f"{period.digest.title} {to_local(period.start_at):%d/%m} – {end:%d/%m/%Y}"
    return f"{period.digest.title} {hour}, ngày {end:%d/%m/%Y}"


def _weight(facts: StoryFacts) -> float:
    story = facts.story
    critical = story.negative_stance_count / max(story.document_count, 1)
    size = math.sqrt(min(facts.new_count, 60))
    return float(facts.alert_level * 10 + size * (1 + critical) + min(story.outlet_count, 6))


def _is_notable(facts: StoryFacts) -> bool:
    return facts.alert_level > 0 or facts.new_count >= 4 or facts.story.outlet_count >= 3


def _tell(facts: StoryFacts, words: StoryWords) -> TopStory:
    story = facts.story
    articles = facts.new_count - facts.new_posts
    parts = [f"{articles} bài của {facts.new_outlets} nguồn"] if articles else []
    parts += [f"{facts.new_posts} ý kiến trên mạng xã hội"] if facts.new_posts else []
    figures = (
        f"{facts.new_count} tin bài trong kỳ ({', '.join(parts)}); "
        f"tin đầu tiên lúc {to_local(story.first_report_at):%H:%M ngày %d/%m}."
    )
    return TopStory(
        story_id=story.id,
        title=story.title,
        what=_sentence(words.what),
        figures=figures,
        why=_sentence(words.why) or _why(facts),
        action=_sentence(words.action) or _action(facts),
        level=facts.alert_level,
        url=facts.url,
        headlines=facts.headlines[:3],
        is_edited=words != AS_WRITTEN,
    )


def _sentence(words: str) -> str:
    """Return a person's words with a full stop, for figures stand behind them on one line."""
    return words if not words or words[-1] in ".!?…" else words + "."


def _why(facts: StoryFacts) -> str:
    if facts.reasons:
        said = "; ".join(facts.reasons[:2]).rstrip(".") + "."
        return said[0].upper() + said[1:]
    story = facts.story
    if story.negative_stance_count:
        return (
            f"{story.negative_stance_count} trong {story.document_count} tin bài nêu ý phê bình "
            "hoặc phản ánh với cơ quan nhà nước."
        )
    if story.tone == Tone.POSITIVE:
        return "Dư luận tích cực, có thể lan tỏa."
    if not story.outlet_count:
        return "Nhiều ý kiến trên mạng xã hội, chưa báo nào đưa."
    return f"Được {story.outlet_count} nguồn quan tâm."


def _action(facts: StoryFacts) -> str:
    story = facts.story
    owner = facts.department or "đơn vị phụ trách"
    share = story.negative_stance_count / max(story.document_count, 1)
    if facts.alert_level >= 3:
        return f"Đề nghị {owner} báo cáo ngay và chuẩn bị phát ngôn chính thức."
    if facts.alert_level == 2 or share >= 0.3:
        return f"Đề nghị {owner} kiểm tra, trả lời những điều người dân và báo chí hỏi."
    if story.tone == Tone.POSITIVE or story.stance == Stance.POSITIVE:
        return "Cân nhắc giới thiệu rộng hơn trên các kênh của cơ quan."
    return "Tiếp tục theo dõi."


def _volume_sentence(facts: DigestFacts) -> str:
    counted = (
        f"{grouped(facts.total)} tin bài ({grouped(facts.articles)} báo chí, "
        f"{grouped(facts.posts)} mạng xã hội)"
    )
    compared = facts.period.digest.usual
    if facts.usual_total is None:
        return f"{counted}. Chưa đủ dữ liệu để so với {compared}."
    usual = grouped(round(facts.usual_total))
    low, high = (facts.usual_total * (1 + sign * _USUAL_MARGIN) for sign in (-1, 1))
    if facts.total > high:
        return f"{counted}, nhiều hơn {compared} (khoảng {usual})."
    if facts.total < low:
        return f"{counted}, ít hơn {compared} (khoảng {usual})."
    return f"{counted}, ngang {compared} (khoảng {usual})."


def grouped(count: int) -> str:
    """Return a count as Vietnamese write it: 1.204."""
    return f"{count:,}".replace(",", ".")


def _coverage_sentence(facts: DigestFacts) -> str:
    if not facts.sources_total:
        return "Chưa có nguồn tin nào đang bật."
    missing = [
        f"{count} {state}"
        for count, state in (
            (facts.sources_silent, "im lặng hoặc đang lỗi"),
            (facts.sources_untried, "chưa đọc được lần nào"),
        )
        if count
    ]
    if missing:
        total = facts.sources_total
        return f"Trong {total} nguồn có {', '.join(missing)}: số liệu có thể thiếu."
    return f"Cả {facts.sources_total} nguồn đều đang hoạt động."


def usual_total(previous: Sequence[int], *, at_least: int = 5) -> float | None:
    """Return the median of previous periods' totals, None with fewer than ``at_least`` of them."""
    if len(previous) < at_least:
        return None
    ordered = sorted(previous)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[middle])
    return (ordered[middle - 1] + ordered[middle]) / 2
