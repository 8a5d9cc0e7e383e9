"""Drafts of every digest stand in the room; the words of a top story are edited, figures never."""

from __future__ import annotations

import re
from datetime import timedelta

from django.test import Client

from tests.web.conftest import Room

DRAFT = "/diem-tin/nhap/"


def _wants(room: Room, *kinds: str) -> None:
    from ledger import digests

    name = room.member("leader")
    digests.save_choice(name, digests.DigestChoice(kinds=kinds), "test", room.now)


def _keys(room: Room) -> list[str]:
    from web.views.digest_draft import open_drafts

    return [period.key for period in open_drafts(room.now)]


def test_a_draft_stands_for_each_digest_that_somebody_gets(stocked: Room) -> None:
    assert _keys(stocked) == ["daily:2026-11-21T07:00"]
    _wants(stocked, "noon", "weekly")
    # 10:00 on a Friday: the noon digest leaves first.
    assert _keys(stocked) == [
        "noon:2026-11-20T12:00",
        "daily:2026-11-21T07:00",
        "weekly:2026-11-23T07:00",
    ]
    page = stocked.as_role("analyst").get(DRAFT).content.decode()
    assert "Bản nháp: Điểm tin trưa" in page
    assert "Bản khác sắp tới: Điểm tin tuần 07:00 23/11/2026" in page


def test_a_digest_whose_period_has_not_begun_has_no_draft(stocked: Room) -> None:
    _wants(stocked, "evening")
    assert not any(key.startswith("evening") for key in _keys(stocked))
    stocked.runtime.clock.moment += timedelta(hours=7, minutes=14)
    assert _keys(stocked)[0] == "evening:2026-11-20T18:00"


def test_three_quarters_of_an_hour_before_it_leaves_the_page_says_so(stocked: Room) -> None:
    _wants(stocked, "noon")
    client = stocked.as_role("analyst")
    said = "Điểm tin trưa tự gửi lúc <strong>12:00 20/11/2026</strong>"
    stocked.runtime.clock.moment += timedelta(minutes=74)
    assert said not in client.get("/diem-tin/").content.decode()
    stocked.runtime.clock.moment += timedelta(minutes=1)
    assert said in client.get("/diem-tin/").content.decode()


def test_a_noon_draft_is_held_found_again_and_let_go(stocked: Room) -> None:
    from runtime.digests import send_due_digests

    _wants(stocked, "noon")
    client = stocked.as_role("approver")
    key = "noon:2026-11-20T12:00"
    client.post(DRAFT, {"ky": key, "listed": ["s1"], "shown": ["s1"], "act": "hold"})
    stocked.runtime.clock.moment += timedelta(hours=2, minutes=1)
    assert send_due_digests(stocked.runtime) == 0  # type: ignore[arg-type]
    assert "Điểm tin trưa 12:00 20/11 đang được giữ lại" in client.get("/").content.decode()
    given = {"ky": key, "listed": ["s1"], "shown": ["s1"], "remark": "Đã rõ", "act": "save"}
    client.post(DRAFT, given)
    assert send_due_digests(stocked.runtime) == 1  # type: ignore[arg-type]


def test_the_words_of_a_top_story_are_edited_the_machine_s_are_kept_and_it_is_logged(
    stocked: Room,
) -> None:
    from ledger import audit, digests
    from runtime.digests import preview
    from web.views.digest_draft import open_drafts

    client = stocked.as_role("analyst")
    (period,) = open_drafts(stocked.now)
    before = preview(stocked.runtime, period, stocked.now)[0].top[0]  # type: ignore[arg-type]
    given = {
        "ky": period.key,
        "listed": ["s1"],
        "shown": ["s1"],
        "written": ["s1"],
        "what-s1": "Nước máy ở hai phường có mùi dầu",
        "why-s1": "",
        "action-s1": "Sở trả lời   báo chí trước 10 giờ.",
        "act": "save",
    }
    client.post(DRAFT, given)
    digest, mail = preview(stocked.runtime, period, stocked.now)  # type: ignore[arg-type]
    told = digest.top[0]
    assert (told.figures, told.why) == (before.figures, before.why)
    assert told.what == "Nước máy ở hai phường có mùi dầu."
    assert told.action == "Sở trả lời báo chí trước 10 giờ."
    for body in (mail.html, mail.text):
        shown = [body.index(part) for part in (told.what, told.figures, told.action)]
        assert shown == sorted(shown)
        assert before.action not in body
        assert "Người trực đã sửa lời" in body
    assert digests.written_in(period.key)["s1"]["action"].original == before.action
    page = client.get(DRAFT).content.decode()
    assert f"Máy viết: <bdi>{before.action}</bdi>" in page
    logged = [e.detail for e in audit.entries(20) if e.action == "digest.words"]
    assert {"story": "s1", "field": "action", "before": before.action, "after": told.action} in [
        dict(detail) for detail in logged
    ]
    client.post(DRAFT, {**given, "what-s1": "", "action-s1": ""})
    assert preview(stocked.runtime, period, stocked.now)[0].top[0] == before  # type: ignore[arg-type]
    assert digests.written_in(period.key) == {}


def test_words_are_cut_and_stay_where_another_form_does_not_show_them(stocked: Room) -> None:
    from ledger import digests
    from web.views.digest_draft import open_drafts

    client = stocked.as_role("analyst")
    (period,) = open_drafts(stocked.now)
    given = {"ky": period.key, "written": ["s1"], "why-s1": "x" * 900, "act": "save"}
    client.post(DRAFT, given)
    client.post(DRAFT, {"ky": period.key, "remark": "Lời khác", "act": "save"})
    assert len(digests.edits_of(period.key).words["s1"].why) == 300
    assert re.search(r"<textarea name=\"why-s1\"[^>]*>x{300}<", client.get(DRAFT).content.decode())


def test_two_who_edit_one_draft_overwrite_nothing_unseen(stocked: Room) -> None:
    from ledger import digests
    from web.views.digest_draft import open_drafts

    (period,) = open_drafts(stocked.now)
    first, second = stocked.as_role("analyst"), stocked.as_role("approver")

    def given(client: Client, words: str, remark: str) -> dict[str, object]:
        page = client.get(DRAFT).content.decode()
        version = re.search('name="ban" value="([^"]*)"', page)
        assert version
        form = {"ky": period.key, "listed": ["s1"], "shown": ["s1"], "written": ["s1"]}
        return {**form, "ban": version[1], "what-s1": words, "remark": remark, "act": "save"}

    mine = given(first, "Lời của người thứ nhất", "Ghi chú một")
    theirs = given(second, "Lời của người thứ hai", "Ghi chú hai")
    second.post(DRAFT, theirs)
    stocked.runtime.clock.moment += timedelta(minutes=1)
    answer = first.post(DRAFT, mine)
    page = answer.content.decode()
    assert "Bản nháp đã được approver sửa lúc" in page
    for words in ("Lời của người thứ nhất</textarea>", "Ghi chú một</textarea>"):
        assert words in page
    for words in ("Lời của người thứ hai", "Ghi chú hai"):
        assert f"approver viết: <bdi>{words}</bdi>" in page
    assert digests.edits_of(period.key).remark == "Ghi chú hai"
    version = re.search('name="ban" value="([^"]*)"', page)
    assert version
    assert first.post(DRAFT, {**mine, "ban": version[1]}).status_code == 302
    kept = digests.edits_of(period.key)
    assert (kept.remark, kept.words["s1"].what) == ("Ghi chú một", "Lời của người thứ nhất")
    assert "Sửa lần cuối: analyst" in second.get(DRAFT).content.decode()


def test_unsaved_words_of_a_story_that_left_the_top_meanwhile_are_not_lost(stocked: Room) -> None:
    from ledger import digests
    from web.views.digest_draft import open_drafts

    (period,) = open_drafts(stocked.now)
    client = stocked.as_role("analyst")
    form = {"ky": period.key, "listed": ["s1"], "ban": "", "act": "save"}
    client.post(DRAFT, {**form, "shown": ["s1"], "remark": "Của đồng nghiệp"})
    mine = {**form, "remark": "Của tôi", "written": ["s1"], "why-s1": "Lời về vụ s1"}
    page = client.post(DRAFT, mine).content.decode()
    assert "chưa lưu" in page
    again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    client.post(DRAFT, {**again, "remark": "Của tôi", "act": "save"})
    assert digests.edits_of(period.key).words["s1"].why == "Lời về vụ s1"


def test_a_change_of_what_is_left_out_is_not_overwritten_either(stocked: Room) -> None:
    from ledger import digests
    from web.views.digest_draft import open_drafts

    (period,) = open_drafts(stocked.now)
    client = stocked.as_role("analyst")
    form = {"ky": period.key, "listed": ["s1"], "ban": "", "act": "hold"}
    assert client.post(DRAFT, form).status_code == 302
    page = client.post(DRAFT, {**form, "shown": ["s1"], "act": "save"}).content.decode()
    assert "chưa lưu" in page and "Lưu và cho gửi" in page
    assert digests.edits_of(period.key).is_held
    assert digests.edits_of(period.key).hidden_story_ids == ("s1",)
