"""Every address against every role, a stranger, and a colleague with other limits."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.test import Client
from django.urls import reverse

from langnghe.profile import ROLES
from tests.web.conftest import HEALTH, WATER, Room
from web.permissions import ROUTES, WHOLE_ONLY
from web.urls import urlpatterns

_ARGUMENTS: Mapping[str, str] = {
    "document_id": "doc-0001",
    "story_id": "s1",
    "alert_id": "a-1",
    "source_id": "bao-a",
    "mail_id": "d-1",
    "token": "khong-co",
    "username": "nobody@lam-giang.example",
    "number": "1",
    "check_id": "k1",
    "matter_id": "f1",
    "rule_id": "lan-nhanh",
    "search_id": "0" * 16,
    "job_id": "0" * 16,
    "way": "bluesky",
}
_POST_ONLY = {p.name for p in urlpatterns if p.name} & {
    "logout", "documents-export", "document-label", "story-merge", "story-split", "story-rename",
    "story-move-undo", "own-topic-retire",
    "story-pin", "alert-acknowledge", "alert-assign", "alert-resolve", "alert-silence",
    "source-switch", "mail-resend", "claim-confirm", "claim-approve", "claim-reject",
    "source-add", "rule-switch", "feedback-assign", "feedback-answer", "feedback-close",
    "clock-start", "clock-stop", "press-add", "wall", "announcement-remove",
    "alert-real", "silence-add", "silence-end", "duty-copy", "duty-remove", "drill-end",
    "crisis-declare", "crisis-cover", "crisis-place", "crisis-prolong", "crisis-end",
    "document-remove", "import-run", "import-stop", "source-token",
    "fact-check-approve", "user-invite", "user-switch", "quarantine-decide",
}  # fmt: skip
_READABLE = (200, 302, 404, 405, 410)


def _url(route: str) -> str:
    pattern = next(p for p in urlpatterns if p.name == route)
    names = pattern.pattern.converters
    return reverse(route, kwargs={name: _ARGUMENTS[name] for name in names})


def _answer(client: Client, route: str) -> int:
    method = client.post if route in _POST_ONLY else client.get
    return int(method(_url(route)).status_code)


def test_every_address_stands_in_the_table_and_nothing_else_does() -> None:
    assert {p.name for p in urlpatterns} == set(ROUTES)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_opens_what_the_table_says_and_nothing_else(stocked: Room, role: str) -> None:
    username = stocked.member(role)
    for route, access in ROUTES.items():
        status = _answer(stocked.client(username), route)
        if access.allows(role):
            assert status in _READABLE, (route, status)
        else:
            assert status == 403, (route, status)


@pytest.mark.parametrize("route", sorted(n for n, a in ROUTES.items() if not a.is_public))
def test_a_stranger_is_sent_to_the_login(stocked: Room, route: str) -> None:
    answer = Client().get(_url(route))
    if answer.status_code == 302:
        assert answer["Location"].startswith(reverse("login"))
    else:
        assert (route, answer.status_code) == ("board", 403)
    assert Client().post(_url(route)).status_code == 403


@pytest.mark.parametrize("route", ["room", "documents", "alerts", "users", "audit", "password"])
def test_an_administrator_without_second_factor_gets_no_further(stocked: Room, route: str) -> None:
    client = stocked.client(stocked.member("admin"), second_factor=False)
    answer = client.get(_url(route))
    assert (answer.status_code, answer["Location"]) == (302, reverse("second-factor"))


@pytest.mark.parametrize("route", ["document", "story", "alert"])
def test_a_colleague_with_other_limits_finds_nothing(stocked: Room, route: str) -> None:
    assert stocked.as_role("spokesperson", departments=[WATER]).get(_url(route)).status_code == 200
    assert stocked.as_role("spokesperson", departments=[HEALTH]).get(_url(route)).status_code == 404


@pytest.mark.parametrize(
    "route", ["document-label", "story-merge", "story-split", "story-rename", "story-pin",
              "story-move", "story-move-undo",
              "alert-acknowledge", "alert-assign", "alert-resolve", "alert-silence"],
)  # fmt: skip
def test_a_colleague_with_other_limits_changes_nothing(stocked: Room, route: str) -> None:
    client = stocked.as_role("analyst", departments=[HEALTH])
    assert client.post(_url(route)).status_code == 404


@pytest.mark.parametrize("route", ["room", "documents", "stories", "alerts", "trends"])
def test_lists_show_a_colleague_only_what_is_theirs(stocked: Room, route: str) -> None:
    theirs = stocked.as_role("analyst", communes=["phường Lam Thành"]).get(_url(route))
    others = stocked.as_role("analyst", communes=["xã Hòa Khê"]).get(_url(route))
    shown = ["Nước máy", "Môi trường, thiên tai</td>"] if route == "trends" else ["Nước máy"]
    assert any(words in theirs.content.decode() for words in shown)
    assert not any(words in others.content.decode() for words in shown)


@pytest.mark.parametrize("route", sorted(WHOLE_ONLY))
def test_who_is_limited_opens_no_page_that_shows_everything(stocked: Room, route: str) -> None:
    assert _answer(stocked.as_role("admin", departments=[WATER]), route) == 403


def test_a_user_without_a_role_opens_nothing(stocked: Room) -> None:
    from django.contrib.auth.models import User

    User.objects.create_user("nobody", password="x" * 12)
    assert stocked.client("nobody", second_factor=False).get("/").status_code == 403


def test_the_menu_holds_only_what_the_role_may_open(stocked: Room) -> None:
    page = stocked.as_role("leader").get("/").content.decode()
    assert reverse("documents") in page
    assert reverse("audit") not in page
    assert reverse("users") not in page
    assert "Tiếp nhận</button>" not in page
