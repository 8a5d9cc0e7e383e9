"""From an alert to a message of one screen: what, why now, how big, where, what is asked of you.

Messages show headline, snippet and link, never a full text (responsible-use 13), and never a
social author's name. All words of third parties are cleaned of control characters here; channels
escape for their own format.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.declared import CRISIS_RULE
from alerts.drills import drill_sentence
from alerts.model import (
    Action,
    Alert,
    AlertIntent,
    Headline,
    Message,
    Recipient,
    RuleType,
    Waiting,
)
from alerts.tokens import acknowledge_url, reply_mark
from alerts.watch import CLOCK_RULE
from langnghe.clock import to_local
from langnghe.links import RoomLinks
from langnghe.url import is_web_url
from langnghe.wording import ALERT_LEVEL_LABELS, TOPIC_LABELS, label

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ASKED = {
    1: "Theo dõi diễn biến; chưa cần phát ngôn. Bấm “Tôi tiếp nhận” nếu anh/chị phụ trách.",
    2: "Xác minh với đơn vị liên quan, chuẩn bị thông tin trả lời. "
    "Bấm “Tôi tiếp nhận” để mọi người biết đã có người lo.",
    3: "Báo ngay người phát ngôn và lãnh đạo, thống nhất thông tin ban đầu. "
    "Bấm “Tôi tiếp nhận” ngay; nếu chưa ai tiếp nhận, hệ thống sẽ chuyển cấp.",
}
_ASKED_ABOUT = {
    RuleType.SOURCE_SILENCE: "Kiểm tra nguồn tin trong phòng theo dõi (địa chỉ, mã truy cập); "
    "trong lúc nguồn im lặng, số liệu có thể thiếu.",
    RuleType.ABSENCE: "Hỏi lại các báo đã nhận thông báo; nếu báo đã đưa mà không đếm được thì sửa "
    "cụm từ nhận biết trong Sổ thông báo.",
}
_ASKED_BY_CLOCK = (
    "Trả lời trước hạn, rồi ghi phát ngôn ở trang Hạn phản hồi để đồng hồ dừng. "
    "Bấm “Tôi tiếp nhận” để mọi người biết đã có người lo."
)
_ASKED_IN_CRISIS = (
    "Thống nhất thông tin, phát ngôn theo một đầu mối. Cảnh báo thuộc khủng hoảng được gộp vào "
    "đây, nâng mức vẫn báo ngay. Bấm “Tôi tiếp nhận” để mọi người biết ai điều phối."
)
_ASKED_AT_END = (
    "Xem lại các cảnh báo đã gộp; việc còn mở từ mức chú ý được báo và chuyển cấp như thường."
)
_ASKED_OF_SEVERAL = (
    "Bấm “Tôi tiếp nhận” ở việc anh/chị lo, để mọi người biết đã có người và thư nhắc dừng lại."
)
_VERBS = {
    Action.RAISE: "Nâng mức: ",
    Action.UPDATE: "Diễn biến: ",
    Action.ESCALATE: "Chuyển cấp: ",
    Action.ASSIGN: "Giao xử lý: ",
    Action.END: "Kết thúc: ",
}
DRILL_MARK = "[DIỄN TẬP]"
REPLY_WORD = "TIẾP NHẬN"
REPLY_HINT = f"Không bấm được? Trả lời thư này với chữ {REPLY_WORD}."


@dataclass(frozen=True)
class Room:
    """What a message needs to know of the room: its address, the key that signs links, and
    whether somebody reads what is replied to a mail."""

    url: str
    secret: str
    reads_replies: bool = False


@dataclass(frozen=True)
class Background:
    """What a message adds to its alert: the type of its rule, its size against what is usual, in
    Vietnamese ("" = nothing to compare), the alerts that a declared crisis speaks for, and the
    alert's places as a reader should see them (() = as they stand)."""

    rule_type: RuleType | None = None
    usual: str = ""
    grouped: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


def compose(
    intent: AlertIntent,
    recipient: Recipient,
    room: Room,
    now: datetime,
    version: str = "",
    background: Background = Background(),
) -> Message:
    """Return the message about ``intent`` to ``recipient``; the same input gives the same key.

    ``version`` tells the messages about one alert apart (opened, raised, escalated).
    """
    alert = intent.alert
    level = ALERT_LEVEL_LABELS[alert.level]
    mark = f"{DRILL_MARK} " if alert.is_drill else ""
    verb = _VERBS.get(intent.action, "")
    is_over = intent.action is Action.END
    base, links = room.url.rstrip("/"), RoomLinks(room.url)
    return Message(
        key=f"{alert.id}-{version or alert.level}-{recipient.channel}-{recipient.address}",
        subject=clean(f"{mark}[{level}] {verb}{alert.title}", 150),
        level=alert.level,
        what=clean(alert.title, 200),
        why_now=tuple(clean(reason, 160) for reason in reasons_of(intent)[:4]),
        how_big=_how_big(alert, background.usual),
        where=_where(intent, background.places),
        headlines=tuple(map(_clean_headline, alert.headlines[:3])),
        asked=_asked(intent, background.rule_type),
        button_label="Tôi tiếp nhận",
        button_url=""
        if is_over
        else acknowledge_url(base, alert.id, recipient.name, room.secret, now),
        made_at=now,
        story_url=links.story(alert.story_id) if alert.story_id else links.alert(alert.id),
        is_drill=alert.is_drill,
        reply_mark=reply_mark(alert.id, recipient.address, room.secret, now)
        if room.reads_replies and recipient.channel == "email" and not is_over
        else "",
        grouped=tuple(clean(line, 200) for line in background.grouped),
    )


def compose_waiting(
    intents: Sequence[AlertIntent], recipient: Recipient, room: Room, now: datetime, key: str
) -> Message:
    """Return one message about all of ``intents``, the most urgent first: each with what is new of
    it and a button of its own. The same ``key`` gives the same Message-ID."""
    ranked = sorted(intents, key=lambda each: (-each.alert.level, each.alert.opened_at))
    base, links = room.url.rstrip("/"), RoomLinks(room.url)
    level, is_drill = ranked[0].alert.level, all(each.alert.is_drill for each in ranked)
    mark = f"{DRILL_MARK} " if is_drill else ""
    what = f"{len(ranked)} cảnh báo chưa ai tiếp nhận"
    first = clean(ranked[0].alert.title, 70)
    return Message(
        key=key,
        subject=clean(f"{mark}[{ALERT_LEVEL_LABELS[level]}] {what}: {first}", 150),
        level=level,
        what=what,
        why_now=(),
        how_big=(),
        where=(),
        headlines=(),
        asked=_ASKED_OF_SEVERAL,
        button_label="Xem các cảnh báo",
        button_url=links.alerts(),
        made_at=now,
        is_drill=is_drill,
        waiting=tuple(
            Waiting(
                title=clean(each.alert.title, 140),
                level=each.alert.level,
                why=(clean(each.reason, 160), *(clean(r, 160) for r in each.alert.reasons[:1])),
                button_url=acknowledge_url(base, each.alert.id, recipient.name, room.secret, now),
                story_url=links.alert(each.alert.id),
            )
            for each in ranked
        ),
    )


def reasons_of(intent: AlertIntent) -> tuple[str, ...]:
    """Return why an alert speaks now: what changed first, where it is not the first word."""
    if intent.action is Action.OPEN and intent.alert.reasons:
        return intent.alert.reasons
    return (intent.reason, *intent.alert.reasons)


def clean(text: str, limit: int) -> str:
    """Return ``text`` on one line, without control or invisible direction marks, cut at a word."""
    text = _UNSAFE.sub(" ", text)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0] + "…"


def local_time(moment: datetime) -> str:
    """Return a moment as people read it: 14:05 20/11/2026."""
    return to_local(moment).strftime("%H:%M %d/%m/%Y")


def _asked(intent: AlertIntent, rule_type: RuleType | None) -> str:
    alert = intent.alert
    if alert.rule_id == CRISIS_RULE:
        return _ASKED_AT_END if intent.action is Action.END else _ASKED_IN_CRISIS
    if alert.rule_id == CLOCK_RULE:
        return _ASKED_BY_CLOCK
    if rule_type in _ASKED_ABOUT:
        return _ASKED_ABOUT[rule_type]
    return _ASKED[alert.level]


def _how_big(alert: Alert, usual: str) -> tuple[str, ...]:
    if not alert.document_ids:
        return ()
    rows = [f"{len(alert.document_ids)} tin, {len(alert.outlets)} báo"]
    if alert.post_count:
        rows.append(f"{alert.post_count} bài đăng, bình luận trên mạng xã hội")
    if usual:
        rows.append(usual)
    rows.append(f"Tin đầu tiên: {local_time(alert.first_report_at)}")
    return tuple(rows)


def _where(intent: AlertIntent, places: tuple[str, ...]) -> tuple[str, ...]:
    alert = intent.alert
    rows: list[str] = []
    if alert.topic:
        rows.append("Lĩnh vực: " + label(TOPIC_LABELS, alert.topic))
    if alert.places:
        rows.append("Địa bàn: " + clean(", ".join(places or alert.places), 160))
    if alert.outlets:
        rows.append("Nơi đăng: " + clean(", ".join(alert.outlets[:6]), 160))
    return tuple(rows)


def _clean_headline(headline: Headline) -> Headline:
    url = headline.url if is_web_url(headline.url) else ""
    return Headline(
        clean(headline.title, 140), clean(headline.outlet, 60), url, headline.published_at
    )


def plain_text(message: Message) -> str:
    """Return the message as plain text, for chat channels and the text part of a mail."""
    if message.text:
        return message.text
    parts: list[Sequence[str]] = [
        (message.subject, *([drill_sentence(bool(message.headlines))] if message.is_drill else ())),
        ("Vì sao báo lúc này:", *(f"- {row}" for row in message.why_now))
        if message.why_now
        else (),
        ("Việc cần làm: " + message.asked,) if message.asked else (),
        (f"{message.button_label}: {message.button_url}",) if message.button_url else (),
        (REPLY_HINT,) if message.reply_mark else (),
        *(_waiting_lines(each) for each in message.waiting),
        ("Cảnh báo được gộp:", *(f"- {row}" for row in message.grouped)) if message.grouped else (),
        ("Quy mô:", *(f"- {row}" for row in message.how_big)) if message.how_big else (),
        ("Lan ở đâu:", *(f"- {row}" for row in message.where)) if message.where else (),
        tuple(f"• {h.title} ({h.outlet}) {h.url}".rstrip() for h in message.headlines),
        (f"Xem trong phòng theo dõi: {message.story_url}",) if message.story_url else (),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _waiting_lines(each: Waiting) -> tuple[str, ...]:
    return (
        f"[{ALERT_LEVEL_LABELS[each.level]}] {each.title}",
        *(f"- {row}" for row in each.why),
        f"Tôi tiếp nhận: {each.button_url}",
        f"Xem: {each.story_url}",
    )
