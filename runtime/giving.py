"""Work that a person gives on is told to whom it was given, in the transaction that records it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.clocks import length_of, start
from alerts.message import clean, local_time
from alerts.model import Action, Alert, AlertIntent, Delivery, Message, Recipient, delivery_id
from langnghe.links import RoomLinks
from ledger import alerts, drills, feedback, rules, users
from ledger.models import FeedbackRow
from runtime.people import recipient_of
from runtime.telling import Teller
from runtime.wiring import Runtime


def give_alert(
    runtime: Runtime, alert: Alert, person: str, department: str, actor: str
) -> tuple[str, ...]:
    """Give an alert to a colleague, a department or both, and return the addresses that are told.

    Nobody is told of what they take themselves.
    """
    now = runtime.clock.now()
    is_drill = alert.is_drill or drills.running_drill(now) is not None
    given = replace(alert, department=department, is_drill=is_drill)
    told = (*_colleague(person, actor), *_office(runtime, department))
    intent = AlertIntent(Action.ASSIGN, given, f"{_name_of(actor)} giao xử lý việc này")
    rule_type = next((r.type for r in rules.current_rules() if r.id == alert.rule_id), None)
    version = f"assign-{now.isoformat()}"
    deliveries = Teller(runtime).to_people(intent, told, version, rule_type)
    alerts.assign(alert.id, person, department, actor, now, deliveries)
    return tuple(recipient.address for recipient in told)


def give_feedback(
    runtime: Runtime, matter: FeedbackRow, title: str, department: str, actor: str
) -> tuple[str, ...]:
    """Give a matter of feedback to a department with its due date, and return who is told."""
    now = runtime.clock.now()
    due_at = start("feedback", now, length_of("feedback", runtime.settings)).due_at
    told = _office(runtime, department)
    links = RoomLinks(runtime.settings.room_url)
    deliveries = [
        _feedback_delivery(matter, title, recipient, links, due_at, now) for recipient in told
    ]
    feedback.assign_feedback(matter.pk, department, actor, now, due_at, deliveries)
    return tuple(recipient.address for recipient in told)


def _feedback_delivery(
    matter: FeedbackRow,
    title: str,
    recipient: Recipient,
    links: RoomLinks,
    due_at: datetime,
    now: datetime,
) -> Delivery:
    what = clean(f"{title}, {matter.place}" if matter.place else title, 200)
    version = f"give-{now.isoformat()}"
    message = Message(
        key=f"{matter.pk}-{version}-{recipient.channel}-{recipient.address}",
        subject=clean(f"[Góp ý cần trả lời] {what}", 150),
        level=0,
        what=what,
        why_now=(
            f"{matter.document_count} ý kiến của người dân về việc này, chưa có trả lời",
            f"hạn trả lời: {local_time(due_at)}",
        ),
        how_big=(),
        where=(),
        headlines=(),
        asked="Trả lời người dân, rồi báo phòng theo dõi ghi câu trả lời kèm liên kết.",
        button_label="Mở góp ý cần trả lời",
        button_url=links.feedback(),
        made_at=now,
    )
    identity = delivery_id(matter.pk, version, recipient.channel, recipient.address)
    return Delivery(id=identity, message=message, recipient=recipient, due_at=now)


def _colleague(username: str, actor: str) -> tuple[Recipient, ...]:
    found = [m for m in users.members(only_active=True) if m.username == username and m.email]
    return tuple(map(recipient_of, found)) if username != actor else ()


def _office(runtime: Runtime, name: str) -> tuple[Recipient, ...]:
    return tuple(
        Recipient(d.name, "email", d.email, "department", (d.name,))
        for d in runtime.profile.departments
        if d.name == name and d.email
    )


def _name_of(username: str) -> str:
    return next((m.name for m in users.members() if m.username == username), "") or username
