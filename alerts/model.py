"""The words of alerting: rules, matches, alerts, and what a decider wants done, with its reason.

All frozen; nothing here touches the world. The unit of alerting is the story: the identity of an
alert is (rule, story, window), so that a restart or a second worker never opens it twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class RuleType(StrEnum):
    """What a rule looks at; each has one evaluator in :mod:`alerts.kinds`."""

    SEVERITY = "severity"
    MATCH = "match"
    FAST_STORY = "fast_story"
    STANCE_GROWTH = "stance_growth"
    CROSS_CHANNEL = "cross_channel"
    REACH = "reach"
    CLAIM_REPEATED = "claim_repeated"
    SPIKE = "spike"
    TONE_SHIFT = "tone_shift"
    NEW_TERM = "new_term"
    SOURCE_SILENCE = "source_silence"
    ABSENCE = "absence"


class Sensitivity(StrEnum):
    """How readily a rule fires, in three words instead of sigma: ít, vừa, nhiều."""

    LOW = "it"
    MEDIUM = "vua"
    HIGH = "nhieu"


@dataclass(frozen=True)
class OfficeHolder:
    """The only way in which a rule may name a person: in an office, approved by somebody."""

    role: str
    office: str
    approver: str


@dataclass(frozen=True)
class Rule:
    """One rule as people edit it. ``query`` is in the product's query language.

    ``level`` is the lowest level of what the rule opens; ``scope`` "office" keeps to stories that
    touch the office of the profile, "all" takes every story; ``parameters`` are the numbers that
    the rule's type names; ``window_hours`` is after how long the same story may alert anew.
    """

    id: str
    name: str
    type: RuleType
    query: str = ""
    level: int = 1
    sensitivity: Sensitivity = Sensitivity.MEDIUM
    scope: str = "office"
    parameters: Mapping[str, float] = field(default_factory=dict)
    roles: tuple[str, ...] = ("analyst",)
    window_hours: int = 168
    version: int = 1
    is_enabled: bool = True
    office_holder: OfficeHolder | None = None

    def number(self, name: str, default: float) -> float:
        """Return parameter ``name``, or ``default`` where the rule does not set it."""
        return float(self.parameters.get(name, default))


@dataclass(frozen=True)
class Finding:
    """What a rule found about a story (or, for a rule on the stream, about a subject)."""

    rule_id: str
    subject: str
    level: int
    reasons: tuple[str, ...]
    score: float = 0.0


class AlertState(StrEnum):
    """Where an alert stands with the people who answer it."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Alert:
    """One warning about one story. ``level`` is 1 theo dõi, 2 chú ý, 3 khẩn.

    ``story_id`` is "" for an alert that is about the stream or a source; then ``subject`` says
    which. Datetimes are UTC.
    """

    id: str
    rule_id: str
    story_id: str
    level: int
    title: str
    reasons: tuple[str, ...]
    opened_at: datetime
    first_report_at: datetime
    document_ids: tuple[str, ...]
    outlets: tuple[str, ...] = ()
    topic: str = ""
    places: tuple[str, ...] = ()
    subject: str = ""
    rule_name: str = ""
    state: AlertState = AlertState.OPEN
    assignee: str = ""
    is_drill: bool = False
    headlines: tuple[Headline, ...] = ()
    post_count: int = 0
    told_at: datetime | None = None
    """When it was last told of, where that is later than the opening."""
    department: str = ""
    """Who must answer, where a person said so ("" = whoever the topic and place name)."""


@dataclass(frozen=True)
class Headline:
    """A sample of what a message shows: never more than headline, outlet, time and link."""

    title: str
    outlet: str
    url: str
    published_at: datetime


class Action(StrEnum):
    """What the decider wants done with an alert; the last three are told of only: the next of those
    who are asked, somebody whom a person gave it to, and the end of a declared crisis."""

    OPEN = "open"
    RAISE = "raise"
    UPDATE = "update"
    HOLD = "hold"
    ESCALATE = "escalate"
    ASSIGN = "assign"
    END = "end"


@dataclass(frozen=True)
class AlertIntent:
    """The decider's word: what to do with ``alert`` and why, in a Vietnamese sentence.

    OPEN, RAISE and UPDATE (the story went on growing, the level is the same) lead to messages; HOLD
    records the alert without a message (silenced or inhibited), so that nothing is ever dropped
    unseen.
    """

    action: Action
    alert: Alert
    reason: str


class DeliveryState(StrEnum):
    """Where one message to one recipient stands; REPLACED never left, since a newer one about the
    same alert took its place."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Recipient:
    """Whom a message goes to: a user of the product, by one channel.

    ``address`` is what the channel needs (an e-mail address, a webhook or apprise URL). Quiet hours
    are local; ``quiet_route`` says what becomes of a message then: "later", it waits for their end,
    or "duty", who is on duty is told at once as well. ``departments`` and ``communes`` limit what
    the recipient may see; neither means everything.
    """

    name: str
    channel: str
    address: str
    role: str = ""
    departments: tuple[str, ...] = ()
    quiet_from_hour: int | None = None
    quiet_to_hour: int | None = None
    quiet_route: str = "later"
    communes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Message:
    """A channel-neutral message of one screen; channels render it, they add nothing.

    ``key`` makes the Message-ID deterministic, so that a repeated send is recognised as such.
    """

    key: str
    subject: str
    level: int
    what: str
    why_now: tuple[str, ...]
    how_big: tuple[str, ...]
    where: tuple[str, ...]
    headlines: tuple[Headline, ...]
    asked: str
    button_label: str
    button_url: str
    made_at: datetime
    story_url: str = ""
    is_drill: bool = False
    attachments: tuple[Attachment, ...] = ()
    html: str = ""
    """A ready HTML body (a digest's); "" lets the channel render the alert's own template."""
    text: str = ""
    reply_mark: str = ""
    """What a mail must carry so that a reply to it acknowledges; "" where replies are not read."""
    in_reply_to: str = ""
    """The Message-ID that a mail answers."""
    grouped: tuple[str, ...] = ()
    """The alerts that a declared crisis speaks for, one a line."""
    waiting: tuple[Waiting, ...] = ()
    """The alerts that wait for the recipient, where a message tells of several."""


@dataclass(frozen=True)
class Waiting:
    """One of several alerts in a message: what is new of it, and the links to take it over and to
    look at it."""

    title: str
    level: int
    why: tuple[str, ...]
    button_url: str
    story_url: str


@dataclass(frozen=True)
class Attachment:
    """A file in a mail; ``content_id`` makes it an inline picture."""

    name: str
    media_type: str
    payload: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Delivery:
    """One message to one recipient, as the outbox holds it."""

    id: str
    message: Message
    recipient: Recipient
    due_at: datetime
    attempts: int = 0
    state: DeliveryState = DeliveryState.WAITING
    error: str = ""
    claim: str = ""
    """The outbox's proof that the lease is ours."""


def window_index(moment: datetime, first_report_at: datetime, window_hours: int) -> int:
    """Return in which window of a story's life ``moment`` falls, counted from 0."""
    age = max(moment - first_report_at, timedelta())
    return int(age / timedelta(hours=window_hours))


def alert_id(rule_id: str, subject: str, window: int) -> str:
    """Return the identity of the alert of (rule, story or subject, window)."""
    seed = f"{rule_id}\x1f{subject}\x1f{window}"
    return "a" + hashlib.sha256(seed.encode()).hexdigest()[:19]


def delivery_id(alert: str, version: str, channel: str, address: str) -> str:
    """Return the identity of a delivery: one per (alert, its version, channel, address)."""
    seed = f"{alert}\x1f{version}\x1f{channel}\x1f{address}"
    return "d" + hashlib.sha256(seed.encode()).hexdigest()[:23]
