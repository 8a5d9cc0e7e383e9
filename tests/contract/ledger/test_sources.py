"""Sources: seeded once, due by the ledger's word alone, leased to one crawler."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from langnghe.document import DocumentKind, document_id
from langnghe.errors import ConfigError
from langnghe.source import FetchReport, Health, OutletKind, Source, SourceKind
from tests.contract.ledger.samples import NOW, article, feed_item

pytestmark = pytest.mark.usefixtures("ledger")
ACTOR = "an@example.vn"


def source(number: int = 1, **changes: object) -> Source:
    made = Source(
        id=f"bao-{number}",
        name=f"Báo {number}",
        outlet=f"Báo {number}",
        kind=SourceKind.FEED,
        url=f"https://bao-{number}.example/rss",
        outlet_kind=OutletKind.LOCAL,
        province="40",
        options=(("selector", "a.title"),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def fetched(source_id: str, at: datetime = NOW, outcome: str = "ok", **more: object) -> FetchReport:
    report = FetchReport(source_id, at, at + timedelta(seconds=2), outcome, status=200)
    return replace(report, **more)  # type: ignore[arg-type]


def test_seeding_twice_adds_nothing_and_keeps_what_people_set() -> None:
    from ledger import sources

    assert sources.seed_sources([source(1), source(2), source(3)], NOW) == 3
    sources.set_enabled("bao-1", False, ACTOR, NOW)
    sources.save_source(source(2, name="Tên do người đặt"), ACTOR, NOW)
    moved = source(3, url="https://bao-3.example/rss/moi.xml")
    again = [source(1), source(2, name="Tên gốc"), moved, source(4)]
    assert sources.seed_sources(again, NOW) == 1
    found = {s.id: s for s, _ in sources.load_sources()}
    assert found == {
        "bao-1": source(1, is_enabled=False),
        "bao-2": source(2, name="Tên do người đặt"),
        "bao-3": moved,
        "bao-4": source(4),
    }


def test_a_new_source_is_due_at_once_and_leased_to_one_crawler() -> None:
    from ledger import ingest, sources

    sources.seed_sources([source(1), source(2), source(3, is_enabled=False)], NOW)
    assert ingest.has_due(NOW)
    jobs = ingest.due_jobs(NOW, 10)
    assert [job.source for job in jobs] == [source(1), source(2)]
    assert ingest.due_jobs(NOW, 10) == []
    assert not ingest.has_due(NOW)


def test_a_dead_crawlers_sources_come_back_after_the_lease() -> None:
    from ledger import ingest, sources

    sources.seed_sources([source(1)], NOW)
    ingest.due_jobs(NOW, 10, lease_s=60)
    assert ingest.due_jobs(NOW + timedelta(seconds=59), 10) == []
    assert len(ingest.due_jobs(NOW + timedelta(seconds=60), 10)) == 1


def test_a_report_sets_the_next_fetch_with_its_reason_and_releases_the_lease() -> None:
    from ledger import ingest, sources

    sources.seed_sources([source(1)], NOW)
    [job] = ingest.due_jobs(NOW, 10)
    inbox = ingest.LedgerInbox(now=lambda: NOW)
    inbox.report(fetched(job.source.id, item_count=20, new_count=3, etag='"a"'))
    [(_, state)] = sources.load_sources()
    assert (state.etag, state.fetch_count, state.last_success_at) == (
        '"a"',
        1,
        NOW + timedelta(seconds=2),
    )
    assert state.next_fetch_at is not None
    assert state.next_fetch_at > NOW
    assert state.reason
    assert ingest.due_jobs(NOW, 10) == []
    assert ingest.due_jobs(state.next_fetch_at, 10)[0].state == state


def test_the_log_of_a_source_is_short_and_newest_first() -> None:
    from ledger import sources

    sources.seed_sources([source(1), source(2)], NOW)
    for number in range(130):
        sources.record_report(fetched("bao-1", NOW + timedelta(minutes=number)), NOW)
    sources.record_report(fetched("bao-2"), NOW)
    log = sources.fetch_log("bao-1", 1000)
    assert len(log) == sources.FETCHES_KEPT
    assert log[0].report.started_at == NOW + timedelta(minutes=129)
    assert log[0].reason
    assert len(sources.fetch_log("bao-2")) == 1


def test_an_unknown_source_is_named() -> None:
    from ledger import sources

    with pytest.raises(ConfigError, match="bao-9"):
        sources.set_enabled("bao-9", True, ACTOR, NOW)
    with pytest.raises(ConfigError, match="bao-9"):
        sources.record_report(fetched("bao-9"), NOW)


def test_switching_on_makes_a_source_due_at_once() -> None:
    from ledger import audit, ingest, sources

    sources.seed_sources([source(1)], NOW)
    sources.record_report(fetched("bao-1"), NOW)
    sources.set_enabled("bao-1", False, ACTOR, NOW)
    sources.set_enabled("bao-1", True, ACTOR, NOW)
    assert ingest.has_due(NOW)
    assert [e.action for e in audit.entries()] == ["source.enable", "source.disable"]


def test_coverage_counts_what_we_do_not_hear() -> None:
    from ledger import queries, sources

    sources.seed_sources([source(n) for n in range(1, 5)], NOW)
    sources.set_enabled("bao-4", False, ACTOR, NOW)
    sources.record_report(fetched("bao-1", item_count=5, new_count=5), NOW)
    for number in range(4):
        at = NOW + timedelta(hours=number)
        sources.record_report(fetched("bao-2", at, "http-error", status=404), NOW)
    table = queries.source_health(NOW + timedelta(hours=4))
    assert {h.source.id: h.health for h in table} == {
        "bao-1": Health.GOOD,
        "bao-2": Health.FAILING,
        "bao-3": Health.UNTRIED,
        "bao-4": Health.DISABLED,
    }
    assert all(h.sentence for h in table)
    covered = queries.coverage(NOW + timedelta(hours=4))
    assert (covered.enabled, covered.good, covered.unheard) == (3, 1, 2)


def test_what_a_source_brought_in_a_day_is_counted() -> None:
    from ledger import ingest, queries, sources

    sources.seed_sources([source(1)], NOW)
    docs = [article(n, source_id="bao-1") for n in range(1, 4)]
    ingest.record_ingest(docs, NOW)
    [row] = queries.source_health(NOW + timedelta(hours=1))
    assert row.last_day_count == 3
    [row] = queries.source_health(NOW + timedelta(hours=25))
    assert row.last_day_count == 0


def test_a_page_in_quarantine_is_not_fetched_until_a_person_says_so() -> None:
    from ledger import ingest, quarantine, sources

    sources.seed_sources([source(1)], NOW)
    url = "https://bao-1.example/bai-1.html"
    inbox = ingest.LedgerInbox(now=lambda: NOW)
    item = feed_item(1, id=document_id(url), url=url, source_id="bao-1")
    inbox.put([item])
    for _ in range(3):
        inbox.quarantine("bao-1", url, "took more than 5 s", b"<html>")
    assert inbox.unknown([item.id]) == set()
    [entry] = quarantine.entries()
    assert quarantine.payload(entry.id) == b"<html>"
    quarantine.requeue(entry.id, ACTOR, NOW)
    assert inbox.unknown([item.id]) == {item.id}


def test_a_page_that_is_gone_is_marked() -> None:
    from ledger import ingest, queries, sources

    sources.seed_sources([source(1)], NOW)
    url = "https://bao-1.example/bai-1.html"
    inbox = ingest.LedgerInbox(now=lambda: NOW)
    inbox.put([feed_item(1, id=document_id(url), url=url, source_id="bao-1")])
    inbox.quarantine("bao-1", url, "HTTP 404", b"")
    assert queries.newest().documents[0].is_gone


def test_what_a_social_source_sent_is_kept_in_no_quarantine() -> None:
    from ledger import ingest, quarantine, sources

    sources.seed_sources([source(1, document_kind=DocumentKind.POST)], NOW)
    inbox = ingest.LedgerInbox(now=lambda: NOW)
    for source_id in ("bao-1", "never-heard-of"):
        inbox.quarantine(source_id, f"https://{source_id}.example/1", "broken", b"@nguyenvana")
    assert [entry.has_payload for entry in quarantine.entries()] == [False, False]
