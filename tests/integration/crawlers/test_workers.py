"""Limited workers: what hostile input costs, and that the next task is unharmed (faults B1, B2)."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.workers import FEED_LIMITS, PAGE_LIMITS, Limits, WorkerLimit, Workers
from langnghe.errors import FeedParseError, LangNgheError
from tests.loopback_site import article, rss

GOOD_FEED = rss([("https://bao.vn/a-100001.html", "Bài")]).encode()


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(1) as pool:
        yield pool


def assert_alive(workers: Workers) -> None:
    assert workers.run("feed", FEED_LIMITS, GOOD_FEED).items[0].title == "Bài"


def test_errors_come_back_as_they_were_raised(workers: Workers) -> None:
    with pytest.raises(FeedParseError, match="root element <bomb>") as caught:
        workers.run("feed", FEED_LIMITS, b"<bomb>x</bomb>", source_id="s1")

    assert caught.value.source_id == "s1"
    assert_alive(workers)


HOSTILE_FEEDS = {
    "billion laughs": b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><rss><channel><title>&j;</title></channel></rss>",
    "quadratic": b'<!DOCTYPE r [<!ENTITY a "'
    + b"a" * 100_000
    + b'">]><rss><channel><title>'
    + b"&a;" * 100_000
    + b"</title></channel></rss>",
    "nested": b"<rss><channel>" + b"<a>" * 100_000 + b"</channel></rss>",
    "attribute": b"<rss><channel><item><title a='" + b"a" * 9_000_000 + b"'>x</title></item>",
    "items": b"<rss><channel>" + b"<item><title>x</title></item>" * 200_000,
    "open tags": b"<rss><channel><item><description>" + b"&lt;a " * 400_000,
    "cdata": b"<rss><channel><item><title><![CDATA[" * 50_000,
    "json": b'{"items": ' + b"[" * 500_000,
}


@pytest.mark.parametrize("name", HOSTILE_FEEDS)
def test_a_hostile_feed_is_read_or_refused_within_the_limits(workers: Workers, name: str) -> None:
    """The worker enforces 2 s of CPU and 100 MB by itself; nothing else is asserted of time."""
    try:
        feed = workers.run("feed", FEED_LIMITS, HOSTILE_FEEDS[name])
    except LangNgheError as error:
        assert str(error)
    else:
        assert len(repr(feed)) < 10_000_000
    assert_alive(workers)


def test_a_page_of_nested_tags_is_ended_by_the_cpu_limit(workers: Workers) -> None:
    page = b"<html><body>" + b"<div>" * 100_000 + b"x"

    with pytest.raises(WorkerLimit, match=r"stopped after 0\.5 s of CPU"):
        workers.run("page", Limits(cpu_s=0.5, wall_s=60), page)
    assert_alive(workers)


def test_a_task_that_needs_too_much_memory_is_ended(workers: Workers) -> None:
    page = ("<html><body>" + "<p><b>x</b></p>" * 600_000).encode()

    with pytest.raises(LangNgheError):
        workers.run("page", Limits(memory_bytes=30_000_000, wall_s=60), page)
    assert_alive(workers)


def test_an_idle_worker_that_died_is_replaced(workers: Workers) -> None:
    with pytest.raises(WorkerLimit, match=r"stopped after 0\.01 s"):
        workers.run("page", Limits(wall_s=0.01), article("x", words=400_000).encode())
    assert_alive(workers)


def test_the_hostile_xml_files_are_harmless(workers: Workers, shared_dir: Path) -> None:
    for path in sorted((shared_dir / "data/hostile/xml").iterdir()):
        with pytest.raises(FeedParseError):
            workers.run("feed", FEED_LIMITS, path.read_bytes())
    assert_alive(workers)


def test_a_page_of_many_megabytes_of_attribute_is_survived(workers: Workers) -> None:
    page = b"<html><body><p title='" + b"a" * 20_000_000 + b"'>x</p>"

    with pytest.raises(LangNgheError):
        workers.run("page", PAGE_LIMITS, page)
    assert_alive(workers)


def number_of(workers: Workers) -> int:
    """Return the process number of the one worker, alive."""
    assert_alive(workers)
    (slot,) = workers._slots.queue
    assert slot._process is not None
    return slot._process.number


def parent_of(number: int) -> int:
    return int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_worker_holds_nothing_but_its_pipes(workers: Workers) -> None:
    links = [str(link.readlink()) for link in Path(f"/proc/{number_of(workers)}/fd").iterdir()]

    assert sorted(link.partition(":")[0] for link in links) == ["/dev/null"] * 3 + ["pipe"] * 2


def test_a_worker_that_was_ended_is_followed_by_one_of_the_same_nursery() -> None:
    with Workers(1) as workers:
        first = number_of(workers)
        nursery = parent_of(first)
        with pytest.raises(WorkerLimit):
            workers.run("page", Limits(wall_s=0.01), article("x", words=400_000).encode())
        second = number_of(workers)

        assert second != first
        assert parent_of(second) == nursery
        assert not Path(f"/proc/{first}").exists()


def test_a_nursery_that_ended_is_replaced_with_the_next_worker() -> None:
    with Workers(1) as workers:
        first = number_of(workers)
        os.kill(parent_of(first), signal.SIGKILL)
        assert number_of(workers) == first
        with pytest.raises(WorkerLimit):
            workers.run("page", Limits(wall_s=0.01), article("x", words=400_000).encode())
        assert_alive(workers)


def test_why_the_parsers_did_not_load_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "trafilatura.py").write_text("raise ImportError('torn by half an update')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Workers(1) as workers, pytest.raises(ConnectionError):
        workers.run("feed", FEED_LIMITS, GOOD_FEED)

    assert "ImportError: torn by half an update" in capfd.readouterr().err


def test_nothing_is_left_of_workers_that_were_closed() -> None:
    with Workers(1) as workers:
        number = number_of(workers)
        nursery = parent_of(number)

    assert not Path(f"/proc/{number}").exists()
    assert not Path(f"/proc/{nursery}").exists()
