"""Stories grow by machine, and what a person decided is never undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from langnghe.analysis import Label
from langnghe.document import Document
from langnghe.scope import Scope
from langnghe.story import StoryChange, StoryLink
from tests.contract.ledger.conftest import Analyse
from tests.contract.ledger.samples import NOW, analysis, article, links, post

pytestmark = pytest.mark.usefixtures("ledger")
ACTOR = "an@example.vn"


def stored(*docs: Document) -> list[Document]:
    from ledger import ingest

    ingest.record_ingest(docs, NOW)
    return list(docs)


def members(story_id: str) -> set[str]:
    from ledger import queries

    return {doc.id for doc in queries.story_page(story_id).documents}


def test_a_storys_figures_add_up(analyse: Analyse) -> None:
    from ledger import stories

    docs = stored(article(1), article(2, outlet="Báo B"), article(3), post(4))
    analyse(
        docs,
        links("s1", docs),
        make=lambda d: analysis(d, tone=Label("neu", 0.9)) if d.id == "doc-0003" else analysis(d),
    )
    story = stories.story("s1")
    assert (story.document_count, story.outlet_count, story.post_count) == (4, 2, 1)
    assert (story.negative_count, story.negative_stance_count) == (3, 4)
    assert (story.topic, story.tone, story.stance) == ("moi_truong_thien_tai", "neg", "neg")
    assert (story.first_report_at, story.last_report_at) == (
        post(4).published_at,
        article(1).published_at,
    )
    assert story.places == ("phường Lam Thành",)
    assert story.agencies == ("Sở Y tế Lam Giang",)
    assert story.title in {doc.title for doc in docs[:3]}


def test_the_title_is_the_most_central_press_items(analyse: Analyse) -> None:
    from ledger import stories

    told = (
        "Công ty cấp nước thông báo kết quả kiểm tra nhanh",
        "Nước máy bốc mùi dầu, dân hai phường Lam Giang hoang mang",
        "Nước máy mùi dầu, dân hai phường kêu cứu",
        "Bác sĩ khuyên dân hai phường không uống nước máy mùi dầu",
    )
    docs = stored(*(replace(article(n), title=title) for n, title in enumerate(told, 1)), post(9))
    scores = [0.0, 0.4, 0.2, 0.3, 1.0]
    made = zip(docs, scores, strict=True)
    analyse(docs, StoryChange(links=tuple(StoryLink(d.id, "s1", score) for d, score in made)))
    assert stories.story("s1").title == told[2]


def test_the_press_says_what_a_story_is_about(analyse: Analyse) -> None:
    from ledger import stories

    docs = stored(article(1), post(2), post(3))
    chat = Label("doi_song", 0.9)
    analyse(
        docs,
        links("s1", docs),
        make=lambda d: analysis(d, topic=chat) if d.kind.is_social else analysis(d),
    )
    assert stories.story("s1").topic == "moi_truong_thien_tai"


def test_a_copy_does_not_name_its_story(analyse: Analyse) -> None:
    from ledger import stories

    titles = ("Cháy chợ Bến Thủy Đông, 90 ki ốt bị thiêu rụi", "Tiểu thương khóc bên đống tro")
    docs = stored(
        *(replace(article(n), title=title) for n, title in enumerate((*titles, titles[1]), 1))
    )
    copies = ("", "", docs[1].id)
    made = zip(docs, copies, strict=True)
    analyse(docs, StoryChange(links=tuple(StoryLink(d.id, "s1", 1.0, (), c) for d, c in made)))
    assert stories.story("s1").title == titles[0]


def test_a_story_of_posts_without_headlines_is_called_by_the_first_words(analyse: Analyse) -> None:
    from ledger import stories

    docs = stored(post(1), post(2, text="Mất nước từ sáng  " + "không ai nói gì " * 20))
    apart = [StoryLink(doc.id, story, 0.0) for doc, story in zip(docs, ("s1", "s2"), strict=True)]
    analyse(docs, StoryChange(links=tuple(apart)))
    assert stories.story("s1").title == "Nước hôi quá, lần thứ 1"
    told = stories.story("s2").title
    assert told.startswith("Mất nước từ sáng không ai") and told.endswith("…") and len(told) < 95


def test_a_document_too_late_for_clustering_is_a_story_of_its_own(analyse: Analyse) -> None:
    from ledger import stories

    (late,) = stored(article(1))
    analyse([late], StoryChange())
    assert stories.stories().total == 1
    (own,) = stories.stories().stories
    assert (members(own.id), own.document_count) == ({"doc-0001"}, 1)


def test_a_late_revision_keeps_the_story_that_it_has(analyse: Analyse) -> None:
    from ledger import stories

    docs = stored(article(1), article(2))
    analyse(docs, links("s1", docs))
    (again,) = stored(replace(article(1), title="Tiêu đề đã sửa"))
    analyse([again], StoryChange())
    assert members("s1") == {"doc-0001", "doc-0002"}
    assert stories.stories().total == 1


def test_a_story_that_its_last_document_left_lives_on_as_the_one_it_went_to(
    analyse: Analyse,
) -> None:
    from ledger import stories

    docs = stored(article(1), article(2))
    analyse(docs[:1], links("s1", docs[:1]))
    analyse(docs[1:], links("s2", docs[1:]))
    analyse([], links("s2", docs))
    assert stories.story("s1").id == "s2"
    assert members("s2") == {"doc-0001", "doc-0002"}


def test_a_machine_merge_leads_the_old_id_to_the_living_story(analyse: Analyse) -> None:
    from ledger import stories, work

    one, two = stored(article(1)), stored(article(2))
    analyse(one, links("s1", one))
    analyse(two, links("s2", two))
    work.complete(work.claim(work.Stage.INDEX, 10, NOW, 60, "index"))
    three = stored(article(3))
    analyse(three, StoryChange(links=links("s2", three).links, merged=(("s2", "s1"),)))
    assert stories.story("s2").id == "s1"
    assert members("s1") == {"doc-0001", "doc-0002", "doc-0003"}
    assert stories.stories().total == 1
    moved = {i.document_id for i in work.claim(work.Stage.INDEX, 10, NOW, 60, "index")}
    assert moved == {"doc-0002", "doc-0003"}


def test_a_story_born_and_merged_in_one_batch(analyse: Analyse) -> None:
    from ledger import stories

    docs = stored(article(1), article(2))
    both = (StoryLink("doc-0001", "s1", 1.0), StoryLink("doc-0002", "s2", 1.0))
    analyse(docs, StoryChange(links=both, merged=(("s2", "s1"),)))
    assert members("s1") == {"doc-0001", "doc-0002"}
    assert stories.story("s2").id == "s1"


def test_late_links_to_a_story_a_person_merged_go_where_it_lives(analyse: Analyse) -> None:
    from ledger import stories

    one, two = stored(article(1)), stored(article(2))
    analyse(one, links("s1", one))
    analyse(two, links("s2", two))
    before = stories.last_decision()
    stories.merge("s1", "s2", ACTOR, NOW)
    assert stories.last_decision() > before
    three = stored(article(3))
    analyse(three, links("s1", three))
    assert members("s2") == {"doc-0001", "doc-0002", "doc-0003"}
    analyse([], StoryChange(merged=(("s2", "s1"),)))
    assert stories.story("s1").id == "s2"


def test_what_a_person_split_no_machine_joins_again(analyse: Analyse) -> None:
    from ledger import stories

    docs = stored(article(1), article(2), article(3))
    analyse(docs, links("s1", docs))
    new = stories.split("s1", ["doc-0002"], ACTOR, NOW)
    assert (members("s1"), members(new)) == ({"doc-0001", "doc-0003"}, {"doc-0002"})
    # A re-clustering tries to undo it, by link and by merge.
    analyse([], StoryChange(links=links("s1", docs).links, merged=((new, "s1"), ("s1", new))))
    assert (members("s1"), members(new)) == ({"doc-0001", "doc-0003"}, {"doc-0002"})
    assert stories.story(new).related_ids == ("s1",)


def test_a_split_survives_a_merge_of_one_side_into_a_third_story(analyse: Analyse) -> None:
    from ledger import stories

    docs, other = stored(article(1), article(2)), stored(article(3))
    analyse(docs, links("s1", docs))
    analyse(other, links("s3", other))
    new = stories.split("s1", ["doc-0002"], ACTOR, NOW)
    analyse([], StoryChange(merged=(("s1", "s3"),)))
    analyse([], StoryChange(merged=((new, "s3"),)))
    assert members(new) == {"doc-0002"}
    assert members("s3") == {"doc-0001", "doc-0003"}


def test_a_document_a_person_moved_stays(analyse: Analyse) -> None:
    from ledger import stories

    one, two = stored(article(1), article(2)), stored(article(3))
    analyse(one, links("s1", one))
    analyse(two, links("s2", two))
    stories.move("doc-0002", "s2", ACTOR, NOW)
    analyse([], links("s1", [article(2)]))
    assert members("s2") == {"doc-0002", "doc-0003"}
    assert stories.story("s1").document_count == 1


def test_no_machine_merges_the_stories_between_which_a_person_moved_a_document(
    analyse: Analyse,
) -> None:
    from ledger import stories

    one, two = stored(article(1), article(2)), stored(article(3))
    analyse(one, links("s1", one))
    analyse(two, links("s2", two))
    stories.move("doc-0002", "s2", ACTOR, NOW)
    analyse([], StoryChange(merged=(("s1", "s2"), ("s2", "s1"))))
    assert (members("s1"), members("s2")) == ({"doc-0001"}, {"doc-0002", "doc-0003"})


def test_a_move_taken_back_leaves_everything_as_it_was(analyse: Analyse) -> None:
    from ledger import stories

    one, two = stored(article(1), article(2)), stored(article(3))
    analyse(one, links("s1", one))
    analyse(two, links("s2", two))
    stories.move("doc-0002", "s2", ACTOR, NOW)
    assert stories.undo_move("doc-0002", "s2", ACTOR, NOW) == "s1"
    assert (members("s1"), members("s2")) == ({"doc-0001", "doc-0002"}, {"doc-0003"})
    analyse([], StoryChange(merged=(("s2", "s1"),)))
    assert members("s1") == {"doc-0001", "doc-0002", "doc-0003"}


def test_a_move_is_taken_back_once_however_often_one_asks(analyse: Analyse) -> None:
    from ledger import stories

    one, two = stored(article(1), article(2)), stored(article(3))
    analyse(one, links("s1", one))
    analyse(two, links("s2", two))
    stories.move("doc-0002", "s2", ACTOR, NOW)
    stories.undo_move("doc-0002", "s2", ACTOR, NOW)
    with pytest.raises(stories.UnknownStory):
        stories.undo_move("doc-0002", "s2", ACTOR, NOW)
    assert members("s1") == {"doc-0001", "doc-0002"}


def test_a_move_taken_back_joins_nothing_that_people_split_before(analyse: Analyse) -> None:
    from ledger import stories

    docs = stored(article(1), article(2), article(3), article(4))
    analyse(docs, links("s1", docs))
    new = stories.split("s1", ["doc-0003", "doc-0004"], ACTOR, NOW)
    stories.move("doc-0002", new, ACTOR, NOW)
    stories.undo_move("doc-0002", new, ACTOR, NOW)
    analyse([], StoryChange(merged=((new, "s1"),)))
    assert members(new) == {"doc-0003", "doc-0004"}


def test_a_document_taken_out_alone_goes_back(analyse: Analyse) -> None:
    from ledger import stories

    docs = stored(article(1), article(2))
    analyse(docs, links("s1", docs))
    new = stories.split("s1", ["doc-0002"], ACTOR, NOW)
    assert stories.undo_move("doc-0002", new, ACTOR, NOW) == "s1"
    assert members("s1") == {"doc-0001", "doc-0002"}
    assert stories.story(new).id == "s1"


def test_a_story_that_loses_its_last_document_lives_on_where_it_went(analyse: Analyse) -> None:
    from ledger import stories

    one, two = stored(article(1)), stored(article(3))
    analyse(one, links("s1", one))
    analyse(two, links("s2", two))
    stories.move("doc-0001", "s2", ACTOR, NOW)
    assert stories.story("s1").id == "s2"
    back = stories.undo_move("doc-0001", "s2", ACTOR, NOW)
    assert (members(back), members("s2")) == ({"doc-0001"}, {"doc-0003"})
    with pytest.raises(stories.UnknownStory):
        stories.undo_move("doc-0003", "s2", ACTOR, NOW)


def test_a_persons_title_and_pin_outlive_a_machine_merge(analyse: Analyse) -> None:
    from ledger import queries, stories

    one, two = stored(article(1)), stored(article(2))
    analyse(one, links("s1", one))
    analyse(two, links("s2", two))
    stories.rename("s2", "Nước máy nhiễm dầu", ACTOR, NOW)
    stories.pin("s2", True, ACTOR, NOW)
    analyse([], StoryChange(merged=(("s2", "s1"),)))
    story = stories.story("s1")
    assert (story.title, story.is_pinned) == ("Nước máy nhiễm dầu", True)
    stories.rename("s1", "", ACTOR, NOW)
    assert stories.story("s1").title in {article(1).title, article(2).title}
    assert [d.kind for d in queries.story_page("s1").decisions] == ["rename"]


def test_related_stories_are_linked_not_merged(analyse: Analyse) -> None:
    from ledger import queries, stories

    one, two = stored(article(1)), stored(article(2))
    analyse(one, links("s1", one))
    analyse(two, StoryChange(links=links("s2", two).links, related=(("s2", "s1"),)))
    assert stories.story("s1").related_ids == ("s2",)
    assert [s.id for s in queries.story_page("s2").related] == ["s1"]
    assert stories.stories().total == 2


def test_the_story_page_tells_how_it_spread(analyse: Analyse) -> None:
    from ledger import queries

    docs = stored(
        article(1, published_at=NOW),
        article(2, published_at=NOW - timedelta(hours=3), outlet="Báo B"),
        post(3, published_at=NOW - timedelta(hours=3)),
    )
    analyse(docs, links("s1", docs, copy_of=""))
    page = queries.story_page("s1")
    assert [(p.articles, p.posts, p.total) for p in page.curve] == [
        (1, 1, 2),
        (0, 0, 2),
        (0, 0, 2),
        (1, 0, 3),
    ]
    assert [(o.outlet, o.count) for o in page.outlets] == [
        ("Báo B", 1),
        ("Diễn đàn", 1),
        ("Báo A", 1),
    ]
    assert page.first_report is not None
    assert page.first_report.id == "doc-0002"
    assert page.links["doc-0001"].shared == ("nước máy", "mùi")


def test_of_a_story_who_is_limited_gets_the_newest_of_their_own(analyse: Analyse) -> None:
    from ledger import queries

    docs = stored(*map(article, range(1, 6)))
    topics = {"doc-0004": "y_te"}
    analyse(
        docs,
        links("s1", docs),
        make=lambda d: analysis(d, topic=Label(topics.get(d.id, "giao_thong"), 0.9)),
    )
    page = queries.story_page("s1", limit=2, scope=Scope(topics=("y_te",)))
    assert [doc.id for doc in page.documents] == ["doc-0004"]
    assert page.first_report is None
    assert sum(outlet.count for outlet in page.outlets) == 5


def test_stories_are_listed_by_their_latest_report_page_by_page(analyse: Analyse) -> None:
    from ledger import stories

    for number in range(1, 8):
        docs = stored(article(number))
        analyse(docs, links(f"s{number}", docs))
    seen: list[str] = []
    page = stories.stories(limit=3)
    while True:
        seen += [story.id for story in page.stories]
        assert page.total == 7
        if not page.next:
            break
        page = stories.stories(limit=3, after=page.next)
    assert seen == [f"s{number}" for number in range(1, 8)]


@pytest.mark.parametrize(
    "wanted", [[], ["doc-0001"], ["doc-0001", "doc-0002", "doc-0003"], ["doc-0099"]]
)
def test_a_split_that_makes_no_sense_is_refused(analyse: Analyse, wanted: list[str]) -> None:
    from ledger import stories

    docs = stored(article(1), article(2), article(3))
    analyse(docs[1:] if wanted == ["doc-0001"] else docs, links("s1", docs[1:]))
    if wanted == ["doc-0001", "doc-0002", "doc-0003"]:
        wanted = ["doc-0002", "doc-0003"]
    with pytest.raises(stories.UnknownStory):
        stories.split("s1", wanted, ACTOR, NOW)


def test_the_clustering_is_restored_in_the_order_of_arrival(analyse: Analyse) -> None:
    from ledger import documents

    docs = stored(*(article(n, first_seen_at=NOW - timedelta(minutes=n % 3)) for n in range(1, 9)))
    analyse(docs, links("s1", docs))
    found = [
        (doc.id, story)
        for doc, _, story, _ in documents.recent_story_items(NOW - timedelta(days=7))
    ]
    expected = sorted(docs, key=lambda d: (d.first_seen_at, d.id))
    assert found == [(doc.id, "s1") for doc in expected]
    assert not list(documents.recent_story_items(NOW + timedelta(seconds=1)))


def test_what_a_person_brought_together_is_told_to_the_clustering(analyse: Analyse) -> None:
    from ledger import documents, stories

    docs = stored(article(1), article(2), article(3))
    for number, doc in enumerate(docs):
        analyse([doc], links(f"s{number}", [doc]))
    stories.merge("s1", "s0", ACTOR, NOW)
    recent = documents.recent_story_items(NOW - timedelta(days=7))
    assert {doc.id: (story, is_bound) for doc, _, story, is_bound in recent} == {
        "doc-0001": ("s0", True),
        "doc-0002": ("s0", True),
        "doc-0003": ("s2", False),
    }
