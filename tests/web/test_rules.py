"""Rules with a look at what they would have said; the digest's draft."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.ledger.samples import article
from tests.web.conftest import Room

_RULE = {"name": "Nước máy", "query": "nước máy", "level": "2", "sensitivity": "vua",
         "scope": "all", "roles": ["analyst"]}  # fmt: skip


def test_a_look_counts_what_the_past_would_have_said(stocked: Room) -> None:
    from ledger import rules

    stocked.take_in(article(40, title="Giá xăng giảm", lead="", text="Xăng giảm"), story="s2")
    client = stocked.as_role("analyst")
    page = client.post("/quy-tac/moi/", {**_RULE, "act": "preview"}).content.decode()
    assert 'sẽ báo <strong class="num">1</strong> lần' in page
    other = {**_RULE, "query": "vàng miếng", "act": "preview"}
    assert (
        'sẽ báo <strong class="num">0</strong> lần'
        in client.post("/quy-tac/moi/", other).content.decode()
    )
    assert "nuoc-may" not in {rule.id for rule in rules.current_rules()}


def test_a_saved_rule_keeps_its_versions_and_is_switched(stocked: Room) -> None:
    from ledger import rules

    client = stocked.as_role("analyst")
    client.post("/quy-tac/moi/", {**_RULE, "act": "save"})
    client.post("/quy-tac/nuoc-may/", {**_RULE, "level": "3", "act": "save"})
    client.post("/quy-tac/nuoc-may/bat-tat/", {"on": "0"})
    (rule,) = [r for r in rules.current_rules() if r.id == "nuoc-may"]
    assert (rule.level, rule.is_enabled, rule.version) == (3, False, 3)
    assert "Bản 1:" in client.get("/quy-tac/nuoc-may/").content.decode()


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


def test_the_draft_is_edited_held_and_let_go(stocked: Room) -> None:
    from ledger import digests
    from web.views.digest_draft import next_period

    client = stocked.as_role("approver")
    page = client.get("/diem-tin/nhap/").content.decode()
    assert 'name="shown" value="s1" checked' in page
    client.post("/diem-tin/nhap/", {"listed": ["s1"], "remark": "Đã hỏi Sở", "act": "hold"})
    key = next_period(stocked.now).key
    edits = digests.edits_of(key)
    assert (edits.hidden_story_ids, edits.remark, edits.is_held) == (("s1",), "Đã hỏi Sở", True)
    given = {"listed": ["s1"], "shown": ["s1"], "place-s1": "1", "act": "save"}
    client.post("/diem-tin/nhap/", given)
    edits = digests.edits_of(key)
    assert (edits.hidden_story_ids, edits.story_order, edits.is_held) == ((), ("s1",), False)


def test_the_draft_is_of_the_digest_that_leaves_next(stocked: Room) -> None:
    from web.views.digest_draft import next_period

    period = next_period(stocked.now)
    assert timedelta() < period.end_at - stocked.now <= timedelta(days=1)
    assert period.end_at - period.start_at == timedelta(days=1)
