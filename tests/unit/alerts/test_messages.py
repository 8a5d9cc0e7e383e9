"""Messages: one screen, safe headers, the same bytes each time, a button that only asks."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.email import FolderChannel, MailIdentity, build_mail
from alerts.message import Background, Room, clean, compose, plain_text
from alerts.model import Action, AlertIntent, Headline, Recipient, RuleType
from alerts.render import html
from alerts.tokens import LIFETIME, AcknowledgeToken, InvalidToken, read, sign
from langnghe.errors import PermanentDeliveryError
from tests.unit.alerts.made import NOON, alert

ROOM = Room("https://phong.example", "khóa")
AN = Recipient("An", "email", "an@vd.vn", "analyst")
ID = MailIdentity("LangNghe <langnghe@vd.vn>")


def message(**changes):
    intent = AlertIntent(Action.OPEN, alert(**changes), "mức chú ý: ngộ độc ở trường học")
    return compose(intent, AN, ROOM, NOON)


def test_it_says_what_why_how_big_where_and_what_to_do():
    text = plain_text(message())
    for part in ("23 trẻ nhập viện", "Vì sao báo", "Quy mô", "xã Vĩnh Trạch", "Việc cần làm"):
        assert part in text
    assert "https://phong.example/tiep-nhan/" in text


def test_its_size_stands_against_what_is_usual():
    background = Background(usual="Cả lĩnh vực Y tế: 9 tin trong 24 giờ, thường ngày khoảng 2")
    intent = AlertIntent(Action.OPEN, alert(), "x")
    told = compose(intent, AN, ROOM, NOON, background=background)
    for body in (html(told), plain_text(told)):
        assert "thường ngày khoảng 2" in body


@pytest.mark.parametrize(
    ("rule_id", "rule_type", "asked"),
    [
        ("im", RuleType.SOURCE_SILENCE, "Kiểm tra nguồn tin"),
        ("vang", RuleType.ABSENCE, "Hỏi lại các báo"),
        ("thoi-han", None, "Trả lời trước hạn"),
    ],
)
def test_what_is_missing_asks_for_its_own_work_and_counts_no_reports(rule_id, rule_type, asked):
    empty = alert(rule_id=rule_id, story_id="", document_ids=(), outlets=(), headlines=())
    told = compose(
        AlertIntent(Action.OPEN, empty, "x"), AN, ROOM, NOON, background=Background(rule_type)
    )
    text = plain_text(told)
    assert asked in text and "Quy mô" not in text and "0 tin" not in text
    assert told.story_url == "https://phong.example/canh-bao/a1/"


@pytest.mark.parametrize(
    ("action", "begins"),
    [
        (Action.RAISE, "[Chú ý] Nâng mức: "),
        (Action.ESCALATE, "[Chú ý] Chuyển cấp: "),
        (Action.ASSIGN, "[Chú ý] Giao xử lý: "),
    ],
)
def test_the_subject_says_what_happened(action, begins):
    told = compose(AlertIntent(action, alert(), "x"), AN, ROOM, NOON)
    assert told.subject.startswith(begins)


def test_a_drill_is_marked_in_subject_and_body():
    drill = message(is_drill=True, headlines=(), document_ids=())
    assert drill.subject.startswith("[DIỄN TẬP]")
    for body in (html(drill), plain_text(drill)):
        assert "không phải sự việc thật" in body


def test_a_drill_does_not_call_real_reports_unreal():
    real = message(is_drill=True)
    assert real.subject.startswith("[DIỄN TẬP]")
    for body in (html(real), plain_text(real)):
        assert "Tin bài dưới đây là tin thật" in body
        assert "không phải sự việc thật" not in body


@pytest.mark.parametrize(
    "evil", ["\r\nBcc: x@y.vn", "\u2028Bcc: x@y.vn", "\x00", "\u0085To: x@y.vn"]
)
def test_a_title_cannot_add_a_header(evil):
    mail = build_mail(message(title=f"Tin{evil} nóng"), AN, ID)
    parsed = message_from_bytes(mail.as_bytes(), policy=default)
    assert parsed["Bcc"] is None
    assert parsed.get_all("To") == ["An <an@vd.vn>"]
    assert "\n" not in parsed["Subject"] and "\x00" not in parsed["Subject"]


@pytest.mark.parametrize("address", ["", "khong-phai", "a@b\r\nBcc: c@d", "a b@c.vn"])
def test_a_wrong_address_is_permanent(address):
    with pytest.raises(PermanentDeliveryError):
        build_mail(message(), Recipient("An", "email", address), ID)


def test_html_escapes_titles_and_drops_links_that_are_no_web_address():
    bad = Headline("<script>alert(1)</script>", "Báo", "javascript:alert(1)", NOON)
    page = html(message(title='<img src=x onerror="x">', headlines=(bad,)))
    assert "<script" not in page and "<img" not in page and "javascript:" not in page
    assert "&lt;script&gt;" in page


def test_the_same_message_is_the_same_mail():
    one, two = build_mail(message(), AN, ID), build_mail(message(), AN, ID)
    assert one.as_bytes() == two.as_bytes()
    assert one["Message-ID"].endswith("@vd.vn>")
    other = build_mail(message(level=3), AN, ID)
    assert other["Message-ID"] != one["Message-ID"]


def test_a_mail_is_small_sorted_and_not_answered_by_machines():
    mail = build_mail(message(), AN, ID)
    assert len(mail.as_bytes()) < 100_000
    assert mail["List-Id"] == "LangNghe <langnghe.vd.vn>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_mails_land_whole_in_the_folder_and_once(tmp_path):
    channel = FolderChannel(tmp_path / "outbox", ID)
    channel.send(message(), AN)
    channel.send(message(), AN)
    (only,) = (tmp_path / "outbox").iterdir()
    parsed = message_from_bytes(only.read_bytes(), policy=default)
    assert "23 trẻ nhập viện" in parsed["Subject"]


def test_clean_cuts_at_a_word_and_hides_direction_marks():
    assert clean("một hai ba bốn", 9) == "một hai…"
    assert clean("an\u202etoàn", 20) == "antoàn"


def test_a_token_opens_only_its_alert_and_only_in_time():
    token = AcknowledgeToken("a1", "An", NOON + LIFETIME)
    text = sign(token, "khóa")
    assert read(text, "khóa", NOON) == token
    with pytest.raises(InvalidToken, match="hết hạn"):
        read(text, "khóa", NOON + LIFETIME)
    for broken in (text[:-2], text.replace(".", ""), "", "a.b", text + "x"):
        with pytest.raises(InvalidToken):
            read(broken, "khóa", NOON)
    with pytest.raises(InvalidToken):
        read(text, "khác", NOON + timedelta(minutes=1))


WORDS = ("Hiện", "trường", "vụ", "cháy", "chung", "cư", "ở", "An", "5", "người", "Covid", "độc")


def decoded(text):
    return str(make_header(decode_header(text)))


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=24).map(" ".join))
def test_a_long_subject_and_name_arrive_as_they_were_written(title):
    mail = build_mail(message(title=title), Recipient(title[:60], "email", "an@vd.vn"), ID)
    payload = mail.as_bytes()
    parsed = message_from_bytes(payload, policy=default)
    assert parsed["Subject"] == f"[Chú ý] {clean(title, 142)}"
    # As a program reads it that knows only RFC 2047:
    raw = message_from_bytes(payload)
    assert decoded(raw["Subject"]) == parsed["Subject"]
    assert decoded(parseaddr(raw["To"])[0]) == clean(title[:60], 100)
    head = payload.split(b"\r\n\r\n")[0]
    assert head.isascii() and max(map(len, head.split(b"\r\n"))) < 400


def test_places_are_shown_as_the_background_writes_them() -> None:
    intent = AlertIntent(Action.OPEN, alert(places=("huyện Cần Giờ",)), "x")
    shown = ("huyện Cần Giờ (trước 01/7/2025)",)
    told = compose(intent, AN, ROOM, NOON, background=Background(places=shown))
    assert "Địa bàn: huyện Cần Giờ (trước 01/7/2025)" in told.where
