"""What is usual: the same hour of the week, honest while young, not fooled by holidays."""

from __future__ import annotations

from datetime import date, timedelta

from alerts.baseline import Baseline, poisson_tail
from alerts.model import Sensitivity
from tests.unit.alerts.made import NOON


def filled(weeks, count, holidays=()):
    baseline = Baseline(holidays)
    for week in range(1, weeks + 1):
        for _ in range(count):
            baseline.add(("y_te",), NOON - timedelta(weeks=week))
    return baseline


def test_a_young_baseline_says_so():
    baseline = filled(1, 4)
    usual = baseline.usual("y_te", NOON, 1)
    assert usual.is_cold and usual.days == 7
    assert "chưa đủ 14 ngày" in usual.sentence(9)


def test_cold_only_the_floor_decides():
    usual = filled(1, 4).usual("y_te", NOON, 1)
    assert usual.is_spike(12, Sensitivity.LOW, floor=12)
    assert not usual.is_spike(11, Sensitivity.HIGH, floor=12)


def test_warm_it_compares_with_the_same_hour_of_the_week():
    baseline = filled(6, 4)
    usual = baseline.usual("y_te", NOON, 1)
    assert (usual.expected, usual.is_cold) == (4.0, False)
    assert usual.is_spike(20, Sensitivity.MEDIUM, floor=5)
    assert not usual.is_spike(8, Sensitivity.MEDIUM, floor=5)


def test_one_wild_week_does_not_change_what_is_usual():
    baseline = filled(6, 4)
    for _ in range(500):
        baseline.add(("y_te",), NOON - timedelta(weeks=2))
    assert baseline.usual("y_te", NOON, 1).expected == 4.0


def test_holidays_are_left_out():
    quiet = (NOON - timedelta(weeks=1)).date(), (NOON - timedelta(weeks=2)).date()
    baseline = Baseline(quiet)
    for week, count in ((1, 0), (2, 0), (3, 6), (4, 6), (5, 6)):
        for _ in range(count):
            baseline.add(("y_te",), NOON - timedelta(weeks=week))
    assert baseline.usual("y_te", NOON, 1).expected == 6.0
    assert date(2026, 3, 11) in quiet


def test_small_counts_never_spike_under_the_floor():
    usual = filled(6, 0).usual("y_te", NOON, 1)
    assert not usual.is_spike(3, Sensitivity.HIGH, floor=5)


def test_the_tail_is_a_probability_that_falls():
    tails = [poisson_tail(n, 4.0) for n in range(0, 30, 3)]
    assert tails[0] == 1.0 and tails == sorted(tails, reverse=True) and tails[-1] >= 0.0
    assert poisson_tail(2000, 1000.0) < 1e-9


def test_old_counts_are_forgotten():
    baseline = filled(6, 2)
    baseline.forget(NOON + timedelta(weeks=10))
    assert baseline.count("y_te", NOON - timedelta(weeks=1), 1) == 0
