"""Replies to alert mails: whose they are, what machines write, which words take an alert."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest

from alerts.channels.email import MailIdentity, build_mail
from alerts.message import Room, compose, plain_text
from alerts.model import Action, AlertIntent, Recipient
from alerts.render import html
from alerts.replies import answer_message, judge_reply, read_reply
from tests.unit.alerts.made import NOON, alert

SECRET = "khóa"
AN = Recipient("An", "email", "An@vd.vn", "analyst")
ID = MailIdentity("LangNghe <langnghe@vd.vn>", "tra-loi@vd.vn")


def sent(person=AN, reads_replies=True):
    intent = AlertIntent(Action.OPEN, alert(), "mức chú ý")
    room = Room("https://phong.example", SECRET, reads_replies)
    return build_mail(compose(intent, person, room, NOON), person, ID)


def reply(words="TIẾP NHẬN", sender="an@vd.vn", kind="plain", subject=None, **headers):
    """Return the bytes of a mail that answers the alert's mail."""
    asked = sent()
    mail = EmailMessage()
    mail["From"] = f"Nguyễn An <{sender}>"
    mail["Subject"] = f"Re: {asked['Subject']}" if subject is None else subject
    mail["Message-ID"] = "<tra-loi-1@vd.vn>"
    mail["In-Reply-To"] = mail["References"] = asked["Message-ID"]
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(words, subtype=kind)
    return mail.as_bytes()


def verdict(payload, now=NOON):
    found = read_reply(payload)
    assert found is not None
    return judge_reply(found, SECRET, now)


def test_a_mail_says_how_and_where_to_reply():
    mail = sent()
    assert mail["Reply-To"] == "LangNghe <tra-loi@vd.vn>"
    assert "TIẾP NHẬN" in mail.get_body(("plain",)).get_content()
    assert "TIẾP NHẬN" in mail.get_body(("html",)).get_content()
    assert mail["Message-ID"] == sent()["Message-ID"]


def test_nothing_is_said_of_replies_where_nobody_reads_them():
    mail = sent(reads_replies=False)
    assert mail["Reply-To"] is None and "LN-" not in mail["Subject"] + mail["Message-ID"]
    assert "TIẾP NHẬN" not in mail.get_body(("plain",)).get_content()


def test_a_message_to_a_chat_carries_no_mark():
    room = Room("https://phong.example", SECRET, True)
    told = compose(
        AlertIntent(Action.OPEN, alert(), "x"), Recipient("P", "chat", "json://h"), room, NOON
    )
    assert "LN-" not in plain_text(told) and "LN-" not in html(told)


QUOTED = "Vào 12:00 18/03/2026, LangNghe <langnghe@vd.vn> đã viết:\n> Tôi tiếp nhận: https://x\n"
OUTLOOK = "\n________________________________\nTừ: LangNghe\nViệc cần làm\nTôi tiếp nhận\n"


@pytest.mark.parametrize(
    "words",
    [
        "TIẾP NHẬN",
        "tiếp nhận\n\n" + QUOTED,
        "Tiep nhan nhe" + OUTLOOK,
        "Tôi tiếp nhận.",
        "Dạ, em xin tiếp nhận ạ",
        "Kính gửi phòng,\n\ntiếp nhận\n",
        "tie\u0302\u0301p nha\u0323\u0302n",
    ],
)
def test_the_word_among_the_first_lines_takes_the_alert(words):
    assert verdict(reply(words)).is_taken


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Tôi không tiếp nhận việc này",
        "Việc này không phải của tôi.\n\n" + QUOTED,
        "Đã chuyển Sở Y tế" + OUTLOOK,
        QUOTED,
        OUTLOOK,
        "On Wed, 18 Mar 2026 LangNghe wrote:\nTôi tiếp nhận",
        "Tôi tiếp nhận: https://phong.example/tiep-nhan/abc",
    ],
)
def test_other_words_and_quoted_ones_do_not(words):
    found = verdict(reply(words))
    assert not found.is_taken and found.is_theirs


def test_a_mail_in_html_alone_is_read_down_to_its_quote():
    own = "<html><head><style>p{}</style></head><div>Ti&#7871;p nh&#7853;n</div>"
    assert verdict(reply(own + "<div class='gmail_quote'>x</div>", kind="html")).is_taken
    quote = "<div>Để tôi hỏi lại</div><blockquote><a>Tôi tiếp nhận</a></blockquote>"
    assert not verdict(reply(quote, kind="html")).is_taken


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "Out of office"},
        {"List_Id": "<nhom.vd.vn>"},
        {"Return_Path": "<>"},
        {"X_Failed_Recipients": "an@vd.vn"},
        {"subject": "Trả lời tự động: [Chú ý] 23 trẻ nhập viện"},
        {"subject": "Automatic reply: [Chú ý]"},
        {"sender": "MAILER-DAEMON@vd.vn"},
        {"Authentication_Results": "mx.vd.vn; spf=fail; dmarc=fail (p=none) header.from=vd.vn"},
    ],
)
def test_what_machines_write_takes_nothing_and_gets_no_answer(headers):
    found = verdict(reply(**headers))
    assert not found.is_taken and not found.is_theirs and found.note


def test_a_bounce_takes_nothing():
    payload = reply().replace(
        b'Content-Type: text/plain; charset="utf-8"', b"Content-Type: multipart/report; boundary=x"
    )
    assert b"multipart/report" in payload
    assert not verdict(payload).is_taken


def test_a_stranger_who_got_the_mail_forwarded_takes_nothing():
    found = verdict(reply(sender="la@vd.vn"))
    assert not found.is_taken and not found.is_theirs and "không phải người nhận" in found.note


def test_a_changed_mark_takes_nothing():
    mark = sent()["Message-ID"].split("LN-")[1][:16]
    payload = reply().replace(mark.encode(), b"A" * 16)
    assert not verdict(payload).is_taken


def test_a_reply_after_its_time_takes_nothing():
    assert verdict(reply(), NOON + timedelta(days=6)).is_taken
    late = verdict(reply(), NOON + timedelta(days=9))
    assert not late.is_taken and "bảy ngày" in late.note


def test_the_mark_is_found_where_the_subject_was_rewritten():
    assert verdict(reply(subject="(no subject)")).is_taken


def test_any_other_mail_is_no_reply():
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@vd.vn", "TIẾP NHẬN hồ sơ LN-123"
    mail.set_content("TIẾP NHẬN")
    assert read_reply(mail.as_bytes()) is None


@pytest.mark.parametrize(
    "payload",
    [b"", b"\xff\xfe\x00", b"Subject: =?x?q?LN-AAAAAAAAAAAAAAAA-a1?=\nFrom: <<>>\n\n\x80"],
)
def test_a_broken_mail_breaks_nothing(payload):
    found = read_reply(payload)
    assert found is None or not judge_reply(found, SECRET, NOON).is_taken


def test_the_answer_is_a_reply_that_machines_leave_alone():
    found = read_reply(reply())
    assert found is not None
    message = answer_message(alert(), found, is_taken=True, room_url="https://p.example", now=NOON)
    mail = build_mail(message, AN, ID)
    assert mail["In-Reply-To"] == "<tra-loi-1@vd.vn>" and mail["Auto-Submitted"] == "auto-replied"
    assert mail["Subject"].startswith("Đã ghi nhận")
    assert "Vì sao báo" not in plain_text(message) and "Vì sao báo" not in html(message)
