"""When a source is read next, and whether it is well."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawlers.polling import (
    MAX_INTERVAL,
    MIN_INTERVAL,
    health,
    next_fetch,
    waking_seconds,
    wants_unconditional,
)
from langnghe.source import FetchReport, FetchState, Health, Source, SourceKind

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # 12:00 in Viet Nam
SOURCE = Source(id="s", name="S", outlet="S", kind=SourceKind.FEED, url="https://s.vn/rss")
BUSY = FetchState("s", last_item_at=NOON, last_success_at=NOON, item_gaps_s=(300.0,) * 10)


def report(outcome: str = "ok", at: datetime = NOON, **fields: object) -> FetchReport:
    return FetchReport("s", at, at, outcome, **fields)  # type: ignore[arg-type]


def interval(state: FetchState, at: datetime = NOON) -> timedelta:
    assert state.next_fetch_at is not None
    return state.next_fetch_at - at


def test_a_busy_source_is_read_every_five_minutes() -> None:
    after = next_fetch(SOURCE, BUSY, report(new_count=1))

    assert MIN_INTERVAL <= interval(after) <= 1.1 * MIN_INTERVAL
    assert "đọc dày nhất" in after.reason


def test_a_slow_source_is_read_at_its_own_rhythm() -> None:
    slow = replace(BUSY, item_gaps_s=(4 * 3600.0,) * 10)

    after = next_fetch(SOURCE, slow, report(new_count=0))

    assert timedelta(hours=4) <= interval(after) <= timedelta(hours=4.5)


def test_no_interval_is_shorter_or_longer_than_allowed() -> None:
    for gap in (1.0, 60.0, 1e9):
        state = replace(BUSY, item_gaps_s=(gap,) * 5)
        after = next_fetch(SOURCE, state, report(new_count=1))
        assert MIN_INTERVAL <= interval(after) <= 1.1 * MAX_INTERVAL


def test_after_a_quiet_night_a_busy_source_is_still_asked_often() -> None:
    morning = NOON - timedelta(hours=5)  # 07:00
    state = replace(BUSY, last_item_at=morning - timedelta(hours=9))

    after = next_fetch(SOURCE, state, report(at=morning, new_count=0))

    assert interval(after, morning) <= timedelta(minutes=23)


def test_new_items_teach_the_rhythm() -> None:
    state = replace(BUSY, item_gaps_s=(), last_item_at=NOON - timedelta(hours=1))

    after = next_fetch(SOURCE, state, report(new_count=6))

    assert after.item_gaps_s == (600.0,)
    assert after.last_item_at == NOON


@pytest.mark.parametrize(
    ("fields", "least"),
    [
        ({"retry_after_s": 3600.0}, timedelta(hours=1)),
        ({"ttl_s": 1800.0}, timedelta(minutes=30)),
        ({"ttl_s": 86400.0}, timedelta(hours=1)),
        ({"retry_after_s": 1e9}, timedelta(hours=24)),
    ],
)
def test_the_server_s_wish_is_a_floor(fields: dict[str, float], least: timedelta) -> None:
    after = next_fetch(SOURCE, BUSY, report(new_count=1, **fields))

    assert least <= interval(after) <= 1.1 * least


def test_back_off_grows_never_gives_up_and_recovery_is_at_once() -> None:
    state, intervals = BUSY, []
    for _ in range(60):
        state = next_fetch(SOURCE, state, report("http-error", status=404))
        intervals.append(interval(state))

    assert intervals[0] < intervals[3] <= max(intervals)
    assert max(intervals) <= timedelta(hours=13.2)
    well = next_fetch(SOURCE, state, report(new_count=1))
    assert well.failure_score == 0
    assert interval(well) <= 1.1 * MIN_INTERVAL


def test_a_passing_failure_weighs_less_than_a_lasting_one() -> None:
    soft = next_fetch(SOURCE, BUSY, report("http-error", status=503))
    hard = next_fetch(SOURCE, BUSY, report("http-error", status=410))

    assert soft.failure_score < hard.failure_score
    assert interval(soft) < interval(hard)
    assert "máy chủ báo lỗi 410" in hard.reason


def test_a_failure_keeps_the_validators_of_the_last_good_fetch() -> None:
    state = replace(BUSY, etag='"a"', last_modified="x")

    assert next_fetch(SOURCE, state, report("network-error")).etag == '"a"'
    assert next_fetch(SOURCE, state, report("ok", etag="")).etag == ""


def test_every_few_polls_the_validators_are_left_out() -> None:
    asked = [wants_unconditional(replace(BUSY, fetch_count=count)) for count in range(16)]

    assert asked.count(True) == 2
    assert not asked[0]


def test_the_decision_is_pure() -> None:
    assert next_fetch(SOURCE, BUSY, report()) == next_fetch(SOURCE, BUSY, report())


def test_waking_seconds_leave_out_the_night() -> None:
    evening = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # 22:00

    assert waking_seconds(evening, evening + timedelta(hours=10)) == 3 * 3600
    assert waking_seconds(NOON, NOON + timedelta(hours=24)) == 17 * 3600
    assert waking_seconds(NOON, NOON) == 0


@pytest.mark.parametrize(
    ("state", "now", "expected", "words"),
    [
        (FetchState("s"), NOON, Health.UNTRIED, "chưa đọc lần nào"),
        (BUSY, NOON + timedelta(minutes=30), Health.GOOD, "mỗi 5 phút"),
        (BUSY, NOON + timedelta(hours=5), Health.SILENT, "im lặng 5 giờ"),
        (BUSY, NOON + timedelta(hours=18.5), Health.SILENT, "im lặng"),
        (
            replace(BUSY, failure_score=3.0, last_status=500, last_error="http-error: HTTP 500"),
            NOON, Health.FAILING, "máy chủ báo lỗi 500",
        ),
        (
            replace(BUSY, failure_score=3.0, last_error="challenge: x"),
            NOON, Health.FAILING, "kiểm tra trình duyệt",
        ),
    ],
)  # fmt: skip
def test_health_is_told_with_its_reason(
    state: FetchState, now: datetime, expected: Health, words: str
) -> None:
    found, sentence = health(SOURCE, state, now)

    assert found is expected
    assert words in sentence


def test_a_source_that_sleeps_at_night_is_not_silent_in_the_morning() -> None:
    late = datetime(2026, 11, 20, 15, 55, tzinfo=UTC)  # 22:55
    state = replace(BUSY, last_item_at=late, last_success_at=late)

    assert health(SOURCE, state, late + timedelta(hours=8))[0] is Health.GOOD


def test_zero_items_or_a_challenge_are_failures_not_calm() -> None:
    state = BUSY
    for _ in range(4):
        state = next_fetch(SOURCE, state, report("empty", error="empty: 200 without items"))

    assert health(SOURCE, state, NOON)[0] is Health.FAILING
    assert state.last_success_at == BUSY.last_success_at


def test_a_disabled_source_is_disabled() -> None:
    assert health(replace(SOURCE, is_enabled=False), BUSY, NOON)[0] is Health.DISABLED
