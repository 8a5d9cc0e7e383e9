"""faults.md A1 and A9: processes of the service killed anywhere while a recorded day goes on.

The short counts run with ``make test``, the long ones with ``make faults``.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from langnghe.clock import local_day_bounds
from langnghe.document import Document
from langnghe.settings import Settings
from tests.faults.forked import Service, died, fork, service, wait_a_while
from tests.integration.runtime.made import DAY, recorded

pytestmark = pytest.mark.xdist_group("kills")

LEASES_END_S = 0.6
MORNING = local_day_bounds(DAY + timedelta(days=1))[0] + timedelta(hours=7)


@pytest.fixture
def water(
    ledger_sqlite: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    """A service with the first hours of the water crisis and of the rumour."""
    with service(ledger_sqlite, tmp_path, first_hours(), monkeypatch) as made:
        yield made


@pytest.fixture
def water_anywhere(
    ledger: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    """The same on SQLite and on PostgreSQL."""
    ledger.data_dir.mkdir(exist_ok=True)
    with service(ledger, tmp_path, first_hours(), monkeypatch) as made:
        yield made


def first_hours() -> list[Document]:
    return [d for prefix in ("a01", "a02") for d in played(prefix)[:45]]


@pytest.fixture
def whole_day(
    ledger_sqlite: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    """A service with the whole recorded day."""
    with service(ledger_sqlite, tmp_path, played(), monkeypatch) as made:
        yield made


def played(prefix: str = "") -> list[Document]:
    """Return recorded items as the loopback site serves them, under addresses of its own."""
    return [replace(item, url="", extraction="") for item in recorded(prefix)]


def finish(made: Service) -> None:
    """Read every feed with a crawler that nobody kills, then settle."""
    for _ in range(2):
        made.clock.moment = max(made.clock.moment, made.stream.end) + timedelta(hours=1)
        assert not died(fork(made.crawl))
    settle(made)


def settle(made: Service) -> None:
    """Work until nothing is left."""
    from ledger import deliveries, work

    for _ in range(400):
        time.sleep(LEASES_END_S / 6)
        made.work_through()
        if not any(work.backlog().values()) and not deliveries.outbox_health().waiting:
            return
        # The outbox keeps to a rate per recipient on the service's clock.
        made.clock.moment += timedelta(minutes=3)
    raise AssertionError("the work does not end")


def check_whole(made: Service) -> None:
    """Nothing lost, nothing doubled: documents, analyses, alerts, messages and mails."""
    from django.db.models import Count

    from ledger import dump, quarantine, queries
    from ledger.models import AlertRow, AnalysisRow, DeliveryRow, SightingRow

    wanted = len({item.id for item in made.items})
    figures = queries.counters()
    assert figures.collected == figures.analysed == figures.indexed == wanted
    assert AnalysisRow.objects.count() == SightingRow.objects.count() == wanted
    assert quarantine.entries() == []
    assert AlertRow.objects.exists()
    of_stories = AlertRow.objects.exclude(story_id="").values("story_id", "rule_id")
    assert not of_stories.annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert missed_alerts(made) == []
    assert set(DeliveryRow.objects.values_list("state", flat=True)) <= {"sent", "replaced"}
    assert len(set(made.mailbox.taken)) == DeliveryRow.objects.filter(state="sent").count()
    assert made.mailbox.repeats <= made.kills
    assert dump.integrity_problems(made.runtime.settings) == []


def missed_alerts(made: Service) -> list[str]:
    """Return the stories that an engine, shown every document again, would open an alert for.

    A story of whose documents an alert has told is none of them: it may open a new window by now.
    """
    from alerts.engine import AlertEngine
    from alerts.model import Action
    from langnghe.story import StoryChange
    from ledger import alerts, documents, rules

    now, since = made.clock.now(), made.stream.start - timedelta(days=1)
    engine = AlertEngine(rules.current_rules(), made.runtime.profile)
    batch = documents.load_analysed([d.id for d, *_ in documents.recent_story_items(since)])
    standing = alerts.standing_alerts(since)
    engine.restore([(item, item.document.first_seen_at) for item in batch], standing)
    told = {doc_id for alert in standing for doc_id in alert.document_ids}
    return [
        intent.alert.story_id
        for intent in engine.observe(batch, StoryChange(), now)
        if intent.action is Action.OPEN and not told.intersection(intent.alert.document_ids)
    ]


def kill_at_random(made: Service, kills: int, longest_s: float = 2.0) -> None:
    """Go through the stream with a crawler and a worker and kill one or both at each step."""
    dice = random.Random(kills)
    step = (made.stream.end - made.stream.start) / (kills * 0.6)
    while made.kills < kills:
        made.clock.moment += step
        children = [fork(made.crawl), fork(made.worker)]
        wait_a_while(dice, longest_s)
        dice.shuffle(children)
        for child in children:
            made.kill(child)
            wait_a_while(dice, longest_s / 8)


def test_a_worker_killed_before_and_after_each_commit_loses_and_doubles_nothing(
    water: Service,
) -> None:
    from ledger import ingest

    last = 15
    water.items = (recorded("a01")[:45] + recorded("a02")[:45])[: 4 * last]
    items = iter(water.items)
    for number in range(1, last + 1):
        for moment in ("before", "after"):
            batch = [doc for _, doc in zip(range(2), items, strict=False)]
            water.clock.moment += timedelta(minutes=10)
            ingest.record_ingest(batch, water.clock.now())
            water.kills += died(fork(water.work_through, (number, moment)))
            time.sleep(LEASES_END_S)
    assert water.kills >= last
    settle(water)
    check_whole(water)


def test_a_crawler_killed_before_and_after_each_commit_loses_and_doubles_nothing(
    water: Service,
) -> None:
    for number in count(1):
        deaths = []
        for moment in ("before", "after"):
            water.clock.moment += timedelta(hours=2)
            deaths.append(died(fork(water.crawl, (number, moment))))
        water.kills += sum(deaths)
        if number >= 3 or not any(deaths):
            break
    assert water.kills >= 4
    finish(water)
    check_whole(water)


def test_random_kills_lose_and_double_nothing(water_anywhere: Service) -> None:
    kill_at_random(water_anywhere, 6)
    finish(water_anywhere)
    check_whole(water_anywhere)


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_three_hundred_random_kills_lose_and_double_nothing(whole_day: Service) -> None:
    kill_at_random(whole_day, 300)
    finish(whole_day)
    check_whole(whole_day)


def digests_under_fire(made: Service, restarts: int, longest_s: float) -> None:
    """Run two schedulers from 06:55 to 07:40 and kill and restart one of them again and again."""
    dice = random.Random(restarts)
    made.clock.moment = MORNING - timedelta(minutes=5)
    step = timedelta(minutes=45) / restarts
    ticking = [fork(made.digest), fork(made.digest)]
    for _ in range(restarts):
        wait_a_while(dice, longest_s)
        made.clock.moment += step
        made.kill(ticking.pop(dice.randrange(2)))
        ticking.append(fork(made.digest))
    # At last they are left alone until both have had the time to look once more.
    ending = [fork(made.digest_once), fork(made.digest_once)]
    assert [died(child) for child in ending] == [False, False]
    for child in ticking:
        made.kill(child)


def check_digests(made: Service) -> None:
    """One digest per reader for the period that ended at 07:00, and one mail of each."""
    from ledger.models import DeliveryRow, DigestRow
    from runtime.digests import digest_readers

    readers = {reader.recipient.address for reader in digest_readers(made.runtime)}
    rows = DigestRow.objects.filter(period_end_at=MORNING)
    assert sorted(rows.values_list("address", flat=True)) == sorted(readers)
    assert DigestRow.objects.count() == len(readers)
    mails = DeliveryRow.objects.exclude(digest_key="")
    assert sorted(mails.values_list("address", flat=True)) == sorted(readers)


def test_two_schedulers_restarted_around_seven_make_each_digest_once(water: Service) -> None:
    from ledger import ingest

    ingest.record_ingest(recorded("a01")[:8], water.clock.now())
    water.work_through()
    water.digest_once()  # long before seven: imports what a digest is drawn with
    digests_under_fire(water, 20, 0.8)
    settle(water)
    check_digests(water)


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_steps_around_seven_neither_misses_nor_doubles_a_digest(
    water: Service, hours: int
) -> None:
    from ledger import ingest
    from runtime.digests import send_due_digests

    ingest.record_ingest(recorded("a01")[:8], water.clock.now())
    water.work_through()
    made = 0
    for minutes in (-10, 5):
        for step in (timedelta(), timedelta(hours=hours), timedelta()):
            water.clock.moment = MORNING + timedelta(minutes=minutes) + step
            made += send_due_digests(water.runtime)
    settle(water)
    check_digests(water)
    assert made > 0
