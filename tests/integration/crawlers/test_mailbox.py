"""The mailbox over a small IMAP server on loopback: a cursor, nothing deleted, nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawlers.mailbox.read import read_mailbox
from crawlers.ports import CrawlJob
from langnghe.document import Channel
from langnghe.source import FetchState, Source, SourceKind
from tests.crawl_once import KEY, MemoryInbox
from tests.imap_server import ImapServer, imap_server

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def mail(text: str) -> bytes:
    return (
        f"Subject: Ba con phan anh\r\nFrom: a@example.vn\r\nContent-Type: text/plain; charset=utf-8"
        f"\r\n\r\n{text}\r\n"
    ).encode()


def job(server: ImapServer, cursor: str = "") -> CrawlJob:
    url = f"imap://van.phong@127.0.0.1:{server.server_address[1]}/INBOX"
    source = Source(
        id="hop-thu", name="Hộp thư", outlet="Hộp thư", kind=SourceKind.MAILBOX, url=url
    )
    return CrawlJob(source, FetchState("hop-thu", etag=cursor))


def read(job_: CrawlJob, inbox: MemoryInbox, password: str = "mat-khau"):
    return read_mailbox(job_, inbox, password, now=NOW, author_key=KEY)


def test_new_mails_are_read_once_and_stay_in_the_box() -> None:
    inbox = MemoryInbox()
    with imap_server({3: mail("Mất nước từ sáng"), 5: mail("Đèn đường hỏng")}) as server:
        first = read(job(server), inbox)
        again = read(job(server, first.etag), inbox)
        server.mails[9] = mail("Đường ngập")
        later = read(job(server, again.etag), inbox)

    assert (first.outcome, first.new_count, first.etag) == ("ok", 2, "7:5")
    assert (again.new_count, again.etag) == (0, "7:5")
    assert (later.new_count, later.etag) == (1, "7:9")
    assert {doc.channel for doc in inbox.documents.values()} == {Channel.MAILBOX}
    assert not [c for c in server.commands if "STORE" in c.upper() or "EXPUNGE" in c.upper()]
    assert all("EXAMINE" in c for c in server.commands if "SELECT" in c or "EXAMINE" in c)


def test_a_box_that_was_made_anew_is_read_from_its_beginning() -> None:
    inbox = MemoryInbox()
    with imap_server({1: mail("Mất nước từ sáng")}) as server:
        server.validity = 8
        report = read(job(server, "7:5"), inbox)

    assert report.new_count == 1


def test_a_mail_that_cannot_be_read_is_passed_by() -> None:
    inbox = MemoryInbox()
    with imap_server({1: b"\r\n\r\n", 2: mail("Mất nước từ sáng")}) as server:
        report = read(job(server), inbox)

    assert report.new_count == 1
    assert len(inbox.quarantined) == 1


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("imap://a@example.vn/INBOX", "refused"),
        ("https://example.vn/", "refused"),
        ("imap://a@127.0.0.1:1/INBOX", "network-error"),
    ],
)
def test_a_wrong_address_or_a_dead_server_is_reported(url: str, outcome: str) -> None:
    with imap_server({}) as server:
        wrong = job(server)
        wrong = replace(wrong, source=replace(wrong.source, url=url))
        assert read(wrong, MemoryInbox()).outcome == outcome


def test_a_wrong_password_is_reported_and_not_told() -> None:
    with imap_server({1: mail("x")}) as server:
        report = read(job(server), MemoryInbox(), password="sai-roi")

    assert report.outcome == "network-error"
    assert "sai-roi" not in report.error
