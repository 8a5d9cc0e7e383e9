"""Incidents of processes: each told once and once more when it is over, within five minutes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from runtime.notices import crash_message, notice_message
from runtime.watchdog import Kind, Pulse, Watchdog

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
FIVE_MINUTES = 300


class Played:
    """A process over time, second by second."""

    def __init__(self, name="worker"):
        self.name, self.dog, self.second, self.deaths, self.heard = name, Watchdog(), 0, 0, 0
        self.told: list[tuple[int, Kind]] = []

    def go(self, seconds, *, lives=True, runs=True, beaten=True):
        for _ in range(seconds):
            self.second += 1
            if lives and runs:
                self.heard = self.second
            pulse = Pulse(self.name, self.second - self.heard, beaten, runs, self.deaths)
            notice = self.dog.watch(pulse, float(self.second))
            if notice is not None:
                self.told.append((self.second, notice.kind))
        return self

    def dies(self):
        self.deaths += 1
        return self

    @property
    def kinds(self):
        return [kind for _, kind in self.told]


@pytest.mark.parametrize("name", ["web", "worker", "schedule"])
def test_a_process_that_hangs_is_told_once_within_five_minutes_and_cleared_once(name):
    played = Played(name).go(100).go(200, lives=False).dies().go(2, runs=False).go(600)
    assert played.kinds == [Kind.DOWN, Kind.OVER]
    assert played.told[0][0] - 100 <= FIVE_MINUTES


def test_a_process_that_comes_back_by_itself_is_one_mail_within_five_minutes():
    played = Played().go(10).dies().go(2, runs=False).go(600)
    assert played.kinds == [Kind.RETURNED]
    assert played.told[0][0] - 10 <= FIVE_MINUTES


def test_a_process_that_dies_again_and_again_is_one_incident():
    played = Played().go(10)
    for _ in range(20):
        played.dies().go(30, runs=False).go(5)
    assert played.kinds == [Kind.DOWN]
    assert played.go(120).kinds == [Kind.DOWN, Kind.OVER]


def test_a_later_incident_is_told_anew():
    played = Played().go(10).dies().go(300).dies().go(300)
    assert played.kinds == [Kind.RETURNED, Kind.RETURNED]


def test_a_slow_start_is_no_incident_and_one_that_never_ends_is():
    slow = Played().go(200, lives=False, beaten=False).go(100)
    assert slow.kinds == []
    never = Played().go(290, lives=False, beaten=False)
    assert never.kinds == [Kind.DOWN]


def test_a_crawl_that_says_nothing_is_told_and_cleared():
    played = Played("crawl").go(50).go(200, lives=False).go(10).go(290, lives=False).go(100)
    assert played.kinds == [Kind.DOWN, Kind.OVER]


def test_the_mail_says_what_since_when_and_what_to_do():
    dog = Watchdog()
    dog.watch(Pulse("worker", 0.0), 0.0)
    notice = dog.watch(Pulse("worker", 150.0), 150.0)
    assert notice is not None
    message = notice_message(notice, "https://phong.example", NOW)
    assert "Phân tích" in message.subject and "09:57" in message.what
    assert "langnghe doctor" in message.asked
    assert "09:30" in crash_message(NOW.replace(hour=2, minute=30), "u", NOW).why_now[0]
