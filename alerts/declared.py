"""A crisis that a person declared: what it covers, what it holds back, what is told of it. Pure.

While it lasts the alerts about what it covers are inhibited, in Alertmanager's sense: they open
and stay visible but send nothing of their own; the crisis is told of once, then at every repeat
interval that brought something new, and at its end. What rises to a higher level is told of
nonetheless, and so is a "khẩn" about a story that no person named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.model import Action, Alert, AlertIntent, alert_id
from alerts.mute import URGENT
from langnghe.clock import to_local
from langnghe.errors import ConfigError
from langnghe.wording import ALERT_LEVEL_LABELS

CRISIS_RULE = "khung-hoang"
LONGEST_CRISIS = timedelta(days=14)
_ITEMS, _HEADLINES = 1000, 3


@dataclass(frozen=True)
class DeclaredCrisis:
    """A crisis: its stories by id, and what else it covers (all of ``query``, ``topic`` and
    ``place`` that are set must fit). ``is_drill``: declared during a drill, it ends with it."""

    title: str
    reason: str
    declared_by: str
    declared_at: datetime
    ends_at: datetime
    story_ids: tuple[str, ...] = ()
    query: str = ""
    topic: str = ""
    place: str = ""
    repeat_hours: int = 4
    is_drill: bool = False

    def check(self) -> None:
        """Raise ConfigError for a crisis without title, reason, person, subject or end."""
        if not (self.title.strip() and self.reason.strip() and self.declared_by):
            raise ConfigError("crisis: a person must give a title and a reason")
        if not (self.story_ids or self.has_scope):
            raise ConfigError("crisis: name a story, a query, a topic or a place")
        if not timedelta() < self.ends_at - self.declared_at <= LONGEST_CRISIS:
            raise ConfigError(f"crisis: it must end within {LONGEST_CRISIS.days} days")
        if not 1 <= self.repeat_hours <= 24:
            raise ConfigError("crisis: it is told of again after 1 to 24 hours")

    @property
    def has_scope(self) -> bool:
        """Whether it covers more than the stories it names."""
        return bool(self.query.strip() or self.topic or self.place)


Finds = Callable[[str, Alert], bool]
"""Whether a query finds what an alert is about."""


def covers(crisis: DeclaredCrisis, alert: Alert, finds: Finds) -> bool:
    """Return whether ``alert`` belongs under ``crisis``; one without documents (a deadline, a
    silent source) never does, for it is other people's work."""
    if alert.rule_id == CRISIS_RULE or not alert.document_ids:
        return False
    if alert.story_id and alert.story_id in crisis.story_ids:
        return True
    return (
        crisis.has_scope
        and crisis.topic in ("", alert.topic)
        and (not crisis.place or crisis.place in alert.places)
        and (not crisis.query.strip() or finds(crisis.query, alert))
    )


def inhibits(crisis: DeclaredCrisis, alert: Alert, action: Action) -> bool:
    """Return whether ``crisis`` keeps back the message about an ``alert`` that it covers."""
    if action is Action.RAISE:
        return False
    if action is Action.UPDATE:
        return True
    return alert.level < URGENT or alert.story_id in crisis.story_ids


@dataclass(frozen=True)
class Grouped:
    """A crisis with the alerts under it, and what is told of it to who may see some of them: None
    where these bring nothing new."""

    crisis: DeclaredCrisis
    children: tuple[Alert, ...]
    tell: Callable[[Sequence[Alert]], AlertIntent | None]


def opening(number: int, crisis: DeclaredCrisis, children: Sequence[Alert]) -> AlertIntent:
    """Return the opening of the crisis' own alert; its identity opens it once."""
    alert = _own_alert(number, crisis, children)
    return AlertIntent(Action.OPEN, alert, alert.reasons[0])


def update(
    number: int, crisis: DeclaredCrisis, children: Sequence[Alert], told: Mapping[str, int]
) -> AlertIntent | None:
    """Return what to tell at a repeat interval, None where nothing is new.

    ``told``: how many documents each child alert had when the crisis was last told of.
    """
    alerts = sum(child.id not in told for child in children)
    documents = sum(max(len(child.document_ids) - told.get(child.id, 0), 0) for child in children)
    if not alerts and not documents:
        return None
    reason = f"thêm {alerts} cảnh báo, {documents} tin từ lần báo trước"
    return AlertIntent(Action.UPDATE, _own_alert(number, crisis, children), reason)


def ending(
    number: int, crisis: DeclaredCrisis, children: Sequence[Alert], ended_by: str
) -> AlertIntent:
    """Return what to tell at the end: who ended it, and what it held meanwhile."""
    by = f"kết thúc bởi {ended_by}" if ended_by else "khủng hoảng hết hạn"
    waiting = sum(child.state == "open" for child in children)
    said = f"đã gộp {len(children)} cảnh báo" if children else "không gộp cảnh báo nào"
    reason = f"{by}; {said}" + (f", {waiting} cảnh báo chưa ai tiếp nhận" if waiting else "")
    own = _own_alert(number, crisis, children)
    return AlertIntent(Action.END, replace(own, reasons=own.reasons[:1]), reason)


def once_more(
    intent: AlertIntent, crisis: DeclaredCrisis, children: Sequence[Alert]
) -> AlertIntent:
    """Return an intent about the alert of a crisis as it stands with these of those under it."""
    own = _own_alert(int(intent.alert.subject), crisis, children)
    return replace(intent, alert=replace(own, reasons=intent.alert.reasons))


def reasons(crisis: DeclaredCrisis) -> tuple[str, str]:
    """Return why a crisis is told of, in Vietnamese: who declared it, and until when it lasts."""
    return (
        f"khai báo bởi {crisis.declared_by}: {crisis.reason}",
        f"kéo dài tới {to_local(crisis.ends_at):%H:%M %d/%m/%Y}",
    )


def lines(children: Sequence[Alert], limit: int = 6) -> tuple[str, ...]:
    """Return the child alerts as lines of a message, the highest and newest first."""
    ranked = sorted(children, key=lambda child: (-child.level, -child.opened_at.timestamp()))
    said = [
        f"[{ALERT_LEVEL_LABELS[child.level]}] {child.title} ({len(child.document_ids)} tin, "
        f"từ {to_local(child.opened_at):%H:%M %d/%m})"
        for child in ranked[:limit]
    ]
    rest = len(ranked) - limit
    return (*said, f"và {rest} cảnh báo nữa") if rest > 0 else tuple(said)


def _own_alert(number: int, crisis: DeclaredCrisis, children: Sequence[Alert]) -> Alert:
    places = (crisis.place,) if crisis.place else _united(child.places for child in children)
    topics = _united((child.topic,) for child in children if child.topic)
    newest = sorted(
        {h for child in children for h in child.headlines},
        key=lambda h: (h.published_at, h.url),
        reverse=True,
    )
    return Alert(
        id=alert_id(CRISIS_RULE, str(number), 0),
        rule_id=CRISIS_RULE,
        story_id="",
        level=URGENT,
        title=f"Khủng hoảng: {crisis.title}",
        reasons=reasons(crisis),
        opened_at=crisis.declared_at,
        first_report_at=min(
            (child.first_report_at for child in children), default=crisis.declared_at
        ),
        document_ids=_united(child.document_ids for child in children)[-_ITEMS:],
        outlets=_united(child.outlets for child in children),
        headlines=tuple(newest[:_HEADLINES]),
        post_count=sum(child.post_count for child in children),
        topic=crisis.topic or (topics[0] if len(topics) == 1 else ""),
        places=places,
        subject=str(number),
        rule_name="Khủng hoảng do người khai báo",
        is_drill=crisis.is_drill,
    )


def _united(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for part in parts for value in part))
