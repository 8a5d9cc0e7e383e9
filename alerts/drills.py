"""Exercises: the made-up alert of a drill, and what a message of that time says of itself. Pure."""

from __future__ import annotations

from datetime import datetime

from alerts.model import Action, Alert, AlertIntent, alert_id

DRILL_RULE = "dien-tap"


def exercise(key: str, title: str, level: int, actor: str, now: datetime) -> AlertIntent:
    """Return the opening of a made-up alert, marked as an exercise; ``key`` gives its identity."""
    alert = Alert(
        id=alert_id(DRILL_RULE, key, 0),
        rule_id=DRILL_RULE,
        story_id="",
        level=level,
        title=title,
        reasons=(f"diễn tập do {actor} bắt đầu",),
        opened_at=now,
        first_report_at=now,
        document_ids=(),
        subject=key,
        rule_name="Diễn tập",
        is_drill=True,
    )
    return AlertIntent(Action.OPEN, alert, alert.reasons[0])


def drill_sentence(has_documents: bool) -> str:
    """Return what a message of a drill says above everything else.

    An alert about real documents must not call them unreal.
    """
    if has_documents:
        return (
            "DIỄN TẬP: thư gửi trong giờ diễn tập. Tin bài dưới đây là tin thật; "
            "hết diễn tập hãy xử lý như thường lệ."
        )
    return "DIỄN TẬP: đây không phải sự việc thật"
