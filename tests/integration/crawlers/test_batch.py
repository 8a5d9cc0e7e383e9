"""A whole crawl batch against a loopback site: what is read, what is asked, what is reported."""
# ruff: noqa: E501

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from langnghe.document import DocumentKind
from langnghe.source import FetchState, SourceKind
from tests.crawl_once import MemoryInbox, crawl, source
from tests.loopback_site import Request, article, loopback_site, rss

PAGES = {
    "/rss": rss(
        [("{base}/bai-mot-100001.html", "Bài một"), ("{base}/bai-hai-100002.html", "Bài hai")]
    ),
    "/bai-mot-100001.html": article("Bài một đầy đủ", "{base}/bai-mot-100001.html"),
    "/bai-hai-100002.html": article("Bài hai đầy đủ"),
}


def test_a_feed_and_its_pages_become_documents() -> None:
    with loopback_site(PAGES) as site:
        inbox = crawl([source("bao", f"{site.base}/rss")], ports=[site.port])

    docs = sorted(inbox.documents.values(), key=lambda doc: doc.url)
    report = inbox.reports["bao"]
    assert [doc.title for doc in docs] == ["Bài hai đầy đủ", "Bài một đầy đủ"]
    assert all(doc.extraction.startswith("page") and doc.text.startswith(doc.lead) for doc in docs)
    assert (report.outcome, report.item_count, report.new_count) == ("ok", 2, 2)
    assert site.paths()[:2] == ["/robots.txt", "/rss"]
    agent = site.seen[1][2]["User-Agent"]
    assert agent.startswith("LangNghe-test/1 (+http")
    assert "Cookie" not in site.seen[2][2]


def test_pages_already_stored_are_not_asked_for_again() -> None:
    with loopback_site(PAGES) as site:
        sources = [source("bao", f"{site.base}/rss")]
        inbox = crawl(sources, ports=[site.port])
        first = len(site.seen)
        kept = MemoryInbox(documents=inbox.documents)
        again = crawl(sources, ports=[site.port], inbox=kept)

    assert site.paths()[first:] == ["/robots.txt", "/rss"]
    assert again.reports["bao"].new_count == 0


def test_the_same_article_in_two_feeds_is_read_once() -> None:
    pages = {**PAGES, "/khac": PAGES["/rss"].replace(".html", ".html?utm_source=khac")}
    with loopback_site(pages) as site:
        sources = [source("a", f"{site.base}/rss"), source("b", f"{site.base}/khac")]
        inbox = crawl(sources, ports=[site.port])

    assert len(inbox.documents) == 2
    assert sum("bai-" in path for path in site.paths()) == 2


def test_validators_are_sent_and_not_modified_is_good() -> None:
    def feed(request: Request) -> None:
        if request.headers.get("If-None-Match") == '"v1"':
            request.answer(status=304)
        else:
            request.answer("x", 500)

    with loopback_site({"/rss": feed}) as site:
        states = {
            "bao": FetchState("bao", etag='"v1"', last_modified="Fri, 20 Nov 2026 01:00:00 GMT")
        }
        inbox = crawl([source("bao", f"{site.base}/rss")], ports=[site.port], states=states)

    assert inbox.reports["bao"].outcome == "not-modified"
    assert site.seen[-1][2]["If-Modified-Since"] == "Fri, 20 Nov 2026 01:00:00 GMT"


def test_robots_txt_is_obeyed_for_feeds_pages_and_redirects() -> None:
    pages = {
        **PAGES,
        "/robots.txt": "User-agent: *\nDisallow: /bai-mot\nDisallow: /kin\n",
        "/kin/rss": PAGES["/rss"],
        "/qua": lambda request: request.answer(status=302, Location="/kin/rss"),
    }
    with loopback_site(pages) as site:
        sources = [
            source("mo", f"{site.base}/rss"),
            source("kin", f"{site.base}/kin/rss"),
            source("qua", f"{site.base}/qua"),
        ]
        inbox = crawl(sources, ports=[site.port])

    assert not [path for path in site.paths() if path.startswith(("/kin", "/bai-mot"))]
    assert inbox.reports["kin"].outcome == inbox.reports["qua"].outcome == "robots"
    assert inbox.reports["mo"].outcome == "ok"
    assert site.paths().count("/robots.txt") == 1


def test_a_robots_txt_that_fails_closes_the_site() -> None:
    pages = {**PAGES, "/robots.txt": lambda request: request.answer("x", 503)}
    with loopback_site(pages) as site:
        inbox = crawl([source("bao", f"{site.base}/rss")], ports=[site.port])

    assert site.paths() == ["/robots.txt"]
    assert inbox.reports["bao"].outcome == "network-error"


def test_starts_at_one_host_keep_their_distance(tmp_path: Path) -> None:
    links = [(f"{{base}}/bai-{n}-10000{n}.html", f"Bài {n}") for n in range(4)]
    pages = {
        "/rss": rss(links),
        **{f"/bai-{n}-10000{n}.html": article(f"Bài {n}") for n in range(4)},
    }
    with loopback_site(pages) as site:
        sources = [source("bao", f"{site.base}/rss")]
        options = {"ports": [site.port], "host_delay_s": 0.4, "cache_dir": tmp_path}
        crawl(sources, **options)
        first_end = len(site.seen)
        crawl(sources, **options)

    starts = [moment for moment, _, _ in site.seen]
    gaps = [after - before for before, after in pairwise(starts)]
    assert first_end == 6
    assert site.paths()[first_end] == "/rss", "robots.txt is kept across batches"
    # Seen from the server, a start may come late, so the next may seem early by the same time.
    assert min(gaps) > 0.3


def test_what_is_left_over_keeps_no_validators() -> None:
    def feed(request: Request) -> None:
        text = PAGES["/rss"].replace("{base}", f"http://{request.headers['Host']}")
        request.answer(text, content_type="application/rss+xml", ETag='"v1"')

    with loopback_site({**PAGES, "/rss": feed}) as site:
        sources = [source("bao", f"{site.base}/rss")]
        some = crawl(sources, ports=[site.port], pages_per_source=1)
        all_ = crawl(sources, ports=[site.port])

    assert some.reports["bao"].etag == ""
    assert len(some.documents) == 2, "the feed's own words are stored all the same"
    assert all_.reports["bao"].etag == '"v1"'


def test_an_inbox_that_is_down_loses_nothing() -> None:
    with loopback_site(PAGES) as site:
        sources = [source("bao", f"{site.base}/rss")]
        down = crawl(sources, ports=[site.port], inbox=MemoryInbox(fails_after=0))
        up = crawl(sources, ports=[site.port])

    assert down.documents == {}
    assert down.reports["bao"].etag == ""
    assert len(up.documents) == 2


def test_a_forum_s_feed_becomes_masked_posts_without_pages() -> None:
    feed = rss([("{base}/chu-de-1", "Nước máy có mùi")]).replace(
        "<description>", "<author>nguoi.dung_1</author><description>Gọi 0900000123. "
    )
    with loopback_site({"/rss": feed}) as site:
        forum = source("dd", f"{site.base}/rss", document_kind=DocumentKind.POST)
        inbox = crawl([forum], ports=[site.port])

    (doc,) = inbox.documents.values()
    assert doc.kind is DocumentKind.POST
    assert len(doc.author_key) == 20
    assert "0900000123" not in repr(doc)
    assert "nguoi.dung_1" not in repr(doc)
    assert site.paths() == ["/robots.txt", "/rss"]


@pytest.mark.parametrize(
    ("body", "status", "outcome"),
    [
        ("<rss><channel><title>x</title></channel></rss>", 200, "empty"),
        ("<html><script>document.cookie='a=1';location.reload()</script></html>", 200, "challenge"),
        ("<html><body>Bảo trì</body></html>", 200, "parse-error"),
        ("x", 500, "http-error"),
        ("x", 404, "http-error"),
        ("x", 403, "http-error"),
    ],
)
def test_a_bad_answer_is_reported_as_what_it_is(body: str, status: int, outcome: str) -> None:
    with loopback_site({"/rss": lambda request: request.answer(body, status)}) as site:
        inbox = crawl([source("bao", f"{site.base}/rss")], ports=[site.port])

    report = inbox.reports["bao"]
    assert (report.outcome, report.status) == (outcome, status)
    assert report.error.startswith(outcome)


def test_retry_after_and_429_are_taken_to_heart() -> None:
    def busy(request: Request) -> None:
        request.answer("x", 429, Retry_After="120")

    with loopback_site({"/rss": busy}) as site:
        inbox = crawl([source("bao", f"{site.base}/rss")], ports=[site.port])

    assert inbox.reports["bao"].retry_after_s == 120


def test_a_section_page_and_a_news_sitemap_lead_to_articles() -> None:
    section = "<html><body>" + "".join(
        f'<h3><a href="/bai-viet-so-{n}-10000{n}.html">Tít của bài viết số {n} trong chuyên mục</a></h3>'
        for n in range(4)
    )
    sitemap = (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<url><loc>{base}/bai-moi-200001.html</loc><news:news><news:publication_date>"
        "{now}</news:publication_date><news:title>Bài mới</news:title></news:news></url></urlset>"
    )
    now = datetime.now(UTC).isoformat()
    pages = {
        "/thoi-su": section,
        "/sitemap.xml": sitemap.replace("{now}", now),
        "/bai-moi-200001.html": article("Bài mới trong sơ đồ trang"),
        **{f"/bai-viet-so-{n}-10000{n}.html": article(f"Bài số {n}") for n in range(4)},
    }
    with loopback_site(pages) as site:
        sources = [
            source("muc", f"{site.base}/thoi-su", kind=SourceKind.SECTION),
            source("so-do", f"{site.base}/sitemap.xml", kind=SourceKind.SITEMAP),
        ]
        inbox = crawl(sources, ports=[site.port])

    titles = sorted(doc.title for doc in inbox.documents.values())
    assert titles == ["Bài mới trong sơ đồ trang", *(f"Bài số {n}" for n in range(4))]
    assert inbox.reports["muc"].new_count == 4
