"""Rules with a look at what they would have said; the digest's draft."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from lxml import html

from alerts.catalogue import KINDS
from alerts.model import RuleType
from tests.contract.ledger.samples import article
from tests.web.conftest import Room

_RULE = {"name": "Nước máy", "query": "nước máy", "level": "2", "sensitivity": "vua",
         "scope": "all", "roles": ["analyst"], "window_hours": "168", "p-documents": "1",
         "p-repeat_hours": "24", "p-repeat_documents": "8"}  # fmt: skip
_LOOK = {"HTTP_X_REQUESTED_WITH": "room"}


def _times(page: str) -> int:
    """Return how often a look says that the rule would have alerted."""
    found = re.search(r'sẽ báo <strong class="num">(\d+)</strong> lần', page)
    assert found, page
    return int(found[1])


def _values_of(page: str) -> dict[str, object]:
    """Return what a browser would send of the rule's form as it stands."""
    root = html.fromstring(page)
    (form,) = root.xpath("//form[@data-look]")
    given = dict(form.form_values())
    given["roles"] = [v for name, v in form.form_values() if name == "roles"]
    return given


def test_a_look_counts_what_the_past_would_have_said(stocked: Room) -> None:
    from ledger import rules

    stocked.take_in(article(40, title="Giá xăng giảm", lead="", text="Xăng giảm"), story="s2")
    client = stocked.as_role("analyst")
    page = client.post("/quy-tac/moi/", {**_RULE, "act": "preview"}).content.decode()
    assert _times(page) == 1
    other = {**_RULE, "query": "vàng miếng", "act": "preview"}
    part = client.post("/quy-tac/moi/", other, **_LOOK).content.decode()
    assert _times(part) == 0
    assert "<html" not in part
    assert "nuoc-may" not in {rule.id for rule in rules.current_rules()}


def test_a_saved_rule_keeps_its_versions_and_is_switched(stocked: Room) -> None:
    from ledger import rules

    client = stocked.as_role("analyst")
    client.post("/quy-tac/moi/", {**_RULE, "act": "save"})
    client.post("/quy-tac/nuoc-may/", {**_RULE, "level": "3", "act": "save"})
    client.post("/quy-tac/nuoc-may/bat-tat/", {"on": "0"})
    (rule,) = [r for r in rules.current_rules() if r.id == "nuoc-may"]
    assert (rule.level, rule.is_enabled, rule.version) == (3, False, 3)
    page = client.get("/quy-tac/nuoc-may/").content.decode()
    assert "Mức thấp nhất: Chú ý → Khẩn" in page
    assert "Đang dùng: có → không" in page
    assert 'value="2" selected' in client.get("/quy-tac/nuoc-may/?ban=1").content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"query": "(nước"}, "Câu tìm kiếm sai"),
        ({"query": ""}, "cần một câu tìm kiếm"),
        ({"query": '"Nguyễn Văn Thử"'}, "giống tên người"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_reason(
    stocked: Room, change: dict[str, str], said: str
) -> None:
    from ledger import rules

    before = rules.version()
    page = stocked.as_role("analyst").post("/quy-tac/moi/", {**_RULE, **change, "act": "save"})
    assert said in page.content.decode()
    assert rules.version() == before


def test_every_shipped_rule_can_be_opened(stocked: Room) -> None:
    from ledger import rules

    client = stocked.as_role("admin")
    shipped = [rule.id for rule in rules.current_rules()]
    assert len(shipped) > 3
    for rule_id in shipped:
        assert client.get(f"/quy-tac/{rule_id}/").status_code == 200


@pytest.mark.parametrize("kind", list(RuleType))
def test_every_type_is_made_with_its_own_numbers_and_saved_unchanged(
    stocked: Room, kind: RuleType
) -> None:
    from ledger import rules

    client = stocked.as_role("admin")
    url = f"/quy-tac/moi/?loai={kind.value}"
    given = {**_values_of(client.get(url).content.decode()), "name": "Quy tắc thử"}
    if kind is RuleType.MATCH:
        given["query"] = "nước"
    page = client.post(url, {**given, "act": "preview"}, **_LOOK).content.decode()
    assert _times(page) >= 0
    client.post(url, {**given, "act": "save"})
    (saved,) = [r for r in rules.current_rules() if r.id == "quy-tac-thu"]
    assert saved.type is kind
    assert saved.parameters == {p.name: p.default for p in KINDS[kind].parameters}


def test_a_share_is_shown_in_per_cent_and_kept_as_a_share(stocked: Room) -> None:
    from ledger import rules

    client = stocked.as_role("analyst")
    given = _values_of(client.get("/quy-tac/lan-nhanh/").content.decode())
    assert given["p-negative_share"] == "34"
    client.post("/quy-tac/lan-nhanh/", {**given, "p-negative_share": "50", "act": "save"})
    (rule,) = [r for r in rules.current_rules() if r.id == "lan-nhanh"]
    assert rule.parameters["negative_share"] == 0.5
    page = client.get("/quy-tac/lan-nhanh/").content.decode()
    assert "Phần tin xấu ít nhất: 34 % → 50 %" in page
    assert "Bộ quy tắc đi kèm" in page
    too_much = {**given, "p-negative_share": "500", "act": "save"}
    assert "wrong" in client.post("/quy-tac/lan-nhanh/", too_much).content.decode()


def test_the_numbers_of_a_rule_decide_what_the_look_says(stocked: Room) -> None:
    client = stocked.as_role("analyst")
    one = client.post("/quy-tac/moi/", {**_RULE, "act": "preview"}, **_LOOK)
    many = {**_RULE, "p-documents": "5", "act": "preview"}
    assert _times(one.content.decode()) == 1
    assert _times(client.post("/quy-tac/moi/", many, **_LOOK).content.decode()) == 0


def test_an_absence_is_tried_on_the_register(stocked: Room) -> None:
    from ledger.announcements import add_announcement

    day = timedelta(days=1)
    for title, phrase in (("Lịch cấp nước", "mùi lạ"), ("Lịch tiêm", "tiêm chủng")):
        add_announcement(title, stocked.now - 3 * day, [phrase], "an", stocked.now)
    client = stocked.as_role("analyst")
    given = _values_of(client.get("/quy-tac/thong-bao-chua-co-tin/").content.decode())
    for hours, times in (("24", 2), ("73", 0)):
        look = {**given, "p-hours": hours, "act": "preview"}
        page = client.post("/quy-tac/thong-bao-chua-co-tin/", look, **_LOOK).content.decode()
        assert _times(page) == times


def _draft_key(page: str) -> str:
    return re.findall(r'name="ky" value="([^"]+)"', page)[0]


def test_the_draft_is_edited_held_and_let_go(stocked: Room) -> None:
    from ledger import digests

    client = stocked.as_role("approver")
    page = client.get("/diem-tin/nhap/").content.decode()
    assert 'name="shown" value="s1" checked' in page
    key = _draft_key(page)
    held = {"ky": key, "listed": ["s1"], "remark": "Đã hỏi Sở", "act": "hold"}
    client.post("/diem-tin/nhap/", held)
    edits = digests.edits_of(key)
    assert (edits.hidden_story_ids, edits.remark, edits.is_held) == (("s1",), "Đã hỏi Sở", True)
    given = {"ky": key, "listed": ["s1"], "shown": ["s1"], "place-s1": "1", "act": "save"}
    client.post("/diem-tin/nhap/", given)
    edits = digests.edits_of(key)
    assert (edits.hidden_story_ids, edits.story_order, edits.is_held) == ((), ("s1",), False)


def test_a_draft_held_past_its_time_is_found_again_and_let_go(stocked: Room) -> None:
    from ledger import digests
    from runtime.digests import send_due_digests

    approver = stocked.member("approver")
    client = stocked.client(approver)
    key = _draft_key(client.get("/diem-tin/nhap/").content.decode())
    client.post("/diem-tin/nhap/", {"ky": key, "listed": ["s1"], "shown": ["s1"], "act": "hold"})
    stocked.runtime.clock.moment += timedelta(days=1)
    assert send_due_digests(stocked.runtime) == 0  # type: ignore[arg-type]
    for address in ("/", "/diem-tin/"):
        assert "đang được giữ lại, chưa gửi" in client.get(address).content.decode()
    page = client.get("/diem-tin/nhap/").content.decode()
    assert _draft_key(page) == key and "đã quá giờ gửi" in page
    client.post("/diem-tin/nhap/", {"ky": key, "listed": ["s1"], "shown": ["s1"], "act": "save"})
    assert not digests.edits_of(key).is_held
    assert send_due_digests(stocked.runtime) == 1  # type: ignore[arg-type]
    assert _draft_key(client.get("/diem-tin/nhap/").content.decode()) != key


def test_a_change_that_comes_after_the_digest_left_is_refused_not_kept_for_tomorrow(
    stocked: Room,
) -> None:
    from ledger import digests

    client = stocked.as_role("analyst")
    key = _draft_key(client.get("/diem-tin/nhap/").content.decode())
    stocked.runtime.clock.moment += timedelta(days=1)
    given = {"ky": key, "listed": ["s1"], "remark": "Muộn", "act": "save"}
    page = client.post("/diem-tin/nhap/", given, follow=True).content.decode()
    assert "thay đổi vừa rồi không lưu" in page
    later = _draft_key(page)
    assert later != key
    assert digests.edits_of(key).remark == digests.edits_of(later).remark == ""


def test_the_draft_is_of_the_digest_that_leaves_next(stocked: Room) -> None:
    from web.views.digest_draft import open_drafts

    (period,) = open_drafts(stocked.now)
    assert timedelta() < period.end_at - stocked.now <= timedelta(days=1)
    assert period.end_at - period.start_at == timedelta(days=1)
