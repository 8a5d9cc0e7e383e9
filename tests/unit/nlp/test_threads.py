"""A comment belongs to what it answers."""

from __future__ import annotations

from langnghe.document import Document
from langnghe.items import document_from
from nlp.stories import StoryIndex
from nlp.stories.threads import Threads

HEAD = "Nước máy khu phố 4 sáng nay có mùi dầu, nhà nào bị không?"


def item(key: str, kind: str, **fields: str) -> Document:
    row = {"id": key, "kind": kind, "outlet": "Diễn đàn", "fetched": "2026-11-20T08:00:00+07:00"}
    return document_from({**row, **fields})


def stories_of(*docs: Document) -> dict[str, str]:
    index = StoryIndex()
    for doc in docs:
        index.assign([(doc, None)], doc.fetched_at)
    return {doc.id: index.story_of(doc.id) for doc in docs}


def test_a_comment_of_few_words_joins_its_thread() -> None:
    found = stories_of(
        item("head", "post", title=HEAD),
        item("reply", "comment", text="kp3 cũng bị bác ơi", parent_title=HEAD),
        item("other", "comment", text="đẹp quá", parent_title="Lễ hội biển khai mạc tối nay"),
    )
    assert found["reply"] == found["head"]
    assert found["other"] != found["head"]


def test_a_thread_is_found_by_its_first_words_where_it_has_no_title() -> None:
    found = stories_of(
        item("reply", "comment", text="dạ bị", parent_title="Có ai ở chung cư Bình An thấy nước…"),
        item("head", "post", text="Có ai ở chung cư Bình An thấy nước khét khét ko ạ??"),
    )
    assert found["reply"] == found["head"]


def test_two_documents_without_a_parent_are_no_mates_however_alike_they_begin() -> None:
    threads = Threads()
    threads.add(item("a", "article", title="Giá vàng hôm nay bao nhiêu tiền một lượng ngày 3/11"))
    later = item("b", "article", title="Giá vàng hôm nay bao nhiêu tiền một lượng ngày 9/11")
    assert threads.mates(later) == []
    threads.remove("a")
    assert threads.mates(item("c", "comment", text="đắt", parent_title=later.title)) == []
