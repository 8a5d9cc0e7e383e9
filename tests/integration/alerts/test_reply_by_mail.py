"""A warning by mail, a reply in a real mailbox on loopback, and who has the alert afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from langnghe.errors import FetchError
from langnghe.profile import Person
from runtime.schedule import reply_tick
from tests.contract.ledger.samples import NOW
from tests.imap_server import ImapServer, imap_server
from tests.integration.alerts.test_desk import HandClock


@dataclass
class Office:
    """A service whose alerts go to two spokespersons and whose mailbox of replies is a test's."""

    runtime: Any
    box: ImapServer
    alert_id: str
    mails: Callable[[], list[Any]]
    uids: int = field(default=0)

    def receives(self, sender: str, words: str = "TIẾP NHẬN", **headers: str) -> bytes:
        """Put a reply to ``sender``'s copy of the alert into the mailbox and read the mailbox."""
        asked = next(m for m in self.mails() if sender in m["To"] or "chi@" in m["To"])
        mail = EmailMessage()
        mail["From"], mail["Subject"] = sender, f"Re: {asked['Subject']}"
        mail["In-Reply-To"], mail["Message-ID"] = asked["Message-ID"], f"<r{self.uids}@so.example>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(words)
        self.uids += 1
        self.box.mails[self.uids] = mail.as_bytes()
        reply_tick(self.runtime)
        return self.box.mails[self.uids]

    def answers(self) -> list[Any]:
        """Send what waits and return the mails that answer a reply."""
        from runtime.alerting import AlertDesk

        AlertDesk(self.runtime).deliver()
        return [m for m in self.mails() if m["In-Reply-To"]]


@pytest.fixture
def office(ledger_sqlite):
    from ledger import users
    from runtime.alerting import AlertDesk
    from runtime.wiring import Runtime

    with imap_server({}) as box:
        settings = replace(
            ledger_sqlite,
            secret_key="khóa",
            reply_mailbox=f"imap://tra.loi@127.0.0.1:{box.server_address[1]}/INBOX",
            reply_password="mat-khau",
        )
        runtime = Runtime(settings, HandClock())
        for name in ("chi", "dung"):
            users.save_member(Person(name.title(), f"{name}@so.example", "spokesperson"), "t", NOW)
        users.save_member(Person("An", "an@so.example", "admin"), "t", NOW)
        desk = AlertDesk(runtime)
        found = desk.drill("Vỡ đường ống nước", 3, "an.nt")
        desk.deliver()

        def mails() -> list[Any]:
            files = sorted(settings.outbox_dir.glob("*.eml"))
            return [message_from_bytes(path.read_bytes(), policy=default) for path in files]

        yield Office(runtime, box, found, mails)


def alert_of(office: Office) -> Any:
    from ledger.alerts import alert

    return alert(office.alert_id)


def notes(office: Office) -> list[str]:
    from ledger.alerts import events

    return [row.reason for row in events(office.alert_id) if row.kind == "replied"]


def test_a_reply_takes_the_alert_and_is_confirmed_by_mail(office: Office) -> None:
    office.receives("Chi@so.example")
    assert (alert_of(office).state, alert_of(office).assignee) == (
        "acknowledged",
        "chi@so.example",
    )
    (back,) = office.answers()
    assert back["Subject"].startswith("Đã ghi nhận") and "chi@so.example" in back["To"].lower()
    assert back["In-Reply-To"] == "<r0@so.example>"


def test_it_is_read_once_and_a_second_reading_changes_nothing(office: Office) -> None:
    office.receives("chi@so.example")
    reply_tick(office.runtime)
    office.box.validity = 8  # the mailbox was made anew: everything is read again
    reply_tick(office.runtime)
    assert len(office.answers()) == 1 and len(notes(office)) == 1


def test_who_comes_second_is_told_who_has_it(office: Office) -> None:
    office.receives("chi@so.example")
    office.receives("dung@so.example")
    assert alert_of(office).assignee == "chi@so.example"
    (second,) = [m for m in office.answers() if "dung@" in m["To"]]
    assert second["Subject"].startswith("Đã có người tiếp nhận")


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        ("la@so.example", {}),
        ("chi@so.example", {"Auto_Submitted": "auto-replied"}),
        ("chi@so.example", {"Precedence": "bulk"}),
        ("MAILER-DAEMON@so.example", {}),
    ],
)
def test_strangers_and_machines_leave_a_note_alone(
    office: Office, sender: str, headers: dict[str, str]
) -> None:
    office.receives(sender, **headers)
    office.receives(sender, **headers)
    assert alert_of(office).state == "open"
    assert len(notes(office)) == 1
    assert office.answers() == []


def test_a_reply_without_the_word_is_answered_once(office: Office) -> None:
    office.receives("chi@so.example", "Để tôi xem")
    office.receives("chi@so.example", "Sao chưa ghi nhận?")
    assert alert_of(office).state == "open"
    (back,) = office.answers()
    assert back["Subject"].startswith("Chưa ghi nhận")


def test_a_reply_that_comes_too_late_leaves_a_note(office: Office) -> None:
    office.runtime.clock.moment += timedelta(days=9)
    office.receives("chi@so.example")
    assert alert_of(office).state == "open" and "bảy ngày" in notes(office)[0]


def test_who_was_shut_out_takes_nothing(office: Office) -> None:
    from ledger import users

    users.set_active("chi@so.example", False, "an.nt", NOW)
    office.receives("chi@so.example")
    assert alert_of(office).state == "open" and office.answers() == []


def test_other_mails_are_passed_by(office: Office) -> None:
    from ledger import replies

    office.box.mails[1] = b"Subject: Chao\r\nFrom: a@b.example\r\n\r\nTIEP NHAN"
    reply_tick(office.runtime)
    assert replies.cursor() == "7:1" and alert_of(office).state == "open"


def test_a_mailbox_that_does_not_answer_is_said(office: Office) -> None:
    office.runtime.__dict__["settings"] = replace(
        office.runtime.settings, reply_mailbox="imap://tra.loi@127.0.0.1:1/INBOX"
    )
    with pytest.raises(FetchError, match="IMAP"):
        reply_tick(office.runtime)


def test_doctor_says_whether_the_replies_are_read(office: Office) -> None:
    from runtime.health import Verdict, _mail

    def verdict() -> Verdict:
        return next(f for f in _mail(office.runtime) if "trả lời" in f.subject).verdict

    assert verdict() is Verdict.NOTICE
    reply_tick(office.runtime)
    assert verdict() is Verdict.GOOD
    office.runtime.clock.moment += timedelta(minutes=6)
    assert verdict() is Verdict.NOTICE
