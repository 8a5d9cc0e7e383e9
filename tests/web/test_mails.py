"""Mails are read in the room without acting: no script, no button of somebody else."""

from __future__ import annotations

import pytest

from alerts.model import Attachment, Delivery, Message, Recipient
from tests.web.conftest import Room


@pytest.fixture
def mailed(stocked: Room) -> Room:
    """A room with one message that waits, d-1."""
    from ledger import deliveries

    message = Message(
        key="k",
        subject="Khẩn: <b>nước máy</b>",
        level=3,
        what="Nước máy",
        why_now=(),
        how_big=(),
        where=(),
        headlines=(),
        asked="",
        button_label="Tiếp nhận",
        button_url="https://so.example/tiep-nhan/abc.DEF-1/",
        made_at=stocked.now,
        attachments=(Attachment("b.png", "image/png", b"PNG", "bieu-do"),),
        html='<p>Xin chào</p><script>alert(1)</script><img src="cid:bieu-do">'
        '<a href="https://so.example/tiep-nhan/abc.DEF-1/">Nhận</a>',
        text="https://so.example/tiep-nhan/abc.DEF-1/",
    )
    delivery = Delivery("d-1", message, Recipient("An", "email", "an@so.example"), stocked.now)
    deliveries.add_deliveries([delivery], stocked.now, alert_id="a-1")
    return stocked


def test_a_mail_shows_its_envelope_and_a_frame(mailed: Room) -> None:
    client = mailed.as_role("analyst")
    page = client.get("/thu/d-1/").content.decode()
    assert "Khẩn: &lt;b&gt;nước máy&lt;/b&gt;" in page
    assert '<iframe class="mail" sandbox ' in page
    assert "abc.DEF-1" not in page
    assert "an@so.example" in client.get("/thu/").content.decode()


def test_the_frame_can_do_nothing(mailed: Room) -> None:
    answer = mailed.as_role("analyst").get("/thu/d-1/noi-dung/")
    policy = answer["Content-Security-Policy"]
    for rule in ("sandbox", "default-src 'none'", "script-src 'none'", "frame-ancestors 'self'"):
        assert rule in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    body = answer.content.decode()
    assert "abc.DEF-1" not in body
    assert "data:image/png;base64,UE5H" in body


def test_a_dead_letter_is_sent_again_by_a_person(mailed: Room) -> None:
    from ledger import deliveries

    outbox = deliveries.LedgerOutbox()
    (claimed,) = outbox.claim(5, mailed.now)
    outbox.mark_dead(claimed, "550 không có hộp thư này", mailed.now)
    client = mailed.as_role("analyst")
    assert "1 thư không gửi được" in client.get("/").content.decode()
    page = client.get("/thu/d-1/").content.decode()
    assert "550 không có hộp thư này" in page
    assert "Gửi lại" in client.get("/thu/?state=dead").content.decode()
    back = client.post("/thu/d-1/gui-lai/", {"back": "list"})
    assert back["Location"] == "/thu/?state=dead"
    assert deliveries.outbox_health().dead == 0
    assert deliveries.outbox_health().waiting == 1


def test_a_leader_reads_digests_but_no_other_mail(mailed: Room) -> None:
    from dataclasses import replace

    from ledger import deliveries

    (waiting,) = deliveries.LedgerOutbox().claim(5, mailed.now)
    digest = replace(waiting, id="d-2")
    deliveries.add_deliveries([digest], mailed.now, digest_key="daily:x")
    client = mailed.as_role("leader")
    assert "/thu/d-2/" in client.get("/diem-tin/").content.decode()
    assert client.get("/thu/d-2/").status_code == 200
    assert client.get("/thu/d-2/noi-dung/").status_code == 200
    assert client.get("/thu/d-1/").status_code == 404
    assert client.get("/thu/d-1/noi-dung/").status_code == 404


def test_a_recipient_is_shown_by_name(stocked: Room) -> None:
    from dataclasses import replace

    from ledger import deliveries

    name = stocked.member("leader")
    message = Message("k", "Khẩn", 3, "", (), (), (), (), "", "", "", stocked.now, text="x")
    told = Delivery("d-2", replace(message, key="k2"), Recipient(name, "email", name), stocked.now)
    deliveries.add_deliveries([told], stocked.now, alert_id="a-1")
    client = stocked.as_role("analyst")
    assert f'<bdi>leader</bdi><br><small class="soft"><bdi>{name}</bdi>' in (
        client.get("/thu/").content.decode()
    )
    assert (
        f"Gửi tới <bdi>leader</bdi> (<bdi>{name}</bdi>)" in client.get("/thu/d-2/").content.decode()
    )
