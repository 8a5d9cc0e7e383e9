"""Response clocks: hours, days, working days that know Tết."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from alerts.clocks import (
    KINDS,
    add_working_days,
    is_working_day,
    length_in_words,
    length_of,
    passed_mark,
    start,
    warning,
)
from langnghe.clock import LOCAL_ZONE, to_local
from langnghe.errors import ConfigError
from langnghe.settings import Settings
from tests.unit.alerts.made import NOON


def test_every_kind_has_its_legal_reference():
    assert all(kind.reference and kind.amount > 0 for kind in KINDS.values())


def test_the_settings_begin_with_the_lengths_of_the_regulations():
    settings = Settings(Path(), Path())
    assert {kind: length_of(kind, settings) for kind in KINDS} == {
        kind.id: kind.amount for kind in KINDS.values()
    }
    assert length_in_words("forwarded_opinion", settings) == "15 ngày làm việc"


def test_a_statement_is_due_after_24_hours():
    clock = start("initial_statement", NOON)
    assert clock.due_at - clock.started_at == timedelta(hours=24)
    assert clock.half_at - clock.started_at == timedelta(hours=12)


def test_working_days_jump_over_the_weekend():
    friday = datetime(2026, 3, 20, 9, 0, tzinfo=LOCAL_ZONE).astimezone(UTC)
    assert to_local(add_working_days(friday, 1)).date() == date(2026, 3, 23)


def test_working_days_jump_over_tet():
    before = datetime(2026, 2, 13, 9, 0, tzinfo=LOCAL_ZONE).astimezone(UTC)
    due = to_local(add_working_days(before, 1)).date()
    assert due > date(2026, 2, 19)
    assert not is_working_day(date(2026, 2, 17))


def test_the_offices_own_length_wins():
    assert start("press_request", NOON, 5).due_at - NOON == timedelta(days=5)


@pytest.mark.parametrize(("kind", "amount"), [("nope", None), ("press_request", 0)])
def test_an_unknown_clock_is_refused(kind, amount):
    with pytest.raises(ConfigError):
        start(kind, NOON, amount)


@pytest.mark.parametrize(
    ("hours", "mark", "said"),
    [
        (11, 0, ""),
        (12, 1, "Thông tin ban đầu về vụ việc: đã qua nửa thời hạn, còn 12 giờ"),
        (20, 2, "Thông tin ban đầu về vụ việc: đã qua 80 % thời hạn, còn 4 giờ"),
        (30, 3, "Thông tin ban đầu về vụ việc: đã quá hạn 6 giờ"),
    ],
)
def test_each_mark_names_what_is_left(hours, mark, said):
    clock, moment = start("initial_statement", NOON), NOON + timedelta(hours=hours)
    assert (passed_mark(clock, moment), warning(clock, moment)) == (mark, said)
