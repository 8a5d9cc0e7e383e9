"""What is missing: silent sources, announcements nobody carried; what became of a correction."""

from __future__ import annotations

from datetime import timedelta

from alerts.corrections import Mention, reach_of
from alerts.model import RuleType
from alerts.watch import Announcement, SilentSource, absence_alerts, silence_alerts
from tests.unit.alerts.made import NOON, rule

HOUR = timedelta(hours=1)


def silent(count):
    return [SilentSource(f"n{k}", f"Nguồn {k}", "im từ sáng", NOON - HOUR) for k in range(count)]


def test_each_silent_source_has_one_alert_a_window():
    rules = [rule(id="im", type=RuleType.SOURCE_SILENCE, window_hours=24)]
    first = silence_alerts(rules, silent(2), 62, NOON)
    again = silence_alerts(rules, silent(2), 62, NOON + timedelta(minutes=5))
    assert [i.alert.id for i in first] == [i.alert.id for i in again]
    assert len({i.alert.id for i in first}) == 2


def test_many_silent_sources_make_one_alert_with_the_counts():
    rules = [rule(id="im", type=RuleType.SOURCE_SILENCE)]
    (intent,) = silence_alerts(rules, silent(9), 62, NOON)
    assert "9 trong 62 nguồn im lặng" in intent.reason


def test_an_announcement_nobody_carried_is_told_after_its_hours():
    rules = [rule(id="vang", type=RuleType.ABSENCE, parameters={"hours": 24}, window_hours=72)]
    own = Announcement("7", "Lịch cấp nước", "https://vd.vn", NOON)
    carried = Announcement("8", "Lịch cắt điện", "https://vd.vn", NOON, ("Báo Một",))
    assert absence_alerts(rules, [own, carried], NOON + 23 * HOUR) == []
    (intent,) = absence_alerts(rules, [own, carried], NOON + 25 * HOUR)
    assert intent.alert.subject == "7" and "25 giờ" in intent.reason
    assert absence_alerts(rules, [own], NOON + timedelta(days=9)) == []


def test_a_corrections_reach_counts_outlets_hours_and_what_still_claims():
    def said(name, outlet, hours, is_right, social=False):
        return Mention(name, outlet, NOON + hours * HOUR, is_right, social)

    reach = reach_of(
        NOON,
        [
            said("a", "Báo Một", -5, False),
            said("b", "Báo Một", 2, True),
            said("c", "Báo Hai", 1, True),
            said("d", "Báo Hai", 6, False),
            said("e", "Diễn đàn", 7, False, social=True),
        ],
    )
    assert reach.carried_by == ("Báo Hai", "Báo Một")
    assert (reach.first_after_hours, reach.median_after_hours) == (1.0, 1.5)
    assert reach.still_claimed_by == ("Báo Hai",)
    assert (reach.claims_after, reach.social_claims_after) == (2, 1)
    assert "chưa báo nào" in reach_of(NOON, []).sentence
