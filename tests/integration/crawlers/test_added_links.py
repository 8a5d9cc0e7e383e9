"""A link that a person adds: its page is read in the background, with a crawl's manners."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from crawlers.added import why_unread
from crawlers.manual import ManualEntry, manual_document
from langnghe.document import Channel, DocumentKind
from langnghe.settings import Settings
from langnghe.source import Source, SourceKind
from runtime.crawl_child import due_links, main
from runtime.wiring import Runtime
from tests.faults.forked import died, fork
from tests.integration.runtime.made import StepClock
from tests.loopback_site import Request, Site, article, loopback_site, rss

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
KEY = b"k" * 32


class Office:
    """A ledger, a paper on loopback and a crawler that runs once when told."""

    def __init__(self, settings: Settings, site: Site) -> None:
        self.site = site
        self.clock = StepClock(NOW)
        self.runtime = Runtime(settings, self.clock)

    def add(self, path: str, **given: str) -> str:
        """Add the link of ``path`` by hand and return the entry's id."""
        from ledger import ingest

        place = given.pop("place", "Báo Thử")
        entry = ManualEntry(
            place=place, url=self.site.base + path, kind=DocumentKind.ARTICLE, **given
        )
        doc = manual_document(entry, self.clock.now(), KEY)
        ingest.record_ingest([doc], self.clock.now(), added_by="an")
        return doc.id

    def crawl(self, **later: float) -> None:
        self.clock.moment += timedelta(**later)
        assert not died(fork(lambda: main(self.runtime, Event())))

    def follow_feed(self) -> None:
        from ledger import sources

        source = Source("bao", "Báo", "Báo Thử", SourceKind.FEED, self.site.base + "/rss")
        sources.seed_sources([source], self.clock.now())

    def asked(self, path: str) -> int:
        return self.site.paths().count(path)


@pytest.fixture
def office(ledger_sqlite: Settings, tmp_path: Path) -> Iterator[Office]:
    def moved(request: Request) -> None:
        request.answer(status=302, Location="/bai-100001.html")

    pages = {
        "/bai-100001.html": article("Cầu mới thông xe", "{base}/bai-100001.html"),
        "/ngan": moved,
        "/cam/bai.html": article("Trang cấm"),
        "/robots.txt": "User-agent: *\nDisallow: /cam/\n",
        "/rss": rss([("{base}/bai-100001.html", "Cầu mới thông xe")]),
        "/ban": lambda request: request.answer("bận", 503),
    }
    with loopback_site(pages) as site:
        settings = replace(
            ledger_sqlite,
            loopback_ports=str(site.port),
            host_delay_s=0.0,
            author_key_file=str(tmp_path / "author.key"),
        )
        yield Office(settings, site)


def rows() -> list[tuple[str, str, str]]:
    from ledger.models import DocumentRow

    return list(DocumentRow.objects.values_list("title", "channel", "extraction"))


def test_a_bare_link_becomes_the_article_and_counts_as_added_by_hand(office: Office) -> None:
    from ledger import documents

    entry_id = office.add("/bai-100001.html", place="Nhóm Phố Lam")
    office.crawl()

    [doc] = documents.load_documents([entry_id])
    assert doc.title == "Cầu mới thông xe"
    assert doc.lead.startswith("Sapo của bài")
    assert "phường Bến Thủy" in doc.text
    assert doc.published_at == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)
    assert (doc.channel, doc.revision) == (Channel.MANUAL, 1)
    assert office.site.paths()[0] == "/robots.txt"
    assert due_links(office.runtime)[0] == []


def test_a_forwarded_link_joins_what_was_crawled_and_leads_there(office: Office) -> None:
    from ledger import documents, retention
    from ledger.models import DailyCountRow, DocumentRow, SightingRow

    office.follow_feed()
    office.crawl()
    entry_id = office.add("/ngan", text="")
    DocumentRow.objects.filter(pk=entry_id).update(notes=["thấy ở Nhóm Phố Lam"])
    office.crawl(minutes=1)

    [(title, channel, _)] = rows()
    assert (title, channel) == ("Cầu mới thông xe", "feed")
    kept_id = retention.original_of(entry_id)
    [doc] = documents.load_documents([kept_id])
    assert "thấy ở Nhóm Phố Lam" in doc.notes
    assert set(SightingRow.objects.values_list("source_id", flat=True)) == {"bao", "them-tay"}
    assert not DailyCountRow.objects.exists(), "a twin is not counted"


def test_a_crawler_that_comes_later_finds_the_forwarded_link_s_page(office: Office) -> None:
    office.add("/ngan")
    office.crawl()
    office.follow_feed()
    office.crawl(minutes=1)

    [(title, channel, _)] = rows()
    assert (title, channel) == ("Cầu mới thông xe", "manual")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/cam/bai.html", "robots.txt"),
        ("/khong-co.html", "không còn ở địa chỉ này"),
    ],
)
def test_what_may_not_or_cannot_be_read_stays_as_entered_and_says_why(
    office: Office, path: str, said: str
) -> None:
    from ledger import documents, quarantine

    entry_id = office.add(path, title="Người thêm đặt", text="Gọi 0900 000 123")
    office.crawl()

    [doc] = documents.load_documents([entry_id])
    assert doc.title == "Người thêm đặt"
    assert "0900" not in doc.text
    assert said in why_unread(quarantine.why_unread(entry_id))
    assert office.asked("/cam/bai.html") == 0
    assert due_links(office.runtime)[0] == []


def test_an_inner_address_is_never_asked(office: Office) -> None:
    from ledger import quarantine

    object.__setattr__(
        office.runtime, "settings", replace(office.runtime.settings, loopback_ports="")
    )
    entry_id = office.add("/bai-100001.html")
    office.crawl()

    assert office.site.seen == []
    assert "trang công khai" in why_unread(quarantine.why_unread(entry_id))


def test_a_page_that_does_not_answer_is_tried_at_a_falling_rate_and_then_given_up(
    office: Office,
) -> None:
    from ledger import quarantine

    entry_id = office.add("/ban")
    office.crawl()
    office.crawl(minutes=1)
    assert office.asked("/ban") == 1, "not before five minutes"
    for minutes in (5, 31, 121, 481):
        office.crawl(minutes=minutes)
    assert office.asked("/ban") == 5
    assert quarantine.why_unread(entry_id) == ""
    office.crawl(days=1)
    assert "lỗi 503" in why_unread(quarantine.why_unread(entry_id))
    assert due_links(office.runtime)[0] == []

    office.site.pages["/ban"] = article("Nay đọc được")
    [waiting] = quarantine.entries()
    quarantine.requeue(waiting.id, "an", office.clock.now())
    office.crawl(minutes=5)
    assert [title for title, _, _ in rows()] == ["Nay đọc được"]
