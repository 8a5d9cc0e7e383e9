"""A batch without network: fake downloader, fake inbox, real readers in this process."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers.discover import discover
from crawlers.headers import max_age_s, retry_after_s
from crawlers.options import CrawlOptions
from crawlers.ports import CrawlJob
from crawlers.readers.reader import Fetch
from crawlers.session import Answer, AskFailed, Session
from crawlers.starter import STARTER_FILE, load_sources, starter_sources
from crawlers.tasks import TASKS
from crawlers.workers import Limits
from langnghe.document import DocumentKind
from langnghe.profile import Profile
from langnghe.source import FetchState, OutletKind, Source, SourceKind
from tests.crawl_once import MemoryInbox, source
from tests.loopback_site import article, rss

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
BASE = "https://bao.vn"


class StoppedClock:
    """Always the same moment."""

    def now(self) -> datetime:
        return NOW


class Web:
    """Answers by address; what is missing does not answer."""

    def __init__(self, pages: dict[str, str | int], **headers: str) -> None:
        self.pages = pages
        self.headers = headers
        self.asked: list[Fetch] = []

    async def __call__(self, fetch: Fetch, max_bytes: int) -> Answer:
        self.asked.append(fetch)
        await asyncio.sleep(0)
        page = self.pages.get(fetch.url)
        if page is None:
            raise AskFailed("network-error", "no answer")
        status, body = (page, "") if isinstance(page, int) else (200, page)
        return Answer(fetch.url, status, self.headers, body.encode())


def parse(task: str, limits: Limits, *args: Any) -> Any:
    return TASKS[task](*args)


OPTIONS = CrawlOptions("Test/1", host_delay_s=0.0, clock=StoppedClock(), author_key=b"k" * 32)
PAGES = {
    f"{BASE}/rss": rss([(f"{BASE}/mot-100001.html", "Một"), (f"{BASE}/hai-100002.html", "Hai")]),
    f"{BASE}/mot-100001.html": article("Bài một đầy đủ"),
    f"{BASE}/hai-100002.html": article("Bài hai đầy đủ"),
}


def run(jobs: list[CrawlJob], web: Web, options: CrawlOptions = OPTIONS) -> MemoryInbox:
    inbox = MemoryInbox()

    async def session() -> None:
        await Session(jobs, inbox, options, ask=web, parse=parse).run()

    asyncio.run(session())
    return inbox


def job(name: str, url: str, **fields: Any) -> CrawlJob:
    return CrawlJob(source(name, url, **fields), FetchState(name))


def test_documents_are_stored_before_any_page_is_asked_for() -> None:
    order: list[str] = []
    web = Web(PAGES)

    class Watching(MemoryInbox):
        def put(self, documents: Any) -> Any:
            order.append(f"put {len(documents)} after {len(web.asked)} requests")
            return super().put(documents)

    inbox = Watching()

    async def session() -> None:
        await Session([job("b", f"{BASE}/rss")], inbox, OPTIONS, ask=web, parse=parse).run()

    asyncio.run(session())

    assert order == ["put 2 after 1 requests", "put 2 after 3 requests"]


def test_a_page_that_the_inbox_cannot_take_fails_alone() -> None:
    class Choosy(MemoryInbox):
        def put(self, documents: Any) -> Any:
            if any("Bài một" in doc.title and doc.text for doc in documents):
                raise ValueError("no such column")
            return super().put(documents)

    inbox, web = Choosy(), Web(PAGES, etag='"1"')

    async def session() -> None:
        await Session([job("b", f"{BASE}/rss")], inbox, OPTIONS, ask=web, parse=parse).run()

    asyncio.run(session())

    assert sum(doc.extraction.startswith("page") for doc in inbox.documents.values()) == 1
    assert inbox.reports["b"].etag == ""


def test_a_page_that_does_not_answer_leaves_the_feed_s_words_and_is_asked_again() -> None:
    inbox = run([job("b", f"{BASE}/rss")], Web({f"{BASE}/rss": PAGES[f"{BASE}/rss"]}, etag='"1"'))

    assert len(inbox.documents) == 2
    assert inbox.reports["b"].outcome == "ok"
    assert inbox.reports["b"].etag == ""


def test_a_page_that_is_gone_is_quarantined_with_its_reason() -> None:
    pages = {**PAGES, f"{BASE}/mot-100001.html": 410}

    inbox = run([job("b", f"{BASE}/rss")], Web(pages, etag='"1"'))

    assert inbox.quarantined == [("b", f"{BASE}/mot-100001.html", "HTTP 410")]
    assert inbox.reports["b"].etag == '"1"'


def test_when_the_time_is_over_pages_wait_for_the_next_poll() -> None:
    web = Web(PAGES, etag='"1"')

    inbox = run([job("b", f"{BASE}/rss")], web, replace(OPTIONS, batch_s=-1.0))

    assert [fetch.url for fetch in web.asked] == []
    assert inbox.reports == {}, "a source that was not asked stays due"


def test_a_source_without_its_token_is_refused_and_the_others_go_on() -> None:
    jobs = [job("y", "https://youtube.com/", kind=SourceKind.YOUTUBE), job("b", f"{BASE}/rss")]

    inbox = run(jobs, Web(PAGES))

    assert inbox.reports["y"].outcome == "refused"
    assert "token" in inbox.reports["y"].error
    assert inbox.reports["b"].outcome == "ok"


def test_the_token_of_a_source_goes_into_its_own_requests_only() -> None:
    web = Web({})
    options = replace(OPTIONS, secrets={"y": "tok3n"})
    youtube = Source(
        id="y", name="y", outlet="y", kind=SourceKind.YOUTUBE, url="https://youtube.com/",
        options=(("channel", "UCabc"),),
    )  # fmt: skip

    run([CrawlJob(youtube, FetchState("y")), job("b", f"{BASE}/rss")], web, options)

    carrying = [fetch for fetch in web.asked if "tok3n" in repr(fetch)]
    assert len(carrying) == 1
    assert carrying[0].url.startswith("https://www.googleapis.com/")


def test_headers_that_ask_for_patience() -> None:
    assert retry_after_s({"retry-after": "120"}) == 120
    dated = {
        "retry-after": "Fri, 20 Nov 2026 03:10:00 GMT",
        "date": "Fri, 20 Nov 2026 03:00:00 GMT",
    }
    assert retry_after_s(dated) == 600
    assert retry_after_s({}) is None
    assert max_age_s({"cache-control": "public, max-age=300"}) == 300
    assert max_age_s({"cache-control": "no-store"}) is None


FRONT = """<html><head><meta property="og:site_name" content="Báo Huế">
<link rel="alternate" type="application/rss+xml" href="/rss/home.rss"></head><body>
<a href="/thoi-su">Thời sự</a><a href="/kinh-te">Kinh tế</a><a href="/rss">RSS</a></body></html>"""


def test_the_wizard_finds_feeds_sitemaps_and_sections() -> None:
    base = "https://baohue.vn"
    sitemap = (
        "<?xml version='1.0'?><urlset><url><loc>https://baohue.vn/a-100001.html</loc><news:title>A"
        "</news:title><news:publication_date>2026-11-20T01:00:00Z</news:publication_date></url></urlset>"
    )
    web = Web(
        {
            f"{base}/": FRONT,
            f"{base}/rss/home.rss": rss([(f"{base}/mot-100001.html", "Một")]),
            f"{base}/rss": "<html>Danh sách RSS</html>",
            f"{base}/robots.txt": f"User-agent: *\nSitemap: {base}/news.xml\n",
            f"{base}/news.xml": sitemap,
        }
    )

    found = asyncio.run(discover(f"{base}/", web, parse, now=NOW, provinces={"46": "Huế"}))

    assert found.outlet == "Báo Huế"
    kinds = [(p.source.kind, p.source.url, p.item_count) for p in found.proposals]
    assert kinds == [
        (SourceKind.FEED, f"{base}/rss/home.rss", 1),
        (SourceKind.SITEMAP, f"{base}/news.xml", 1),
    ]
    best = found.proposals[0]
    assert (best.source.province, best.source.outlet_kind) == ("46", OutletKind.LOCAL)
    assert best.preview[0].title == "Một"
    assert (f"{base}/thoi-su", "Thời sự") in found.sections


def test_the_wizard_names_a_paper_by_its_feed_or_front_page_title() -> None:
    base = "https://lgo.vn"
    front = FRONT.replace('<meta property="og:site_name" content="Báo Huế">', "<title>{}</title>")
    pages = {
        f"{base}/": front.format("Lam Giang Online - Trang chủ"),
        f"{base}/rss/home.rss": rss([(f"{base}/mot-100001.html", "Một")]).replace(
            "<channel>", "<channel><title>Tin mới nhất - Lam Giang Online RSS</title>"
        ),
    }
    for url in (f"{base}/", f"{base}/rss/home.rss"):
        found = asyncio.run(discover(url, Web(pages), parse, now=NOW, provinces={}))
        assert found.outlet == "Lam Giang Online"
        assert found.proposals[0].source.outlet == "Lam Giang Online"


def test_the_wizard_knows_papers_of_the_shipped_list_and_their_parts() -> None:
    base = "https://vnexpress.net"
    front = FRONT.replace("/rss/home.rss", "/rss/thoi-su.rss")
    feed = rss([(f"{base}/mot-100001.html", "Một")])
    pages = {
        f"{base}/": front,
        f"{base}/rss/tin-moi-nhat.rss": feed,
        f"{base}/rss/thoi-su.rss": feed,
    }
    found = asyncio.run(discover(f"{base}/", Web(pages), parse, now=NOW, provinces={}))

    assert found.outlet == "VnExpress"
    assert {p.source.name for p in found.proposals} == {
        "VnExpress – Thời sự",
        "VnExpress – Tin mới nhất",
    }
    assert all(p.source.is_enabled and p.source.url != f"{base}/" for p in found.proposals)


def _youtube_answers(refusal: int, words: str) -> MemoryInbox:
    """Read a channel with one fresh video whose comments are refused."""
    source = Source(
        id="y", name="y", outlet="y", kind=SourceKind.YOUTUBE, url="https://youtube.com/",
        options=(("channel", "UCabc"),), document_kind=DocumentKind.POST,
    )  # fmt: skip
    snippet = {"title": "Video", "channelId": "UCabc", "publishedAt": NOW.isoformat()}
    videos = {"items": [{"snippet": snippet, "contentDetails": {"videoId": "v1"}}]}

    async def ask(fetch: Fetch, max_bytes: int) -> Answer:
        if "playlistItems" in fetch.url:
            return Answer(fetch.url, 200, {}, json.dumps(videos).encode())
        return Answer(fetch.url, refusal, {}, words.encode())

    inbox = MemoryInbox()
    options = replace(OPTIONS, secrets={"y": "tok3n"})

    async def session() -> None:
        jobs = [CrawlJob(source, FetchState("y"))]
        await Session(jobs, inbox, options, ask=ask, parse=parse).run()

    asyncio.run(session())
    return inbox


def test_comments_that_are_switched_off_do_not_fail_the_channel() -> None:
    words = '{"error": {"code": 403, "errors": [{"reason": "commentsDisabled"}]}}'
    inbox = _youtube_answers(403, words)
    assert inbox.reports["y"].outcome == "ok"
    assert len(inbox.documents) == 1


def test_a_refused_token_fails_the_source_in_the_service_s_words_but_not_with_itself() -> None:
    inbox = _youtube_answers(400, '{"error": {"code": 400, "message": "API key tok3n not valid"}}')
    report = inbox.reports["y"]
    assert report.outcome == "http-error"
    assert "API key … not valid" in report.error


def test_the_starter_sources_are_sound() -> None:
    sources = load_sources(STARTER_FILE)
    enabled = [s for s in sources if s.is_enabled]
    candidates = [s for s in sources if not s.is_enabled]

    assert len(enabled) >= 40
    assert {s.province for s in candidates if s.outlet_kind is OutletKind.PORTAL} == {
        s.province for s in candidates if s.outlet_kind is OutletKind.LOCAL
    }
    assert len({s.province for s in candidates}) == 34
    assert all(s.url.startswith("https://") and 0.5 <= s.weight <= 2 for s in sources)
    own = [s for s in starter_sources(Profile(province="48")) if s.province == "48"]
    assert len(own) == 2
    assert all(s.is_enabled for s in own)


def session_of(day: Path, web: Web, moment: datetime, inbox: MemoryInbox) -> None:
    """Read the source once at ``moment``, with what earlier batches in ``day`` learnt."""
    clock = StoppedClock()
    clock.now = lambda: moment  # type: ignore[method-assign]
    options = replace(OPTIONS, clock=clock, cache_dir=day)

    async def session() -> None:
        await Session([job("b", f"{BASE}/rss")], inbox, options, ask=web, parse=parse).run()

    asyncio.run(session())
    inbox.reports.clear()


def test_a_silent_edit_is_seen_though_the_feed_says_nothing(tmp_path: Path) -> None:
    inbox, address = MemoryInbox(), f"{BASE}/mot-100001.html"
    web = Web(dict(PAGES), etag='"1"')
    session_of(tmp_path, web, NOW, inbox)
    session_of(tmp_path, web, NOW + timedelta(minutes=30), inbox)
    assert [f.url for f in web.asked].count(address) == 1
    web.pages[address] = article("Bài một đã đổi tiêu đề")

    session_of(tmp_path, web, NOW + timedelta(hours=2), inbox)

    again = [fetch for fetch in web.asked if fetch.url == address][-1]
    assert ("If-None-Match", '"1"') in again.headers
    assert "Bài một đã đổi tiêu đề" in {doc.title for doc in inbox.documents.values()}
    assert inbox.quarantined == []


@pytest.mark.parametrize("answer", [404, 410])
def test_a_page_that_was_taken_down_is_marked_and_asked_for_no_more(
    tmp_path: Path, answer: int
) -> None:
    inbox, address = MemoryInbox(), f"{BASE}/mot-100001.html"
    web = Web(dict(PAGES))
    session_of(tmp_path, web, NOW, inbox)
    web.pages[address] = answer

    for hours in (2, 7, 25):
        session_of(tmp_path, web, NOW + timedelta(hours=hours), inbox)

    assert len(inbox.taken_down) == 1
    assert [f.url for f in web.asked].count(address) == 2
    assert inbox.quarantined == []


def test_a_page_that_does_not_answer_is_asked_again_and_hurts_nobody(tmp_path: Path) -> None:
    inbox, address = MemoryInbox(), f"{BASE}/mot-100001.html"
    web = Web(dict(PAGES))
    session_of(tmp_path, web, NOW, inbox)
    words = {doc.content_hash for doc in inbox.documents.values()}
    web.pages[address] = 503

    session_of(tmp_path, web, NOW + timedelta(hours=2), inbox)

    assert {doc.content_hash for doc in inbox.documents.values()} == words
    assert inbox.taken_down == []
