"""What others write stays text, what strangers send is refused, and nobody is searchable."""

from __future__ import annotations

import json
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.contract.ledger.samples import AUTHOR, article, post
from tests.web.conftest import Room

_VECTORS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "';alert(1)//",
    "<a href=javascript:alert(1)>x</a>",
    "{{ 7|add:7 }}{% debug %}",
    "<iframe srcdoc='<script>alert(1)</script>'>",
)
_URLS = (
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x",
    "https://[bad", "//evil.example/x", "ftp://x.example/",
)  # fmt: skip
_ALLOWED_TAGS = {
    "html", "head", "meta", "title", "link", "script", "body", "a", "header", "div", "svg",
    "path", "span", "small", "nav", "details", "summary", "form", "input", "button", "main", "p",
    "h1", "h2", "h3", "article", "section", "aside", "ul", "ol", "li", "bdi", "time", "table",
    "thead", "tr", "th", "td", "label", "select", "option", "textarea", "b", "strong", "q",
    "mark", "dl", "dt", "dd", "br", "i", "footer", "figure", "polyline", "line", "text", "rect",
    "blockquote", "del", "ins", "code", "iframe", "pre", "img",
}  # fmt: skip


class _Page(HTMLParser):
    """Collects what could act on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag not in _ALLOWED_TAGS:
            self.problems.append(f"<{tag}>")
        if tag == "script" and not (names.get("src") or "").startswith("/tinh/"):
            self.problems.append("a script of somebody else")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.problems.append(f"{tag} {name}")
            if name in ("href", "src", "action") and not (value or "").startswith(
                ("/", "#", "?", "http://", "https://")
            ):
                self.problems.append(f"{name}={value}")
            if (value or "").startswith("//"):
                self.problems.append(f"{name}={value}")
        is_outside = tag == "a" and (names.get("href") or "").startswith("http")
        if is_outside and "noopener noreferrer" not in (names.get("rel") or ""):
            self.problems.append("a link out without rel")


def _problems(html: str) -> list[str]:
    page = _Page()
    page.feed(html)
    return page.problems


def _hostile(shared: Path) -> list[str]:
    lines = (shared / "data" / "hostile" / "xss.txt").read_text("utf-8", "replace").splitlines()
    return [line for line in lines if line.strip()]


def _pages(story: str = "s1", doc: str = "doc-0001") -> list[str]:
    return ["/", "/tin/", "/tin/?q=x", f"/tin/{doc}/", "/vu-viec/", f"/vu-viec/{story}/",
            "/xu-huong/", "/canh-bao/", "/canh-bao/a-1/", "/nguon/", "/nguon/bao-a/"]  # fmt: skip


@pytest.mark.parametrize("vector", _VECTORS)
def test_what_a_publisher_writes_never_acts(stocked: Room, vector: str) -> None:
    stocked.take_in(
        article(20, title=vector, lead=vector, outlet=vector, parent_title=vector),
        post(20, text=vector),
        story="s1",
    )
    stocked.open_alert(id="a-2", title=vector, reasons=(vector,), outlets=(vector,))
    client = stocked.as_role("admin")
    for url in [*_pages(doc="doc-0020"), "/tin/post-0020/", "/canh-bao/a-2/"]:
        page = client.get(url).content.decode()
        assert _problems(page) == [], url


def test_no_known_vector_acts(stocked: Room, shared_dir: Path) -> None:
    vectors = _hostile(shared_dir)
    assert len(vectors) > 20
    for number, start in enumerate(range(0, len(vectors), 25)):
        part = vectors[start : start + 25]
        docs = [article(1000 + start + i, title=v, lead=v) for i, v in enumerate(part)]
        stocked.take_in(*docs, story=f"hostile{number}")
    client = stocked.as_role("leader")
    after = 0
    for number in range(-(-len(vectors) // 25)):
        page = client.get(f"/vu-viec/hostile{number}/").content.decode()
        assert _problems(page) == []
        after += page.count("<li class=")
    assert after == len(vectors)


@pytest.mark.parametrize("query", _VECTORS)
def test_what_a_reader_types_never_acts(stocked: Room, query: str) -> None:
    client = stocked.as_role("analyst")
    for name in ("q", "place", "outlet", "topic", "after", "story", "sort"):
        answer = client.get("/tin/", {name: query})
        assert answer.status_code == 200
        assert _problems(answer.content.decode()) == []


@pytest.mark.parametrize("url", _URLS)
def test_an_address_that_is_no_web_address_is_no_link(stocked: Room, url: str) -> None:
    stocked.take_in(article(30, url=url))
    page = stocked.as_role("leader").get("/tin/doc-0030/").content.decode()
    assert _problems(page) == []
    assert "Mở bài gốc" not in page


def test_a_look_alike_host_shows_its_technical_name(stocked: Room) -> None:
    stocked.take_in(article(31, url="https://vnеxpress.example/x"))  # a Cyrillic е
    assert "xn--" in stocked.as_role("leader").get("/tin/doc-0031/").content.decode()


def test_a_right_to_left_override_is_isolated(stocked: Room) -> None:
    stocked.take_in(article(32, title="\u202egnouhp\u202c tin"), story="s1")
    client = stocked.as_role("leader")
    for url in ("/tin/", "/tin/doc-0032/", "/vu-viec/s1/"):
        page = client.get(url).content.decode()
        for match in re.finditer("\u202e", re.sub(r"(?s)<title>.*?</title>", "", page)):
            before = (
                page[: page.index("\u202e", match.start() - 40)] if match.start() > 40 else page
            )
            assert before.rfind("<bdi>") > before.rfind("</bdi>")


def test_every_naughty_string_is_a_query(stocked: Room, shared_dir: Path) -> None:
    strings = json.loads((shared_dir / "data" / "hostile" / "blns.json").read_text("utf-8"))
    assert len(strings) > 500
    client = stocked.as_role("analyst")
    refused = [s for s in strings if client.get("/tin/", {"q": s}).status_code != 200]
    assert refused == []


def test_nobody_can_be_searched_filtered_or_opened_by_who_wrote(stocked: Room) -> None:
    client = stocked.as_role("admin")
    for url in [*_pages(), "/tin/post-0001/", "/tin/?kind=post"]:
        assert AUTHOR not in client.get(url).content.decode(), url
    for name in ("author", "author_key", "byline", "added_by"):
        page = client.get("/tin/", {name: AUTHOR}).content.decode()
        assert '<b class="num">4</b> tin bài' in page
        assert "Câu tìm kiếm chưa đúng" in client.get("/tin/", {"q": f"{name}:x"}).content.decode()
    assert AUTHOR not in client.post("/tin/xuat/", {}).content.decode()


def test_a_form_from_elsewhere_is_refused(stocked: Room) -> None:
    client = stocked.client(stocked.member("analyst"), enforce_csrf_checks=True)
    answer = client.post("/tin/doc-0001/nhan/", {"label": "tone", "value": "pos"})
    assert answer.status_code == 403


def test_the_answer_carries_its_protection(stocked: Room) -> None:
    answer = stocked.as_role("leader").get("/")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_five_wrong_passwords_lock_the_door(stocked: Room) -> None:
    from ledger import users

    name = stocked.member("leader")
    users.set_password(name, "mat-khau-dung-123", "test", stocked.now)
    client = Client()
    statuses = [
        client.post(reverse("login"), {"username": name, "password": "sai"}).status_code
        for _ in range(5)
    ]
    assert statuses == [200, 200, 200, 200, 429]
    right = {"username": name, "password": "mat-khau-dung-123"}
    assert client.post(reverse("login"), right).status_code == 429


def test_an_idle_session_ends_and_the_boards_polls_do_not_keep_it(
    stocked: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = stocked.as_role("leader")
    assert client.get("/").status_code == 200
    begun = time.time()
    for minute in (10, 20, 29):
        monkeypatch.setattr("web.middleware.time.time", lambda m=minute: begun + m * 60)
        assert client.get("/bang/").status_code == 200
    monkeypatch.setattr("web.middleware.time.time", lambda: begun + 31 * 60)
    assert client.get("/bang/").status_code == 403
    assert client.get("/")["Location"] == reverse("login")


def test_a_session_on_the_wall_shows_the_board_for_weeks_and_nothing_else(
    stocked: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = stocked.as_role("analyst")
    client.post(reverse("wall"))
    begun = time.time()
    monkeypatch.setattr("web.middleware.time.time", lambda: begun + 8 * 24 * 3600)
    assert client.get("/bang/").status_code == 200
    page = client.get("/").content.decode()
    assert "Nước máy nhiễm dầu" in page
    assert "Tiếp nhận</button>" not in page
    for url in ("/tin/", "/tin/doc-0001/", "/canh-bao/", "/mat-khau/"):
        assert client.get(url)["Location"] == "/"
    assert client.post("/canh-bao/a-1/tiep-nhan/")["Location"] == "/"
    from ledger import alerts

    assert [str(a.state) for a in alerts.alerts()] == ["open"]


def test_work_keeps_a_session_alive(stocked: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    client = stocked.as_role("leader")
    begun = time.time()
    for minute in (0, 20, 40, 60):
        monkeypatch.setattr("web.middleware.time.time", lambda m=minute: begun + m * 60)
        assert client.get("/tin/").status_code == 200


def test_figures_are_for_this_machine_or_an_administrator(stocked: Room) -> None:
    assert "langnghe_documents" in Client().get("/metrics").content.decode()
    assert Client(REMOTE_ADDR="192.0.2.1").get("/metrics").status_code == 403
    assert Client().get("/healthz").json() == {"status": "ok"}


def test_behind_https_the_configuration_is_clean(stocked: Room) -> None:
    from dataclasses import replace

    from django.core.management import call_command
    from django.test import override_settings

    from web.settings import room_settings

    settings = replace(stocked.runtime.settings, public_url="https://theo-doi.example.vn")
    values = room_settings(settings)
    values.pop("DATABASES")
    with override_settings(**values):
        call_command("check", deploy=True, fail_level="WARNING")
    assert values["SESSION_COOKIE_SECURE"]
    assert values["CSRF_COOKIE_SECURE"]
