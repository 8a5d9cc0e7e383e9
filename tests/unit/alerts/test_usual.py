"""A sector's size against usual, counted from a stream."""

from __future__ import annotations

from datetime import timedelta

from alerts.usual import SectorCounts
from tests.unit.alerts.made import NOON

DAY = timedelta(days=1)


def test_the_median_of_the_same_hours_of_the_days_before_is_usual():
    counts = SectorCounts()
    for day in range(16):
        for _ in range(9 if day == 3 else 2):
            counts.take("y_te", NOON + day * DAY)
    counts.take("giao_duc", NOON + 15 * DAY)
    counts.take("y_te", NOON + 15 * DAY)
    said = counts.sentence("y_te", NOON + 15 * DAY)
    assert said == "Cả lĩnh vực Y tế: 3 tin trong 24 giờ, thường ngày khoảng 2"


def test_a_young_stream_says_that_it_cannot_compare():
    counts = SectorCounts()
    counts.take("y_te", NOON)
    assert "1 tin trong 24 giờ (chưa đủ 14 ngày" in counts.sentence("y_te", NOON)
    assert "0 tin trong 24 giờ" in counts.sentence("giao_duc", NOON)


def test_what_is_too_old_is_forgotten():
    counts = SectorCounts()
    for day in range(40):
        counts.take("y_te", NOON + day * DAY)
    assert len(counts._arrivals["y_te"]) <= 16
    assert "thường ngày khoảng 1" in counts.sentence("y_te", NOON + 39 * DAY)
