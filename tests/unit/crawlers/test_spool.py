"""The spool: what is kept comes back in order, whatever the disk, a kill or the cap did."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.cursors import Cursors
from crawlers.outage import SpoolingInbox
from crawlers.ports import CrawlJob
from crawlers.spool import Spool, unreadable
from langnghe.document import Channel, Document, DocumentKind
from langnghe.errors import ConfigError, LedgerUnavailable
from langnghe.source import FetchReport, FetchState
from tests.crawl_once import MemoryInbox, source

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
CAP = 1_000_000


def doc(number: int, **fields: object) -> Document:
    values: dict[str, object] = {
        "id": f"d{number}",
        "kind": DocumentKind.ARTICLE,
        "source_id": "bao",
        "outlet": "Báo",
        "url": f"https://bao.vn/{number}",
        "title": f"Tin số {number}",
        "lead": "Sapo\ncó xuống dòng",
        "text": "",
        "published_at": NOW,
        "first_seen_at": NOW,
        "fetched_at": NOW,
        "modified_at": None,
        "captions": ("Ảnh", "Hình"),
        "channel": Channel.FEED,
        "extraction": "feed fastfeedparser",
        **fields,
    }
    return Document(**values)  # type: ignore[arg-type]


REPORT = FetchReport("bao", NOW, NOW + timedelta(seconds=3), "ok", 200, 2, 1, '"e"', ttl_s=60.0)


class Downable(MemoryInbox):
    """An inbox that a test takes down."""

    is_down = False

    def put(self, documents):  # type: ignore[no-untyped-def]
        if self.is_down:
            raise LedgerUnavailable("database is locked")
        return super().put(documents)

    def unknown(self, ids):  # type: ignore[no-untyped-def]
        if self.is_down:
            raise LedgerUnavailable("database is locked")
        return super().unknown(ids)


def test_what_is_kept_comes_back_as_it_was_and_in_order(tmp_path: Path) -> None:
    spool, inbox = Spool(tmp_path, CAP), Downable()
    edited = replace(doc(1), title="Tin đã sửa", reach=7, notes=("một",))
    spool.append([doc(1), doc(2), REPORT])
    spool.append([edited, unreadable("bao", "https://bao.vn/3", "HTTP 410", b"\x00\xff")])

    assert list(Spool(tmp_path, CAP).records())[:4] == [doc(1), doc(2), REPORT, edited]
    assert spool.waiting().documents == 3
    spool.close()
    assert Spool(tmp_path, CAP).drain(inbox) == 3
    assert inbox.reports == {"bao": REPORT}
    assert inbox.quarantined == [("bao", "https://bao.vn/3", "HTTP 410")]
    assert not spool.has_waiting()


def test_a_torn_tail_and_a_spoilt_line_cost_only_themselves(tmp_path: Path) -> None:
    spool, inbox = Spool(tmp_path, CAP), MemoryInbox()
    spool.append([doc(1), doc(2), doc(3)])
    spool.close()
    [segment] = tmp_path.iterdir()
    lines = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(lines[0] + lines[1].replace(b"d2", b"d9") + lines[2] + lines[0][:40])

    assert spool.drain(inbox) == 2
    assert set(inbox.documents) == {"d1", "d3"}


def test_a_segment_stays_until_the_inbox_took_all_of_it(tmp_path: Path) -> None:
    spool, inbox = Spool(tmp_path, CAP), Downable()
    spool.append([doc(1)])
    spool.close()
    inbox.is_down = True
    with pytest.raises(LedgerUnavailable):
        spool.drain(inbox)
    assert spool.waiting().documents == 1

    inbox.is_down = False
    assert spool.drain(inbox) == 1


def test_the_segment_of_a_living_batch_is_left_alone(tmp_path: Path) -> None:
    writer = Spool(tmp_path, CAP)
    writer.append([doc(1)])

    assert Spool(tmp_path, CAP).drain(MemoryInbox()) == 0
    assert writer.waiting().documents == 1


def test_one_document_that_the_inbox_cannot_take_does_not_hold_up_the_others(
    tmp_path: Path,
) -> None:
    class Choosy(MemoryInbox):
        def put(self, documents):  # type: ignore[no-untyped-def]
            if any(d.id == "d2" for d in documents):
                raise ValueError("no such column")
            return super().put(documents)

        def report(self, report: FetchReport) -> None:
            raise ConfigError("unknown source")

    spool, inbox = Spool(tmp_path, CAP), Choosy()
    spool.append([doc(1), doc(2), doc(3), REPORT])
    spool.close()

    spool.drain(inbox)

    assert set(inbox.documents) == {"d1", "d3"}
    assert [url for _, url, _ in inbox.quarantined] == ["https://bao.vn/2"]
    assert not spool.has_waiting()


def test_over_the_cap_nothing_more_is_kept_and_it_says_so(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 3000)
    with pytest.raises(LedgerUnavailable, match="full"):
        for number in range(20):
            spool.append([doc(number)])

    waiting = spool.waiting()
    assert 0 < waiting.documents < 20
    assert waiting.size_bytes <= 3000


@pytest.fixture
def down(tmp_path: Path) -> tuple[SpoolingInbox, Downable, Spool, Cursors]:
    """A batch of one source whose ledger is down from its second call on."""
    job = CrawlJob(source("bao", "https://bao.vn/rss"), FetchState("bao"))
    cursors = Cursors(tmp_path / "crawl")
    cursors.renew([job])
    spool, inbox = Spool(tmp_path / "spool", CAP), Downable()
    return SpoolingInbox(inbox, spool, cursors, [job]), inbox, spool, cursors


def test_from_the_first_failure_on_everything_goes_to_the_spool(
    down: tuple[SpoolingInbox, Downable, Spool, Cursors],
) -> None:
    shelter, inbox, spool, cursors = down
    page = doc(1, extraction="page trafilatura", text="Toàn văn")
    assert shelter.put([doc(1)]).new == ("d1",)
    assert shelter.unknown(["d1"]) == {"d1"}
    inbox.is_down = True

    assert shelter.put([doc(2), doc(3)]).new == ("d2", "d3")
    inbox.is_down = False  # back, but this batch keeps its order
    assert shelter.put([doc(2), replace(doc(3), title="Sửa")]).new == ()
    shelter.put([page])
    assert shelter.unknown(["d1", "d2"]) == {"d2"}
    shelter.report(REPORT)
    shelter.close()

    assert set(inbox.documents) == {"d1"}
    assert spool.drain(inbox) == 4
    assert inbox.documents["d1"] == page
    assert inbox.documents.keys() == {"d1", "d2", "d3"}
    assert cursors.known_pages() == {"d1"}


def test_a_source_goes_on_from_its_own_cursor(
    down: tuple[SpoolingInbox, Downable, Spool, Cursors], tmp_path: Path
) -> None:
    shelter, inbox, _, cursors = down
    inbox.is_down = True
    shelter.put([doc(1)])
    assert [job.source.id for job in cursors.due(NOW, 5)] == ["bao"]

    shelter.report(REPORT)

    assert cursors.due(NOW, 5) == []
    again = Cursors(tmp_path / "crawl")
    [job] = again.due(NOW + timedelta(hours=1), 5)
    assert (job.state.etag, job.state.fetch_count) == ('"e"', 1)


def test_broken_cursors_mean_only_that_nothing_is_read_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "cursors.json").write_text('[{"source": 7}]')
    (tmp_path / "pages.json").write_text("{")

    assert Cursors(tmp_path).due(NOW, 5) == []
    assert Cursors(tmp_path).known_pages() == set()
