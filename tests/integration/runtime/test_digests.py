"""Digests of the running service: which leave, to whom, of what, once whatever happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from langnghe.clock import local_day_bounds
from langnghe.profile import Department, Person, Profile
from tests.contract.ledger.samples import analysis, article, links
from tests.integration.runtime.made import StepClock

SEVEN = local_day_bounds(date(2026, 11, 23))[0] + timedelta(hours=7)  # a Monday
HOUR = timedelta(hours=1)
HEALTH = Department("Sở Y tế", topics=("y_te",))


@pytest.fixture
def service(ledger_sqlite: Any) -> Any:
    """A service whose documents came in before seven, with a clock in the test's hand."""
    from ledger import analyses, ingest, work
    from runtime.wiring import Runtime

    runtime = Runtime(replace(ledger_sqlite, mail_to="ngoai@so.example"), StepClock(SEVEN))
    runtime.__dict__["profile"] = Profile(office="Văn phòng thử", departments=(HEALTH,))
    seen = SEVEN - HOUR
    docs = [article(n, first_seen_at=seen, fetched_at=seen, published_at=seen) for n in range(1, 7)]
    ingest.record_ingest(docs, seen)
    items = work.claim(work.Stage.ANALYSE, 100, seen, 60, "t")
    analyses.record_analyses(items, [analysis(d) for d in docs], links("s1", docs), seen)
    return runtime


def add(name: str, role: str = "leader", departments: tuple[str, ...] = (), **choice: Any) -> None:
    from ledger import digests, users

    address = f"{name}@so.example"
    users.save_member(Person(name, address, role, departments), "t", SEVEN)
    if choice:
        digests.save_choice(address, digests.DigestChoice(**choice), "t", SEVEN)


def tick(service: Any, moment: datetime) -> list[tuple[str, str]]:
    """Tick at ``moment`` and return the (kind, name) of the digests there are."""
    from ledger.models import DigestRow
    from runtime.schedule import digest_tick

    service.clock.moment = moment
    digest_tick(service)
    rows = DigestRow.objects.order_by("made_at", "kind", "address")
    return [(row.kind, row.address.split("@")[0]) for row in rows]


def test_everybody_gets_what_they_chose_at_its_hour_and_once(service: Any) -> None:
    add("chi")
    add("dung", kinds=("noon", "weekly"))
    add("em", kinds=())
    add("quan-tri", role="admin")
    assert tick(service, SEVEN) == [("daily", "chi"), ("daily", "ngoai"), ("weekly", "dung")]
    assert len(tick(service, SEVEN + HOUR)) == 3
    assert tick(service, SEVEN + 5 * HOUR)[3:] == [("noon", "dung")]
    assert len(tick(service, SEVEN + 6 * HOUR)) == 4


def test_what_was_missed_is_sent_on_start_while_it_is_still_news(service: Any) -> None:
    add("dung", kinds=("noon", "evening"))
    assert ("noon", "dung") in tick(service, SEVEN + 8 * HOUR)
    late = tick(service, SEVEN + 30 * HOUR)  # the evening's was due 19 hours ago
    assert ("evening", "dung") not in late


def test_twenty_ticks_around_each_hour_make_each_digest_once(service: Any) -> None:
    add("dung", kinds=("daily", "noon", "evening", "weekly"))
    found: list[tuple[str, str]] = []
    for hours in (0, 5, 11):
        for minutes in range(-5, 15):
            found = tick(service, SEVEN + hours * HOUR + timedelta(minutes=minutes))
    # The evening before had nothing: no document had been collected yet.
    assert sorted(kind for kind, name in found if name == "dung") == [
        "daily", "evening", "noon", "weekly",
    ]  # fmt: skip


def test_readers_who_chose_differently_read_differently(service: Any) -> None:
    from ledger.models import DigestRow

    add("chi")
    add("dung", kinds=("daily",), topics=("y_te",))
    add("em", departments=("Sở Y tế",))
    tick(service, SEVEN)
    text = dict(DigestRow.objects.values_list("recipient", "text"))
    assert "6 tin bài" in text["chi"] and "Chỉ gồm" not in text["chi"]
    assert "Chỉ gồm: lĩnh vực Y tế" in text["dung"] and "0 tin bài" in text["dung"]
    assert "Chỉ gồm: phần việc của đơn vị" in text["em"] and "0 tin bài" in text["em"]


def test_a_user_s_choice_wins_over_the_address_in_the_settings(service: Any) -> None:
    add("ngoai", kinds=("noon",))
    assert tick(service, SEVEN) == []


def test_a_draft_on_hold_keeps_only_the_daily_one(service: Any) -> None:
    from ledger import digests
    from reports.periods import DigestTimes, last_period

    add("dung", kinds=("daily", "weekly"))
    daily = last_period("daily", SEVEN, DigestTimes())
    digests.save_edits(daily.key, digests.DigestEdits(is_held=True), "t", SEVEN)
    assert tick(service, SEVEN) == [("weekly", "dung")]


def test_a_story_stands_once_in_a_digest(service: Any) -> None:
    from reports.periods import DigestTimes, last_period
    from runtime.digests import preview

    digest, mail = preview(service, last_period("daily", SEVEN, DigestTimes()), SEVEN)
    named = [*(t.story_id for t in digest.top), *(o.story.id for o in digest.others)]
    assert len(named) == len(set(named)) == 1
    assert mail.text.count(digest.facts.stories[0].story.title) >= 1
