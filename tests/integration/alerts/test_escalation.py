"""Escalation by mail: steps tell who must hear, several alerts in one mail, no "khẩn" is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from alerts.model import Action, AlertIntent
from langnghe.profile import Person
from tests.contract.ledger.samples import NOW, article
from tests.integration.alerts.test_desk import arrive, desk, mails, service
from tests.unit.alerts.made import alert

__all__ = ["service"]

ROLES = ("analyst", "spokesperson", "approver", "leader")
OFFICE = '[[departments]]\nname = "Sở Y tế"\nemail = "yte@vd.vn"\ntopics = ["y_te"]\n'


@pytest.fixture
def room(service):
    from ledger import users

    service.profile_file.write_text(OFFICE, "utf-8")
    for role in ROLES:
        users.save_member(Person(role, f"{role}@vd.vn", role), "t", NOW)
    return desk(service)


def opens(room, service, number, level, **changes):
    from ledger import alerts

    now = service.clock.now()
    times = {"opened_at": now, "first_report_at": now}
    about = {"title": f"Việc {number}", "story_id": f"s{number}", "level": level, **times}
    made = alert(**{"id": f"a{number}", **about, **changes})
    alerts.open_alerts([AlertIntent(Action.OPEN, made, "")], room._deliveries, now)
    room.deliver()


def after(room, service, minutes):
    """Return (to whom, subject) of what leaves once the steps are taken that are due by then."""
    before = len(mails(service))
    service.clock.moment += timedelta(minutes=minutes)
    room.escalate()
    room.deliver()
    found = sorted(mails(service), key=lambda mail: str(mail["Date"]))[before:]
    return {str(m["To"].addresses[0].username): str(m["Subject"]) for m in found}


def test_chu_y_is_told_once_to_each_and_never_to_the_head(room, service):
    opens(room, service, 1, 2)
    first = {str(mail["To"].addresses[0].username) for mail in mails(service)}
    assert first == {"analyst", "spokesperson", "yte"}
    assert after(room, service, 61) == {}
    assert after(room, service, 120) == {"approver": "[Chú ý] Chuyển cấp: Việc 1"}
    assert after(room, service, 600) == {}


def test_theo_doi_is_told_once(room, service):
    opens(room, service, 1, 1)
    assert len(mails(service)) == 2
    assert after(room, service, 600) == {}


def test_khan_is_told_again_at_each_step_until_somebody_has_it(room, service):
    from ledger import alerts

    opens(room, service, 1, 3)
    assert len(mails(service)) == 4
    assert set(after(room, service, 10)) == {"spokesperson", "approver"}
    assert set(after(room, service, 20)) == {"leader"}
    assert set(after(room, service, 30)) == {*ROLES, "yte"}
    opens(room, service, 2, 3)
    alerts.acknowledge("a2", "an", NOW)
    assert after(room, service, 61) == {}


def test_what_waits_for_one_person_is_one_mail_with_a_button_for_each(room, service):
    opens(room, service, 1, 3)
    service.clock.moment += timedelta(minutes=2)
    opens(room, service, 2, 3)
    told = after(room, service, 8)
    one = "[Khẩn] 2 cảnh báo chưa ai tiếp nhận: Việc 1"
    assert told == {"spokesperson": one, "approver": one}
    mail = next(m for m in mails(service) if "2 cảnh báo" in str(m["Subject"]))
    text = mail.get_body(("plain",)).get_content()
    assert "sau 10 phút chưa ai" in text and "sau 8 phút chưa ai" in text
    assert len(set(re.findall(r"http\S+/tiep-nhan/\S+", text))) == 2
    page = mail.get_body(("html",)).get_content()
    assert page.count("Tôi tiếp nhận</a>") == 2
    from ledger import alerts

    assert [event.kind for event in alerts.events("a2")] == ["opened", "escalated"]
    assert after(room, service, 2) == {}


def test_an_exercise_and_the_real_go_in_mails_of_their_own(room, service):
    opens(room, service, 1, 3)
    room.drill("Vỡ đập", 3, "an.nt")
    service.clock.moment += timedelta(minutes=11)
    room.escalate()
    room.deliver()
    steps = [
        str(mail["Subject"]) for mail in mails(service) if "Chuyển cấp" in str(mail["Subject"])
    ]
    assert sorted(set(steps)) == [
        "[DIỄN TẬP] [Khẩn] Chuyển cấp: Vỡ đập",
        "[Khẩn] Chuyển cấp: Việc 1",
    ]


def test_a_reminder_says_by_how_much_the_story_grew(room, service):
    opens(room, service, 1, 3, document_ids=("doc-0001",))
    arrive(service, [article(n, outlet=f"Báo {n}") for n in (1, 2, 3)], "s1")
    after(room, service, 11)
    mail = next(m for m in mails(service) if "Chuyển cấp" in str(m["Subject"]))
    assert "thêm 2 tin từ lần báo trước" in mail.get_body(("plain",)).get_content()


def test_a_small_office_without_a_deputy_is_reminded_of_chu_y_once(service):
    room = desk(service)
    opens(room, service, 1, 2)
    assert after(room, service, 61) == {}
    assert set(after(room, service, 120)) == {"truc"}
    assert after(room, service, 600) == {}
