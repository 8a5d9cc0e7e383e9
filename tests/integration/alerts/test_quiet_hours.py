"""Quiet hours that a user set: nothing of "chú ý" disturbs, and nothing is dropped."""

from __future__ import annotations

from datetime import timedelta

from alerts.model import Action, AlertIntent
from alerts.routing import DutyTurn
from langnghe.profile import Person
from tests.contract.ledger.samples import NOW
from tests.integration.alerts.test_declared_crisis import WATER
from tests.integration.alerts.test_desk import desk, mails, service
from tests.unit.alerts.made import alert

__all__ = ["service"]

NIGHT = NOW + timedelta(hours=13)
"""23:00 in Vietnam."""


def told(room, service):
    room.deliver()
    return sorted(str(mail["To"].addresses[0].addr_spec) for mail in mails(service))


def opened(room, level):
    from ledger import alerts

    made = alert(id=f"a{level}", level=level, opened_at=NIGHT, first_report_at=NIGHT)
    intent = AlertIntent(Action.OPEN, made, "")
    alerts.open_alerts([intent], room._deliveries, NIGHT)


def quiet(route):
    from ledger import users

    users.save_member(Person("Mai", "mai@vd.vn", "analyst"), "t", NOW)
    users.save_quiet_hours("mai@vd.vn", users.QuietHours(22, 6, route), "mai@vd.vn", NOW)


def test_a_message_waits_for_the_end_of_the_night_and_an_urgent_one_does_not(service):
    quiet("later")
    service.clock.moment = NIGHT
    room = desk(service)
    opened(room, 2)
    assert told(room, service) == []
    opened(room, 3)
    assert told(room, service) == ["mai@vd.vn"]
    service.clock.moment = NIGHT + timedelta(hours=7)
    assert told(room, service) == ["mai@vd.vn", "mai@vd.vn"]


def test_who_is_on_duty_is_told_at_once_and_the_sleeper_in_the_morning(service):
    from ledger import duty, users

    quiet("duty")
    users.save_member(Person("Nam", "nam@vd.vn", "leader"), "t", NOW)
    turn = DutyTurn("leader", "nam@vd.vn", NIGHT, NIGHT + timedelta(hours=8))
    duty.set_turn(turn, "t", NOW)
    service.clock.moment = NIGHT
    room = desk(service)
    opened(room, 2)
    assert told(room, service) == ["nam@vd.vn"]
    service.clock.moment = NIGHT + timedelta(hours=7)
    assert told(room, service) == ["mai@vd.vn", "nam@vd.vn"]


def test_that_a_crisis_is_over_wakes_nobody(service):
    from ledger import crises

    quiet("later")
    room = desk(service)
    number = crises.declare(WATER, NOW)
    room.watch()
    assert told(room, service) == ["mai@vd.vn"]
    service.clock.moment = NIGHT
    crises.end(number, "truong.vp", NIGHT)
    room.watch()
    assert len(told(room, service)) == 1
    service.clock.moment = NIGHT + timedelta(hours=7)
    assert len(told(room, service)) == 2


def test_what_a_colleague_gives_waits_too(service):
    from ledger import alerts
    from runtime.giving import give_alert

    quiet("later")
    service.clock.moment = NIGHT
    room = desk(service)
    opened(room, 2)
    give_alert(service, alerts.alert("a2"), "mai@vd.vn", "", "an")
    assert told(room, service) == []
    service.clock.moment = NIGHT + timedelta(hours=7)
    assert told(room, service) == ["mai@vd.vn"]
    assert "Giao xử lý" in mails(service)[0]["Subject"]


def test_who_was_kept_out_is_mailed_no_more_though_the_profile_names_them(service):
    from ledger import users
    from runtime import firstrun
    from runtime.people import reachable_people

    service.profile_file.write_text(
        '[[people]]\nname = "Mai"\nemail = "Mai@vd.vn"\nrole = "analyst"\n', "utf-8"
    )
    firstrun.prepare_people(service)
    assert [person.address for person in reachable_people(service)] == ["mai@vd.vn"]
    users.set_active("mai@vd.vn", False, "t", NOW)
    assert reachable_people(service) == []
