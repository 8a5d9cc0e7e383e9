"""Silences end, quiet hours route, escalation goes on until somebody has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.escalate import DEPARTMENT, STEPS, Due, Escalation, asked, due_at, escalate
from alerts.model import Recipient
from alerts.mute import Silence, leaves_at, silenced_by
from alerts.routing import DutyTurn, fallback, recipients, responsible, routed, sees
from langnghe.clock import to_local
from langnghe.errors import ConfigError
from langnghe.profile import Department, Profile
from tests.unit.alerts.made import NOON, alert

HOUR = timedelta(hours=1)


def pause(**changes):
    base = Silence("bảo trì", "an.nt", NOON - HOUR, NOON + HOUR, rule_id="nghiem-trong")
    return replace(base, **changes)


def test_the_department_that_a_person_named_is_told_also_of_a_half_passed_deadline():
    health = Department("Sở Y tế", topics=("y_te",), email="yte@vd.vn")
    water = Department("Sở Xây dựng", email="xd@vd.vn")
    mai = Recipient("mai", "email", "mai@vd.vn", "analyst", ("Sở Xây dựng",))
    profile = Profile(departments=(health, water))
    given = alert(level=1, department="Sở Xây dựng")
    told = recipients(given, ("analyst", DEPARTMENT), [mai], profile, (), NOON)
    assert {person.address for person in told} == {"mai@vd.vn", "xd@vd.vn"}
    free = recipients(alert(level=2), ("analyst", DEPARTMENT), [mai], profile, (), NOON)
    assert {person.address for person in free} == {"yte@vd.vn"}


def test_a_running_silence_covers_what_it_names():
    assert silenced_by(alert(), [pause()], NOON) == pause()
    assert silenced_by(alert(rule_id="khac"), [pause()], NOON) is None
    assert silenced_by(alert(), [pause(topic="giao_thong")], NOON) is None


def test_a_silence_is_over_at_its_end():
    assert silenced_by(alert(), [pause()], NOON + HOUR) is None


def test_an_urgent_story_breaks_through_all_but_its_own_silence():
    urgent = alert(level=3)
    assert silenced_by(urgent, [pause()], NOON) is None
    own = pause(rule_id="", story_id="s1")
    assert silenced_by(urgent, [own], NOON) == own


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at": NOON - 2 * HOUR},
        {"ends_at": NOON + timedelta(days=60)},
        {"reason": " "},
        {"rule_id": ""},
        {"created_by": ""},
    ],
)
def test_a_silence_without_end_reason_or_subject_is_refused(wrong):
    with pytest.raises(ConfigError):
        pause(**wrong).check()


@pytest.mark.parametrize(
    ("hour", "quiet", "expected"),
    [(23, (22, 6), 6), (3, (22, 6), 6), (12, (22, 6), 12), (13, (12, 14), 14)],
)
def test_quiet_hours_route_to_their_end(hour, quiet, expected):
    now = to_local(NOON).replace(hour=hour, minute=0)
    person = Recipient("An", "email", "an@vd.vn", "analyst", (), *quiet)
    leaves = leaves_at(person, 2, now)
    assert to_local(leaves).hour == expected and leaves >= now
    assert leaves_at(person, 3, now) == now


def test_escalation_goes_up_step_by_step():
    assert escalate(3, 0, NOON, NOON + timedelta(minutes=5)) is None
    first = escalate(3, 0, NOON, NOON + timedelta(minutes=11))
    assert first is not None and first.step == 1 and "11 phút" in first.reason
    second = escalate(3, 1, NOON, NOON + timedelta(minutes=31))
    assert second is not None and "leader" in second.roles


def test_a_long_wait_is_told_in_hours_not_in_hundreds_of_minutes():
    late = escalate(3, 2, NOON, NOON + timedelta(minutes=221))
    assert late is not None and late.reason.startswith("sau 3 giờ 41 phút chưa ai tiếp nhận")


def test_after_a_stop_only_the_latest_step_is_taken():
    late = escalate(3, 0, NOON, NOON + timedelta(hours=5))
    assert late is not None and late.step == len(STEPS[3])
    assert due_at(3, late.step, NOON) is None


def test_a_step_is_taken_up_to_a_quarter_early_with_another_that_is_due():
    assert escalate(2, 0, NOON, NOON + timedelta(minutes=44), early=True) is None
    near = NOON + timedelta(minutes=45)
    assert escalate(2, 0, NOON, near) is None
    taken = escalate(2, 0, NOON, near, early=True)
    assert taken is not None and taken.reason.startswith("sau 45 phút")


def test_theo_doi_never_escalates_and_chu_y_never_reaches_the_head():
    assert due_at(1, 0, NOON) is None
    late = escalate(2, 0, NOON, NOON + timedelta(hours=5))
    assert late is not None and late.is_last and "leader" not in late.roles


def test_below_urgent_a_step_tells_only_who_has_not_heard_and_reminds_once_at_the_end():
    an, binh = PEOPLE[:2]
    heard = frozenset({("email", "an@vd.vn")})
    step = Escalation(1, ("analyst",), "sau 1 giờ")
    assert asked(Due(alert(level=2), step, heard), [an, binh], PEOPLE) == (binh,)
    assert asked(Due(alert(level=2), step, heard), [an], PEOPLE) == ()
    last = replace(step, is_last=True)
    assert asked(Due(alert(level=2), last, heard), [an], PEOPLE) == (an,)
    assert asked(Due(alert(level=2), last, heard), [], PEOPLE) == (an,)
    assert asked(Due(alert(level=3), step, heard), [an, binh], PEOPLE) == (an, binh)
    assert asked(Due(alert(level=3), step, heard), [], PEOPLE) == (an,)


HEALTH = Department("Sở Y tế", topics=("y_te",), email="yte@vd.vn")
COMMUNE = Department("xã Vĩnh Trạch", communes=("xã Vĩnh Trạch",))
PEOPLE = (
    Recipient("An", "email", "an@vd.vn", "analyst"),
    Recipient("Bình", "email", "binh@vd.vn", "analyst"),
    Recipient("Chi", "email", "chi@vd.vn", "spokesperson", ("Sở Y tế",)),
    Recipient("Dũng", "email", "dung@vd.vn", "spokesperson", ("Sở Xây dựng",)),
)


def names(found):
    return [person.name for person in found]


def test_only_the_responsible_departments_spokesperson_hears():
    profile = Profile(departments=(HEALTH,))
    told = recipients(alert(), ("spokesperson", DEPARTMENT), PEOPLE, profile, (), NOON)
    assert names(told) == ["Chi", "Sở Y tế"]


def test_the_department_of_the_topic_and_commune_comes_first():
    both = replace(HEALTH, communes=("xã Vĩnh Trạch",), name="Trạm y tế")
    assert responsible(alert(), (HEALTH, both)) == both
    assert responsible(alert(topic="van_hoa_du_lich", places=()), (HEALTH, COMMUNE)) is None


def test_on_a_rota_only_those_on_duty_and_their_substitutes_hear():
    turn = DutyTurn("analyst", "Bình", NOON - HOUR, NOON + HOUR)
    assert names(recipients(alert(), ("analyst",), PEOPLE, Profile(), (turn,), NOON)) == ["Bình"]
    over = replace(turn, ends_at=NOON)
    assert names(recipients(alert(), ("analyst",), PEOPLE, Profile(), (over,), NOON)) == [
        "An",
        "Bình",
    ]


def test_a_warning_is_never_lost_for_want_of_a_recipient():
    told = recipients(alert(), ("leader",), PEOPLE, Profile(), (), NOON)
    assert names(told) == ["An", "Bình"]
    head = Recipient("Quản", "email", "quan@vd.vn", "admin", ("Sở Xây dựng",))
    strangers = (*PEOPLE[2:], head)
    assert names(recipients(alert(), ("leader",), strangers, Profile(), (), NOON)) == ["Quản"]


def test_who_is_limited_to_communes_hears_of_what_is_about_one_of_them_only():
    own = Recipient("Mai", "email", "mai@vd.vn", "spokesperson", communes=("xã Vĩnh Trạch",))
    other = replace(own, name="Nam", address="nam@vd.vn", communes=("xã Hòa Khê",))
    people, profile = (*PEOPLE[:2], own, other), Profile()
    told = recipients(alert(), ("analyst", "spokesperson"), people, profile, (), NOON)
    assert names(told) == ["An", "Bình", "Mai"]
    assert names(recipients(alert(places=()), ("spokesperson",), people, profile, (), NOON)) == [
        "An",
        "Bình",
    ]
    crisis = alert(places=("tỉnh Lam Giang",))
    under = (alert(places=("xã Hòa Khê",)),)
    told = recipients(crisis, ("spokesperson",), people, profile, (), NOON, under)
    assert names(told) == ["Nam"]
    assert [sees(person, crisis, profile) for person in people] == [True, True, False, False]


def test_a_turn_of_somebody_who_may_not_hear_of_it_silences_nobody():
    mai = Recipient("Mai", "email", "mai@vd.vn", "analyst", communes=("xã Hòa Khê",))
    turn = DutyTurn("analyst", "Mai", NOON - HOUR, NOON + HOUR)
    people = (*PEOPLE[:2], mai)
    assert names(recipients(alert(), ("analyst",), people, Profile(), (turn,), NOON)) == [
        "An",
        "Bình",
    ]


def test_addresses_of_the_settings_are_the_last_resort():
    assert [r.address for r in fallback("a@vd.vn, b@vd.vn,")] == ["a@vd.vn", "b@vd.vn"]


NIGHT = to_local(NOON).replace(hour=23)
QUIET = Recipient("Mai", "email", "mai@vd.vn", "spokesperson", (), 22, 6, "duty")
WATCH = Recipient("Nam", "email", "nam@vd.vn", "analyst", (), 21, 7)
BUILDING = Department("Sở Xây dựng")
ON_WATCH = DutyTurn("analyst", "Nam", NIGHT - HOUR, NIGHT + 8 * HOUR)


def leaving(found, level=2):
    return {p.name: to_local(leaves_at(p, level, NIGHT)).hour for p in found}


def test_who_is_on_duty_is_told_at_once_for_a_colleague_who_wants_it_so():
    found = routed([QUIET], alert(), None, [QUIET, WATCH], [ON_WATCH], 2, NIGHT)
    assert leaving(found) == {"Mai": 6, "Nam": 23}
    waits = replace(QUIET, quiet_route="later")
    assert leaving(routed([waits], alert(), None, [waits, WATCH], [ON_WATCH], 2, NIGHT)) == {
        "Mai": 6
    }
    assert leaving(routed([QUIET], alert(), None, [QUIET, WATCH], [], 2, NIGHT)) == {"Mai": 6}


def test_quiet_hours_rest_during_one_s_own_turn_and_for_what_is_urgent():
    assert leaving(routed([WATCH], alert(), None, [WATCH], [ON_WATCH], 2, NIGHT)) == {"Nam": 23}
    urgent = routed([QUIET], alert(), None, [QUIET, WATCH], [ON_WATCH], 3, NIGHT)
    assert leaving(urgent, 3) == {"Mai": 23}


def test_who_is_on_duty_for_other_departments_does_not_stand_in():
    other = replace(WATCH, departments=("Sở Y tế",))
    limited = replace(QUIET, departments=("Sở Xây dựng",))
    told = routed([limited], alert(), BUILDING, [limited, other], [ON_WATCH], 2, NIGHT)
    assert leaving(told) == {"Mai": 6}


def test_a_stand_in_hears_only_of_their_department_where_the_sleeper_has_several():
    one_of_two = replace(WATCH, departments=("Sở Y tế",))
    limited = replace(QUIET, departments=("Sở Xây dựng", "Sở Y tế"))
    everybody = [limited, one_of_two]
    health = Department("Sở Y tế")
    told = routed([limited], alert(), BUILDING, everybody, [ON_WATCH], 2, NIGHT)
    assert leaving(told) == {"Mai": 6}
    assert leaving(routed([limited], alert(), health, everybody, [ON_WATCH], 2, NIGHT)) == {
        "Mai": 6,
        "Nam": 23,
    }
