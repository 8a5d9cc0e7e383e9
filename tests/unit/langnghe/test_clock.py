"""Clocks and Vietnamese days."""

from datetime import UTC, date, datetime, timedelta

from langnghe.clock import ReplayClock, local_day_bounds, parse_moment, to_utc

START = datetime(2026, 11, 19, 0, 0, tzinfo=UTC)
REAL = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def test_a_vietnamese_day_begins_at_17_utc_of_the_day_before() -> None:
    assert local_day_bounds(date(2026, 11, 20)) == (
        datetime(2026, 11, 19, 17, tzinfo=UTC),
        datetime(2026, 11, 20, 17, tzinfo=UTC),
    )


def test_a_naive_moment_is_vietnamese() -> None:
    assert to_utc(datetime(2026, 11, 20, 8, 15)) == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)
    assert parse_moment("2026-11-20T08:15:00+07:00") == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)


def test_recorded_time_runs_fast_and_then_at_the_pace_of_the_wall() -> None:
    clock = ReplayClock(START, REAL, speed=60, recorded_end=START + timedelta(hours=1))
    assert clock.at(REAL - timedelta(hours=3)) == START
    assert clock.at(REAL + timedelta(seconds=30)) == START + timedelta(minutes=30)
    assert clock.at(REAL + timedelta(seconds=60)) == START + timedelta(hours=1)
    assert clock.at(REAL + timedelta(seconds=70)) == START + timedelta(hours=1, seconds=10)
