"""Bluesky's own servers on loopback: posts, answers, pages, deletions, nobody's name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from langnghe.document import DocumentKind
from langnghe.source import Source, SourceKind
from tests.bluesky_network import Network, bluesky_network, missing
from tests.crawl_once import MemoryInbox, crawl, source

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with bluesky_network() as running:
        yield running


def _source(actor: str, **options: str) -> Source:
    return source(
        "bluesky", "https://bsky.app/", kind=SourceKind.BLUESKY, document_kind=DocumentKind.POST,
        options=tuple({"actor": actor, **options}.items()),
    )  # fmt: skip


def _read(network: Network, src: Source) -> MemoryInbox:
    inbox = crawl([src], ports=network.ports)
    assert inbox.reports["bluesky"].outcome == "ok", inbox.reports
    return inbox


def test_an_account_s_own_server_tells_posts_and_no_deleted_ones(network: Network) -> None:
    office = network.join("vanphong")
    first = network.post(office, "Thông báo cấp nước, gọi 0900 000 123")
    network.post(office, "Bổ sung cho @nguoi-dan.bsky.social", answer_to=first)
    network.delete(office, network.post(office, "Đăng nhầm"))

    for actor in (office.handle, office.did, f"@{office.handle}"):
        docs = list(_read(network, _source(actor, pds=network.pds)).documents.values())
        by_kind = {doc.kind: doc for doc in docs}
        post, answer = by_kind[DocumentKind.POST], by_kind[DocumentKind.COMMENT]
        assert len(docs) == 2
        assert post.text == "Thông báo cấp nước, gọi [số điện thoại]"
        assert (
            post.url == f"https://bsky.app/profile/{office.did}/post/" + first["uri"].split("/")[-1]
        )
        assert answer.parent_id == post.id
        assert answer.author_key == post.author_key != ""
        assert not any(name in repr(docs) for name in (office.handle, "nguoi-dan", "0900"))


def test_pages_are_followed_back_to_what_is_a_week_old(network: Network) -> None:
    office = network.join("nhieubai")
    now = datetime.now(UTC)
    hours = reversed(range(230))  # a server lists by when it was told
    network.post_many(office, [(f"Bài số {h}", now - timedelta(hours=h)) for h in hours])

    docs = _read(network, _source(office.did, pds=network.pds)).documents.values()

    numbers = {int(doc.text.rpartition(" ")[2]) for doc in docs}
    assert numbers >= set(range(7 * 24)), "the whole week"
    assert len(numbers) == 200, "and no page after the one that reaches back"


def test_an_account_that_is_not_there_is_an_error_with_the_server_s_words(network: Network) -> None:
    inbox = crawl([_source("khong-co.test", pds=network.pds)], ports=network.ports)
    report = inbox.reports["bluesky"]
    assert (report.outcome, report.status) == ("http-error", 400)
    assert "Could not find repo" in report.error


def test_the_application_view_tells_what_others_answered(network: Network) -> None:
    if not network.view:
        pytest.skip("no PostgreSQL and Redis for the application view")
    office, citizen, other = (network.join(n) for n in ("sotuphap", "nguyenvanthu", "tranthu"))
    post = network.post(office, "Lịch tiếp dân tháng 12")
    network.post(other, "Bài của người khác")
    answer = network.post(citizen, "Tôi là nguyenvanthu.test, số 0900000123", answer_to=post)
    network.post(other, "Đồng ý với @nguyenvanthu.test", answer_to=answer)
    network.delete(other, network.post(other, "Viết nhầm", answer_to=post))
    network.settle()

    docs = list(_read(network, _source(office.handle, api=network.view)).documents.values())

    own = next(doc for doc in docs if doc.kind is DocumentKind.POST)
    answers = [doc for doc in docs if doc.kind is DocumentKind.COMMENT]
    assert len(docs) == 3
    assert {doc.url for doc in answers} == {own.url}, "an answer's address names nobody"
    assert {doc.parent_title for doc in answers} == {"Lịch tiếp dân tháng 12"}
    assert len({doc.author_key for doc in docs}) == 3
    told = repr(docs)
    for secret in (citizen.handle, citizen.did, other.handle, other.did, "0900000123", "Viết nhầm"):
        assert secret not in told
