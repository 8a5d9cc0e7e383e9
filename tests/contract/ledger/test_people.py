"""Users, one-time links and the audit log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from langnghe.errors import ConfigError
from langnghe.profile import Person
from langnghe.settings import Settings
from tests.contract.ledger.samples import NOW

pytestmark = pytest.mark.usefixtures("ledger")
ADMIN = Person("An", "An@Example.vn", "admin")
SPOKESPERSON = Person("Bình", "binh@example.vn", "spokesperson", ("Sở Y tế",), ("xã Hòa Khê",))


def test_a_member_has_a_role_and_limits() -> None:
    from ledger import users

    users.save_member(ADMIN, "cli", NOW)
    saved = users.save_member(SPOKESPERSON, "an@example.vn", NOW)
    assert users.member("binh@example.vn") == saved
    assert (saved.role, saved.departments, saved.communes) == (
        "spokesperson",
        ("Sở Y tế",),
        ("xã Hòa Khê",),
    )
    assert saved.is_limited
    assert [m.username for m in users.members()] == ["an@example.vn", "binh@example.vn"]


def test_saving_again_changes_the_one_member() -> None:
    from ledger import users

    users.save_member(ADMIN, "cli", NOW)
    users.save_member(SPOKESPERSON, "cli", NOW)
    users.save_member(Person("Bình", "BINH@example.vn", "leader"), "cli", NOW)
    assert [(m.username, m.role) for m in users.members()] == [
        ("an@example.vn", "admin"),
        ("binh@example.vn", "leader"),
    ]


@pytest.mark.parametrize("bad", [Person("X", "x@example.vn", "boss"), Person("X", " ", "admin")])
def test_an_unknown_role_or_no_address_is_refused(bad: Person) -> None:
    from ledger import users

    with pytest.raises(ConfigError):
        users.save_member(bad, "cli", NOW)
    assert users.members() == []


def test_the_last_administrator_stays() -> None:
    from ledger import users

    users.save_member(ADMIN, "cli", NOW)
    users.save_member(SPOKESPERSON, "cli", NOW)
    with pytest.raises(ConfigError):
        users.set_active("an@example.vn", False, "an@example.vn", NOW)
    with pytest.raises(ConfigError):
        users.save_member(Person("An", "an@example.vn", "leader"), "an@example.vn", NOW)
    member = users.member("an@example.vn")
    assert member is not None
    assert member.role == "admin"


def test_a_deactivated_member_is_kept_and_out() -> None:
    from ledger import users

    users.save_member(ADMIN, "cli", NOW)
    users.save_member(SPOKESPERSON, "cli", NOW)
    users.set_active("binh@example.vn", False, "an@example.vn", NOW)
    assert users.member("binh@example.vn") is None
    assert len(users.members()) == 2
    assert len(users.members(only_active=True)) == 1


def test_the_first_administrators_link_works_once() -> None:
    from ledger import users

    token = users.first_admin_link(NOW)
    assert token is not None
    made = users.claim_first_admin(token, "An@Example.vn", "An", "một mật khẩu dài", NOW)
    assert (made.username, made.role, made.has_password) == ("an@example.vn", "admin", True)
    with pytest.raises(ConfigError):
        users.claim_first_admin(token, "x@example.vn", "X", "một mật khẩu dài", NOW)
    assert users.first_admin_link(NOW) is None


def test_a_link_expires_and_a_new_one_kills_the_old() -> None:
    from ledger import users

    old = users.first_admin_link(NOW)
    new = users.first_admin_link(NOW)
    assert old is not None
    assert new is not None
    late = NOW + timedelta(hours=25)
    assert users.link_username(old, users.FIRST_ADMIN, NOW) is None
    assert users.link_username(new, users.FIRST_ADMIN, NOW) == ""
    assert users.link_username(new, users.INVITATION, NOW) is None
    assert users.link_username(new, users.FIRST_ADMIN, late) is None
    with pytest.raises(ConfigError):
        users.claim_first_admin(new, "a@example.vn", "A", "một mật khẩu dài", late)
    assert users.members() == []


def test_an_invitation_sets_the_first_password() -> None:
    from ledger import users

    users.save_member(ADMIN, "cli", NOW)
    token = users.make_link(users.INVITATION, NOW, username="an@example.vn", hours=72)
    assert users.link_username(token, users.INVITATION, NOW) == "an@example.vn"
    assert users.accept_invitation(token, "một mật khẩu dài", NOW).has_password
    with pytest.raises(ConfigError):
        users.accept_invitation(token, "khác", NOW)


def test_a_token_is_nowhere_in_the_database() -> None:
    from ledger import users
    from ledger.models import OneTimeLinkRow

    token = users.first_admin_link(NOW)
    rows = OneTimeLinkRow.objects.values_list()
    assert not [row for row in rows if token in map(str, row)]


def _log(count: int) -> None:
    from ledger import audit

    for number in range(count):
        audit.record("an@example.vn", "search", f"câu {number}", NOW, {"hits": number})


def test_the_audit_log_is_a_chain() -> None:
    from ledger import audit

    assert audit.verify().is_intact
    _log(5)
    report = audit.verify()
    assert (report.is_intact, report.checked) == (True, 5)
    assert [entry.number for entry in audit.entries(2)] == [5, 4]
    assert [entry.number for entry in audit.entries(2, before=4)] == [3, 2]
    assert audit.entries(actor="nobody") == []
    assert audit.head().startswith("5:")


def test_the_database_refuses_to_change_the_log(ledger: Settings) -> None:
    from ledger import audit
    from ledger.models import AuditRow

    _log(3)
    for attempt in (
        lambda: AuditRow.objects.filter(number=2).update(actor="khác"),
        lambda: AuditRow.objects.filter(number=2).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert audit.verify().is_intact


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE ledger_auditrow SET actor = 'khac' WHERE number = 2", 2),
        ("UPDATE ledger_auditrow SET target = 'khac' WHERE number = 4", 4),
        ("UPDATE ledger_auditrow SET detail = '{}' WHERE number = 3", 3),
        ("DELETE FROM ledger_auditrow WHERE number = 3", 3),
        ("DELETE FROM ledger_auditrow WHERE number = 5", 5),
        ("DELETE FROM ledger_auditrow", 1),
    ],
)
def test_tampering_is_found(tampering: str, broken_at: int) -> None:
    from ledger import audit

    _log(5)
    with connection.cursor() as cursor:
        _lift_guard(cursor)
        try:
            cursor.execute(tampering)
        finally:
            audit.guard()
    assert audit.verify().broken_at == broken_at


def _lift_guard(cursor: object) -> None:
    """Do what somebody with the database's own password can do."""
    execute = cursor.execute  # type: ignore[attr-defined]
    if connection.vendor == "sqlite":
        execute("DROP TRIGGER audit_no_UPDATE")
        execute("DROP TRIGGER audit_no_DELETE")
    else:
        execute("DROP TRIGGER audit_append_only ON ledger_auditrow")


def test_the_log_takes_words_that_no_database_can_hold() -> None:
    from ledger import audit

    audit.record("a\x00n", "search", "nước\ud83d\x00", NOW, {"query": "\x00máy"})
    assert audit.verify().is_intact
    assert audit.entries()[0].detail == {"query": "máy"}
