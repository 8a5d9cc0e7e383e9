"""From the engine's decision to a mail on a real SMTP server, through the ledger's outbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.channels.email import MailIdentity, SmtpChannel, SmtpServer
from alerts.deliver import deliver_due
from alerts.message import Room, compose
from alerts.model import Action, AlertIntent, AlertState, Delivery, Recipient, delivery_id
from alerts.mute import Silence
from langnghe.errors import ConfigError
from tests.unit.alerts.made import NOON, alert

pytestmark = pytest.mark.usefixtures("ledger_sqlite")

ID = MailIdentity("LangNghe <langnghe@vd.vn>")
ROOM = Room("https://phong.example", "khóa")
AN = Recipient("An", "email", "an@vd.vn", "analyst")
MINUTE = timedelta(minutes=1)


def intent(action=Action.OPEN, **changes):
    return AlertIntent(action, alert(**changes), "mức chú ý")


def messages(wanted):
    version = f"{wanted.action.value}-{wanted.alert.level}"
    return [
        Delivery(
            delivery_id(wanted.alert.id, version, "email", AN.address),
            compose(wanted, AN, ROOM, NOON, version),
            AN,
            NOON,
        )
    ]


def open_(*intents, now=NOON):
    from ledger.alerts import open_alerts

    return open_alerts(intents, messages, now)


def send(port, now=NOON, timeout_s=5.0):
    from ledger.deliveries import LedgerOutbox

    server = SmtpServer("127.0.0.1", port, security="none", timeout_s=timeout_s)
    channels = {"email": SmtpChannel(server, ID)}
    return deliver_due(LedgerOutbox(), channels, lambda: now, jitter=lambda: 0.0)


def test_an_alert_becomes_one_mail_however_often_it_is_opened(post):
    box, port = post
    assert open_(intent()) == ["a1"]
    assert open_(intent()) == []
    assert send(port).sent == 1
    assert send(port, NOON + MINUTE).sent == 0
    (mail,) = box.mails
    assert mail["To"] == "An <an@vd.vn>"


def test_raising_sends_again_and_asks_whoever_had_it(post):
    from ledger.alerts import acknowledge, alerts

    box, port = post
    open_(intent())
    send(port)
    assert acknowledge("a1", "an.nt", NOON)
    open_(intent(Action.RAISE, level=3), now=NOON + MINUTE)
    send(port, NOON + MINUTE)
    assert len({mail["Message-ID"] for mail in box.mails}) == 2
    assert alerts()[0].state is AlertState.OPEN
    assert open_(intent(Action.RAISE, level=3), now=NOON + 2 * MINUTE) == []


def test_acknowledging_twice_is_harmless_and_stops_escalation():
    from ledger.alerts import acknowledge, escalate_due, events
    from ledger.alerts import alert as find

    open_(intent(level=3))
    assert acknowledge("a1", "an.nt", NOON) is True
    assert acknowledge("a1", "binh.tv", NOON) is False
    assert find("a1").assignee == "an.nt"
    assert escalate_due(lambda *_: [], NOON + timedelta(hours=2)) == []
    assert [event.kind for event in events("a1")] == ["opened", "acknowledged"]
    with pytest.raises(LookupError):
        acknowledge("nope", "an.nt", NOON)


def test_an_unanswered_crisis_escalates_each_step_once():
    from ledger.alerts import escalate_due

    told = []
    open_(intent(level=3))
    for minutes in (5, 11, 12, 31, 61, 300):
        escalate_due(
            lambda taken: told.extend(due.step.roles for due in taken) or [],
            NOON + minutes * MINUTE,
        )
    assert len(told) == 3 and "leader" in told[1]


def test_a_silenced_alert_is_kept_but_not_sent(post):
    from ledger.alerts import events
    from ledger.silences import silence

    silence(Silence("bảo trì", "an.nt", NOON - MINUTE, NOON + 60 * MINUTE, topic="y_te"), NOON)
    open_(intent())
    assert send(post[1]).sent == 0
    assert "bảo trì" in events("a1")[0].reason
    with pytest.raises(ConfigError):
        silence(Silence("mãi", "an.nt", NOON, NOON + timedelta(days=999), topic="y_te"), NOON)


def test_a_temporary_refusal_is_tried_again_later(post):
    box, port = post
    box.answers = ["451 try later"]
    open_(intent())
    assert send(port).waiting == 1
    assert send(port).sent == 0
    assert send(port, NOON + MINUTE).sent == 1


def test_a_permanent_refusal_is_dead_until_a_person_sends_it_again(post):
    from ledger.deliveries import outbox_health, resend
    from ledger.queries import mails

    box, port = post
    box.answers = ["550 no such user"]
    open_(intent())
    assert send(port).dead == 1
    (mail,) = mails("dead").mails
    assert "550" in mail.error and outbox_health().dead == 1
    assert send(port, NOON + timedelta(days=1)).sent == 0
    assert resend(mail.id, "an.nt", NOON) is True
    assert resend(mail.id, "an.nt", NOON) is False
    assert send(port, NOON + MINUTE).sent == 1


def test_a_hang_before_the_answer_repeats_the_mail_with_its_message_id(post):
    box, port = post
    box.hang_s = 1.0
    open_(intent())
    assert send(port, timeout_s=0.2).waiting == 1
    box.hang_s = 0.0
    assert send(port, NOON + MINUTE).sent == 1
    assert len(box.mails) == 2
    assert len({mail["Message-ID"] for mail in box.mails}) == 1


def test_a_server_that_is_down_loses_nothing_and_a_crisis_leaves_within_a_minute(post):
    box, port = post
    open_(intent(level=3))
    now = NOON
    for _ in range(20):
        assert send(1, now).sent == 0
        now += MINUTE
    assert send(port, now).sent == 1
    assert box.mails[0]["Importance"] == "high"


def test_two_deliverers_never_send_the_same_claim():
    from ledger.deliveries import claim_deliveries

    open_(intent())
    assert len(claim_deliveries(10, NOON)) == 1
    assert claim_deliveries(10, NOON) == []
    assert len(claim_deliveries(10, NOON + 3 * MINUTE)) == 1


def test_a_late_mark_of_a_lost_lease_changes_nothing():
    from ledger.deliveries import LedgerOutbox, claim_deliveries, outbox_health

    open_(intent())
    (late,) = claim_deliveries(10, NOON)
    (holder,) = claim_deliveries(10, NOON + 3 * MINUTE)
    LedgerOutbox().mark_dead(late, "late", NOON + 4 * MINUTE)
    assert outbox_health().dead == 0
    LedgerOutbox().mark_sent(holder, NOON + 4 * MINUTE)
    assert outbox_health().waiting == 0


def test_a_burst_waits_but_a_crisis_passes_at_once():
    from ledger.deliveries import RATE, LedgerOutbox, claim_deliveries

    wanted = [intent(id=f"a{k}", story_id=f"s{k}") for k in range(RATE + 15)]
    open_(*wanted, intent(id="k", story_id="k", level=3))
    claimed = claim_deliveries(100, NOON)
    assert len(claimed) == RATE
    assert claimed[0].message.level == 3
    for delivery in claimed:
        LedgerOutbox().mark_sent(delivery, NOON)
    open_(intent(id="k2", story_id="k2", level=3), now=NOON + MINUTE)
    assert [d.message.level for d in claim_deliveries(100, NOON + 2 * MINUTE)] == [3]
    assert len(claim_deliveries(100, NOON + 20 * MINUTE)) > 10


def test_a_raised_level_waits_for_its_quarter_of_an_hour_unless_it_is_the_highest(post):
    box, port = post
    open_(intent(level=1))
    send(port)
    open_(intent(Action.RAISE, level=2), now=NOON + MINUTE)
    assert send(port, NOON + 14 * MINUTE).sent == 0
    assert send(port, NOON + 15 * MINUTE).sent == 1
    open_(intent(Action.RAISE, level=3), now=NOON + 16 * MINUTE)
    assert send(port, NOON + 16 * MINUTE).sent == 1
    assert len(box.mails) == 3


def test_what_still_waits_is_replaced_by_what_is_newer(post):
    from ledger.models import DeliveryRow

    box, port = post
    open_(intent(level=1))
    open_(intent(Action.RAISE, level=2), now=NOON + MINUTE)
    assert send(port, NOON + 2 * MINUTE).sent == 1
    assert send(port, NOON + 30 * MINUTE).sent == 0
    (mail,) = box.mails
    assert "Nâng mức" in mail.get("Subject") or "=?utf-8" in mail.get("Subject")
    assert set(DeliveryRow.objects.values_list("level", "state")) == {(1, "replaced"), (2, "sent")}


def test_what_is_being_sent_is_not_replaced():
    from ledger.deliveries import claim_deliveries
    from ledger.models import DeliveryRow

    open_(intent(level=1))
    assert len(claim_deliveries(10, NOON)) == 1
    open_(intent(Action.RAISE, level=2), now=NOON)
    assert list(DeliveryRow.objects.values_list("state", flat=True)) == ["waiting", "waiting"]
    # Where the first one was lost with its process, the more urgent one goes alone at first.
    assert [d.message.level for d in claim_deliveries(10, NOON + 3 * MINUTE)] == [2]


def test_small_matters_leave_room_for_greater_ones_and_a_digest_never_waits():
    from ledger.deliveries import LOW_RATE, LedgerOutbox, add_deliveries, claim_deliveries

    open_(*(intent(id=f"a{k}", story_id=f"s{k}", level=1) for k in range(LOW_RATE + 5)))
    claimed = claim_deliveries(100, NOON)
    assert len(claimed) == LOW_RATE
    for delivery in claimed:
        LedgerOutbox().mark_sent(delivery, NOON)
    open_(intent(id="b", story_id="b", level=2), now=NOON)
    digest = replace(compose(intent(), AN, ROOM, NOON), level=0, key="digest")
    add_deliveries([Delivery("d-digest", digest, AN, NOON)], NOON, digest_key="daily:x")
    assert sorted(d.message.level for d in claim_deliveries(100, NOON)) == [0, 2]


def test_nothing_of_a_failed_transaction_remains():
    from ledger.alerts import alerts, open_alerts
    from ledger.deliveries import outbox_health

    def broken(_):
        raise RuntimeError("a template is broken")

    with pytest.raises(RuntimeError):
        open_alerts([intent()], broken, NOON)
    assert alerts() == [] and outbox_health().waiting == 0


def test_rules_are_versioned_and_their_history_kept():
    from ledger.rules import current_rules, history, save_rule, version

    before = version()
    shipped = next(r for r in current_rules() if r.id == "lan-nhanh")
    saved = save_rule(replace(shipped, level=3), "an.nt", NOON)
    assert saved.version == shipped.version + 1 and version() != before
    assert next(r for r in current_rules() if r.id == "lan-nhanh").level == 3
    save_rule(replace(saved, is_enabled=False), "an.nt", NOON)
    assert [row.rule.version for row in history("lan-nhanh")] == [3, 2, 1]
    with pytest.raises(ConfigError):
        save_rule(replace(shipped, query='"Nguyễn Văn Tí"'), "an.nt", NOON)
