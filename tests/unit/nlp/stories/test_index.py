"""Clustering: same happening together, ids stable, copies found, links explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from langnghe.document import Document
from langnghe.story import StoryChange, lone_story_id
from nlp.stories import StoryIndex
from tests.unit.nlp.fakes import NOW, make_doc

FIRE = [
    make_doc(
        "Cháy chợ Bến Thủy Đông lúc rạng sáng, 90 ki ốt bị thiêu rụi",
        "Đám cháy bùng lên ở chợ Bến Thủy Đông lúc 2h10, cảnh sát dập lửa sau ba giờ.",
        id="f1",
        hours=0,
    ),
    make_doc(
        "Tiểu thương chợ Bến Thủy Đông khóc bên đống tro tàn sau đám cháy",
        "Khoảng 90 ki ốt trong chợ Bến Thủy Đông bị thiêu rụi, nhiều tiểu thương trắng tay.",
        id="f2",
        hours=4,
        outlet="Báo B",
    ),
]
KIDNEY = make_doc(
    "Bệnh viện Đa khoa Lam Giang ghép thận thành công ca đầu tiên",
    "Ê kíp bác sĩ đã ghép thận cho bệnh nhân suy thận mạn giai đoạn cuối.",
    id="k1",
    hours=1,
)


def assign(index: StoryIndex, *docs: Document) -> StoryChange:
    return index.assign([(doc, None) for doc in docs], docs[-1].fetched_at)


def test_two_reports_of_one_fire_are_one_story_and_another_matter_is_not() -> None:
    index = StoryIndex()
    assign(index, FIRE[0], KIDNEY, FIRE[1])
    assert index.story_of("f1") == index.story_of("f2")
    assert index.story_of("k1") != index.story_of("f1")


def test_a_story_id_comes_from_its_first_document_and_stays() -> None:
    index = StoryIndex()
    first = assign(index, FIRE[0]).links[0].story_id
    assert first.startswith("s") and len(first) == 17
    change = assign(index, FIRE[1])
    assert [(link.document_id, link.story_id) for link in change.links] == [("f2", first)]


def test_a_link_names_what_the_documents_share() -> None:
    index = StoryIndex()
    link = assign(index, *FIRE).links[1]
    assert any("bến thủy đông" in shared for shared in link.shared)
    assert link.score > 0.3


def test_a_link_names_the_earlier_document_that_it_is_nearest_to() -> None:
    first, second = assign(StoryIndex(), *FIRE).links
    assert (first.near, first.near_score) == ("", 1.0)
    assert (second.near, second.near_score) == ("f1", second.score)


def test_the_answer_does_not_depend_on_the_batches() -> None:
    one, many = StoryIndex(), StoryIndex()
    assign(one, FIRE[0], KIDNEY, FIRE[1])
    for doc in (FIRE[0], KIDNEY, FIRE[1]):
        assign(many, doc)
    ids = ("f1", "k1", "f2")
    assert [one.story_of(id) for id in ids] == [many.story_of(id) for id in ids]


def test_a_revision_keeps_its_story() -> None:
    index = StoryIndex()
    story = assign(index, *FIRE).links[0].story_id
    assign(index, make_doc(FIRE[1].title + " (cập nhật)", FIRE[1].lead, id="f2", hours=6))
    assert index.story_of("f2") == story
    assert len(index) == 2


class CountingReader:
    """An encoder that is sure that all pairs tell of one story; counts those that it read."""

    def __init__(self) -> None:
        self.read = 0

    def story_odds(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        self.read += len(pairs)
        return np.full(len(pairs), 4.0, dtype=np.float32)


def test_a_page_with_the_title_and_lead_of_its_feed_item_is_not_compared_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader = CountingReader()
    index = StoryIndex(reader=reader)
    monkeypatch.setattr(index._likeness, "_doubt", replace(index._likeness._doubt, low=0, high=1))
    story = assign(index, *FIRE).links[0].story_id
    assert reader.read
    read = reader.read
    pages = [replace(doc, text=f"{doc.lead}\nNguyên nhân đang được làm rõ.") for doc in FIRE]
    change = assign(index, *pages)
    assert reader.read == read
    assert [(link.document_id, link.story_id) for link in change.links] == [
        ("f1", story),
        ("f2", story),
    ]
    assert not change.merged
    assign(index, replace(FIRE[1], title="Hiện trường chợ Bến Thủy Đông sau đám cháy"))
    assert reader.read > read
    assert index.story_of("f2") == story


def test_a_revision_that_leaves_its_story_costs_the_story_nothing() -> None:
    index = StoryIndex()
    assign(index, *FIRE)
    elsewhere = make_doc(KIDNEY.title, KIDNEY.lead, id="f1", hours=5)
    assign(index, elsewhere)
    assert index.story_of("f1") != index.story_of("f2")
    assign(index, make_doc(FIRE[1].title, FIRE[1].lead, id="f2", hours=6))
    assign(index, make_doc("Chợ Bến Thủy Đông họp lại", FIRE[1].lead, id="f3", hours=7))
    assert index.story_of("f3") == index.story_of("f2")


def test_documents_leave_after_the_window() -> None:
    index = StoryIndex(window_days=7)
    assign(index, FIRE[0])
    assign(index, make_doc("Khai mạc lễ hội biển", "Chương trình nghệ thuật.", id="z", hours=200))
    assert len(index) == 1


def test_a_restored_index_goes_on_where_the_old_one_stopped() -> None:
    index = StoryIndex()
    index.restore([(FIRE[0], None, "s-known", False), (KIDNEY, None, "s-other", False)])
    change = assign(index, FIRE[1])
    assert [(link.document_id, link.story_id) for link in change.links] == [("f2", "s-known")]


def test_what_a_person_brought_together_stays_so_and_grows_from_each_of_its_parts() -> None:
    index = StoryIndex()
    index.restore([(FIRE[0], None, "s-known", True), (KIDNEY, None, "s-known", True)])
    assert index.story_of("f1") == index.story_of("k1") == "s-known"
    again = make_doc(KIDNEY.title, KIDNEY.lead, id="k2", hours=2, outlet="Báo B")
    change = assign(index, again, FIRE[1])
    assert {link.story_id for link in change.links} == {"s-known"}
    assert change.merged == ()


def test_what_only_the_machine_brought_together_may_be_told_apart() -> None:
    index = StoryIndex()
    index.restore([(FIRE[0], None, "s-known", False), (KIDNEY, None, "s-known", False)])
    assert index.story_of("f1") != index.story_of("k1")


def test_a_wire_reprint_is_told_as_a_copy() -> None:
    body = (
        "Sáng nay Ủy ban nhân dân tỉnh công bố kết quả kiểm tra chất lượng nước sạch tại ba nhà "
        "máy trên địa bàn, trong đó có hai mẫu vượt ngưỡng cho phép và phải dừng cấp nước ngay."
    )
    index = StoryIndex()
    first = make_doc("Công bố kết quả kiểm tra nước sạch", text=body, id="w1")
    second = make_doc("Hai mẫu nước vượt ngưỡng", text=body, id="w2", outlet="Báo B", hours=2)
    links = {link.document_id: link for link in assign(index, first, second).links}
    assert (links["w1"].copy_of, links["w2"].copy_of) == ("", "w1")


def test_an_empty_document_stands_alone() -> None:
    index = StoryIndex()
    change = assign(index, make_doc(id="e1"), make_doc(id="e2"))
    assert len({link.story_id for link in change.links}) == 2


def test_a_document_from_the_future_counts_as_now() -> None:
    index = StoryIndex()
    index.assign([(make_doc("Tin tương lai", id="x", hours=9000), None), (FIRE[0], None)], NOW)
    index.assign([(FIRE[1], None)], NOW)
    assert len(index) == 3


def test_what_leaves_a_story_again_is_not_called_by_an_id_that_led_into_it() -> None:
    index = StoryIndex()
    first, _ = assign(index, *FIRE).links
    mixed = [(doc, None, first.story_id, False) for doc in (*FIRE, KIDNEY)]
    restarted = StoryIndex()
    restarted.restore(mixed)
    apart = restarted.story_of("k1")
    assert restarted.story_of("f1") == restarted.story_of("f2") == first.story_id
    assert apart not in {first.story_id, lone_story_id("k1")}
    wanderer = replace(KIDNEY, title=FIRE[1].title, lead=FIRE[1].lead)
    assert assign(restarted, wanderer).merged == ((apart, first.story_id),)
    assign(restarted, KIDNEY)
    assert restarted.story_of("k1") not in {first.story_id, apart, lone_story_id("k1")}
