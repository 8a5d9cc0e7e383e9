"""One-time links, the second factor, people and their roles."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from ledger import users
from tests.web.conftest import Room

_PASSWORD = "mot-mat-khau-dai-123"
_FIRST = {
    "email": "Quan.Tri@so.example",
    "name": "Quản trị",
    "password": _PASSWORD,
    "again": _PASSWORD,
}


def _first_link(hours: float = 0) -> str:
    token = users.first_admin_link(datetime.now(UTC) - timedelta(hours=hours))
    assert token
    return reverse("one-time-link", args=[token])


def _code(device: TOTPDevice) -> str:
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"


def test_the_first_administrator_sets_a_password_once(room: Room) -> None:
    link, client = _first_link(), Client()
    assert "Người quản trị đầu tiên" in client.get(link).content.decode()
    assert client.post(link, _FIRST)["Location"] == "/"
    member = users.member("quan.tri@so.example")
    assert member is not None
    assert member.role == "admin"
    assert Client().get(link).status_code == 410
    assert Client().post(link, {**_FIRST, "email": "khac@so.example"}).status_code == 410
    assert users.member("khac@so.example") is None


def test_a_link_of_yesterday_is_dead(room: Room) -> None:
    link = _first_link(hours=25)
    assert Client().get(link).status_code == 410
    assert Client().post(link, _FIRST).status_code == 410


@pytest.mark.parametrize(
    "change",
    [
        {"password": "ngan", "again": "ngan"},
        {"again": "khac-nhau-123"},
        {"email": "khong-phai-thu"},
        {"name": ""},
    ],
)
def test_a_mistake_does_not_use_the_link_up(room: Room, change: dict[str, str]) -> None:
    link = _first_link()
    assert Client().post(link, {**_FIRST, **change}).status_code == 200
    assert not users.has_admin()
    assert Client().post(link, _FIRST).status_code == 302


def test_an_administrator_enrols_a_phone_and_then_needs_it(room: Room) -> None:
    client = Client()
    client.post(_first_link(), _FIRST)
    assert client.get("/")["Location"] == reverse("second-factor")
    assert client.get(reverse("second-factor"))["Location"] == reverse("second-factor-setup")
    page = client.get(reverse("second-factor-setup")).content.decode()
    assert "<svg" in page
    device = TOTPDevice.objects.get()
    assert client.post(reverse("second-factor-setup"), {"code": "000 000"}).status_code == 200
    device.refresh_from_db()
    device.throttle_reset()
    assert client.post(reverse("second-factor-setup"), {"code": _code(device)})["Location"] == "/"
    assert client.get("/").status_code == 200

    again = Client()
    login = {"username": "quan.tri@so.example", "password": _PASSWORD}
    again.post(reverse("login"), login)
    assert again.get("/")["Location"] == reverse("second-factor")
    # The enrolment never shows a key again once a phone is confirmed.
    assert again.get(reverse("second-factor-setup"))["Location"] == reverse("second-factor")
    TOTPDevice.objects.update(last_t=-1)
    assert again.post(reverse("second-factor"), {"code": _code(device)})["Location"] == "/"


def test_the_login_takes_the_name_in_any_case_and_leads_on(room: Room) -> None:
    name = room.member("analyst")
    users.set_password(name, _PASSWORD, "test", room.now)
    client = Client()
    wanted = client.get("/tin/?q=x")["Location"]
    answer = client.post(
        wanted, {"username": name.upper(), "password": _PASSWORD, "next": "/tin/?q=x"}
    )
    assert answer["Location"] == "/tin/?q=x"
    outside = {"username": name, "password": _PASSWORD, "next": "https://evil.example/"}
    assert Client().post(wanted, outside)["Location"] == "/"


def test_signing_out_needs_a_press(room: Room) -> None:
    client = room.as_role("leader")
    assert client.get(reverse("logout")).status_code == 405
    client.post(reverse("logout"))
    assert client.get("/").status_code == 302


def test_an_invited_colleague_sets_a_password(room: Room) -> None:
    admin = room.as_role("admin")
    given = {
        "email": "ban@so.example",
        "name": "Bạn",
        "role": "spokesperson",
        "communes": ["xã Hòa Khê"],
    }
    page = admin.post(reverse("users"), given).content.decode()
    found = re.search(r"/bat-dau/[^/]+/", page)
    assert found
    client = Client()
    assert "ban@so.example" in client.get(found.group()).content.decode()
    assert (
        client.post(found.group(), {"password": _PASSWORD, "again": _PASSWORD}).status_code == 302
    )
    assert client.get("/").status_code == 200
    assert Client().get(found.group()).status_code == 410
    member = users.member("ban@so.example")
    assert member is not None
    assert (member.role, member.communes) == ("spokesperson", ("xã Hòa Khê",))


def test_a_locked_colleague_is_out_at_once(room: Room) -> None:
    admin, name = room.as_role("admin"), room.member("analyst")
    colleague = room.client(name)
    assert colleague.get("/").status_code == 200
    admin.post(reverse("user-switch", args=[name]), {"on": "0"})
    assert colleague.get("/").status_code == 302


def test_the_last_administrator_stays(room: Room) -> None:
    name = room.member("admin")
    room.member("leader")
    admin = room.client(name)
    page = admin.post(reverse("user-switch", args=[name]), {"on": "0"}, follow=True)
    assert "tự khóa" in page.content.decode()
    given = {"name": "x", "role": "leader"}
    assert (
        "ít nhất một người quản trị"
        in admin.post(reverse("user-change", args=[name]), given).content.decode()
    )
    member = users.member(name)
    assert member is not None
    assert member.role == "admin"


def test_ones_own_password_needs_the_present_one(room: Room) -> None:
    name = room.member("leader")
    users.set_password(name, _PASSWORD, "test", room.now)
    client = room.client(name)
    new = {"password": "mat-khau-moi-456", "again": "mat-khau-moi-456"}
    assert (
        "hiện tại chưa đúng"
        in client.post(reverse("password"), {**new, "present": "sai"}).content.decode()
    )
    assert client.post(reverse("password"), {**new, "present": _PASSWORD}).status_code == 302
    assert client.get("/").status_code == 200
    login = {"username": name, "password": "mat-khau-moi-456"}
    assert Client().post(reverse("login"), login).status_code == 302


def test_the_log_shows_and_checks_its_chain(stocked: Room) -> None:
    stocked.as_role("leader").get("/tin/", {"q": "nước"})
    admin = stocked.as_role("admin")
    assert "nước" in admin.get(reverse("audit")).content.decode()
    assert "nguyên vẹn" in admin.post(reverse("audit")).content.decode()


def test_one_sets_one_s_own_quiet_hours_and_finds_them_again(room: Room) -> None:
    name = room.member("spokesperson")
    client = room.client(name)
    assert 'href="/gio-yen-lang/"' in client.get("/").content.decode()
    given = {"from_hour": "22", "to_hour": "6", "route": "duty"}
    assert client.post("/gio-yen-lang/", given).status_code == 302
    member = users.member(name)
    assert member is not None
    assert member.quiet == users.QuietHours(22, 6, "duty")
    page = client.get("/gio-yen-lang/").content.decode()
    assert '<option value="22" selected>' in page
    assert re.search(r'value="duty"[^>]*checked', page)
    client.post("/gio-yen-lang/", {"from_hour": "", "to_hour": "", "route": "later"})
    assert users.member(name).quiet == users.QuietHours()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "wrong",
    [
        {"from_hour": "22"},
        {"from_hour": "22", "to_hour": "22"},
        {"from_hour": "25", "to_hour": "6"},
        {"from_hour": "22", "to_hour": "6", "route": "never"},
    ],
)
def test_quiet_hours_without_an_end_or_a_route_are_refused(
    room: Room, wrong: dict[str, str]
) -> None:
    name = room.member("leader")
    given = {"route": "later", **wrong}
    assert room.client(name).post("/gio-yen-lang/", given).status_code == 200
    assert users.member(name).quiet == users.QuietHours()  # type: ignore[union-attr]
