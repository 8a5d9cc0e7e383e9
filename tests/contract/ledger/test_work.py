"""The queue: every step is done once, by one worker, and survives the death of any of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from langnghe.errors import StoreUnavailable
from langnghe.story import StoryChange
from tests.contract.ledger.conftest import Analyse
from tests.contract.ledger.samples import NOW, analysis, article

if TYPE_CHECKING:
    from ledger.work import WorkItem

pytestmark = pytest.mark.usefixtures("ledger")
LEASE_S = 60.0
AFTER_LEASE = NOW + timedelta(seconds=61)


def store(count: int) -> list[str]:
    from ledger import ingest

    docs = [article(n) for n in range(1, count + 1)]
    return list(ingest.record_ingest(docs, NOW).new)


def claim(limit: int = 100, now: datetime = NOW, worker: str = "one") -> list[WorkItem]:
    from ledger import work

    return work.claim(work.Stage.ANALYSE, limit, now, LEASE_S, worker)


def ids(items: Sequence[WorkItem]) -> list[str]:
    return [item.document_id for item in items]


def test_two_workers_never_hold_the_same_step() -> None:
    stored = store(10)
    first, second = claim(6), claim(6, worker="two")
    assert ids(first) + ids(second) == stored
    assert claim(worker="three") == []


def test_work_is_taken_in_the_order_it_came() -> None:
    stored = store(5)
    assert ids(claim(2)) == stored[:2]


def test_what_arrives_live_is_taken_before_what_is_imported() -> None:
    from ledger import ingest

    imported = ingest.record_ingest([article(n) for n in (1, 2)], NOW, is_behind=True).new
    live = ingest.record_ingest([article(n) for n in (3, 4)], NOW).new
    assert ids(claim()) == [*live, *imported]


def test_a_dead_workers_steps_come_back_after_the_lease() -> None:
    stored = store(3)
    claim()
    assert claim(now=NOW + timedelta(seconds=59)) == []
    again = claim(now=AFTER_LEASE)
    assert ids(again) == stored
    assert {item.attempts for item in again} == {0}
    assert {item.attempts for item in claim(now=AFTER_LEASE + timedelta(seconds=61))} == {1}


def test_who_lost_the_lease_can_no_longer_complete() -> None:
    from ledger import work

    store(2)
    late = claim()
    new = claim(now=AFTER_LEASE)
    assert work.complete(late) == []
    assert work.complete(new) == ids(new)
    assert work.backlog()[work.Stage.ANALYSE] == 0


def test_a_step_asked_for_again_outlives_the_old_one() -> None:
    from ledger import ingest, work

    store(1)
    old = claim()
    ingest.record_ingest([article(1, title="Sửa rồi")], NOW)
    assert work.complete(old) == []
    [new] = claim()
    assert new.revision == 2
    assert work.complete([new]) == ["doc-0001"]


def test_a_late_analysis_of_an_old_revision_is_not_stored() -> None:
    from ledger import analyses, documents, ingest

    store(1)
    old = claim()
    ingest.record_ingest([article(1, title="Sửa rồi")], NOW)
    done = analyses.record_analyses(old, [analysis(article(1))], StoryChange(), NOW)
    assert done == []
    assert documents.load_analysed(["doc-0001"])[0].analysis is None


def test_the_stages_follow_each_other(analyse: Analyse) -> None:
    from ledger import work

    store(3)
    analyse([article(n) for n in (1, 2, 3)])
    assert work.backlog() == {work.Stage.ANALYSE: 0, work.Stage.INDEX: 3, work.Stage.MATCH: 3}
    work.complete(work.claim(work.Stage.INDEX, 10, NOW, LEASE_S, "one"))
    assert work.backlog() == {work.Stage.ANALYSE: 0, work.Stage.INDEX: 0, work.Stage.MATCH: 3}


def test_a_failing_document_backs_off_and_ends_in_quarantine() -> None:
    from ledger import quarantine, queries, work

    store(1)
    now, waits = NOW, []
    items = claim()
    while not (given_up := work.fail(items, ValueError("bad words"), now)):
        failed_at = now
        while not (items := claim(now=now)):
            now += timedelta(seconds=1)
        waits.append((now - failed_at).total_seconds())
    assert given_up == ["doc-0001"]
    assert waits == [5, 10, 20, 40, 80]
    [entry] = quarantine.entries()
    assert (entry.stage, entry.reason) == ("analyse", "ValueError: bad words")
    figures = queries.counters()
    assert (figures.collected, figures.waiting, figures.quarantined) == (1, 0, 1)


def test_a_person_requeues_what_was_quarantined(analyse: Analyse) -> None:
    from ledger import audit, quarantine, queries, work

    store(1)
    for _ in range(work.MAX_FAILURES):
        items = claim(now=NOW + timedelta(days=1))
        work.fail(items, "broken", NOW)
    [entry] = quarantine.entries()
    quarantine.requeue(entry.id, "an@example.vn", NOW)
    assert quarantine.entries() == []
    assert queries.counters().waiting == 1
    assert analyse([article(1)]) == ["doc-0001"]
    assert audit.entries()[0].action == "quarantine.requeue"
    with pytest.raises(quarantine.UnknownEntry):
        quarantine.requeue(entry.id, "an@example.vn", NOW)


def test_an_engine_that_is_down_quarantines_nothing() -> None:
    from ledger import quarantine, work

    stored = store(3)
    now = NOW
    for _ in range(50):
        work.fail(claim(now=now), StoreUnavailable("no answer"), now)
        now += timedelta(seconds=work.RETRYABLE_LIMIT_S)
    assert quarantine.entries() == []
    assert ids(claim(now=now)) == stored


def test_a_failing_batch_is_taken_apart_so_that_only_the_bad_one_suffers() -> None:
    from ledger import quarantine, work

    stored = store(4)
    done: list[str] = []
    now = NOW
    for _ in range(30):
        items = claim(now=now)
        if "doc-0002" in ids(items):
            work.fail(items, "poison", now)
        else:
            done += work.complete(items)
        now += timedelta(seconds=work.BACKOFF_LIMIT_S)
    assert sorted(done) == [i for i in stored if i != "doc-0002"]
    assert [entry.document_id for entry in quarantine.entries()] == ["doc-0002"]


def test_a_document_that_kills_its_worker_is_isolated_then_quarantined() -> None:
    from ledger import quarantine, work

    store(3)
    done: list[str] = []
    now = NOW
    for _ in range(40):
        items = claim(now=now)
        if "doc-0002" not in ids(items):  # else the worker dies
            done += work.complete(items)
        now += timedelta(seconds=LEASE_S + 1)
    assert sorted(done) == ["doc-0001", "doc-0003"]
    [entry] = quarantine.entries()
    assert (entry.document_id, "worker died" in entry.reason) == ("doc-0002", True)


def test_work_is_due_at_once_whatever_clock_the_service_runs_on() -> None:
    from ledger import ingest

    next_year = NOW + timedelta(days=365)
    ingest.record_ingest([article(1, fetched_at=next_year, first_seen_at=next_year)], next_year)
    assert ids(claim(now=NOW)) == ["doc-0001"]


def test_a_duty_has_one_holder_until_its_lease_ends() -> None:
    from ledger import leases

    assert leases.acquire("stories", "one", NOW, 30)
    assert not leases.acquire("stories", "two", NOW, 30)
    assert leases.acquire("stories", "one", NOW + timedelta(seconds=20), 30)
    assert not leases.acquire("stories", "two", NOW + timedelta(seconds=31), 30)
    assert leases.acquire("stories", "two", NOW + timedelta(seconds=51), 30)
    leases.release("stories", "one")
    assert not leases.acquire("stories", "one", NOW + timedelta(seconds=52), 30)
    leases.release("stories", "two")
    assert leases.acquire("stories", "one", NOW + timedelta(seconds=52), 30)
