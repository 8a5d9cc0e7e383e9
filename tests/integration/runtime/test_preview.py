"""A look at a rule is spared what the rule cannot have seen, and says the same without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.closeness import is_close
from alerts.model import Rule, RuleType
from indexer.memory import MemoryStore
from langnghe.analysis import AgencyMention, PlaceMention
from langnghe.profile import Profile, ProfilePlace
from tests.contract.ledger.samples import NOW, analysis, article, links, post

pytestmark = pytest.mark.usefixtures("ledger_sqlite")
PROFILE = Profile(
    office="Lam Giang",
    province="40",
    communes=("xã Hòa Khê",),
    agencies=("Sở Y tế",),
    places=(ProfilePlace("khu Đông"),),
    keywords=("cầu Đá", "Đập Lớn"),
)
QUIET = Rule("im", "Im lặng", RuleType.SOURCE_SILENCE)
FAR = {"title": "Tin xa", "lead": "Không liên quan"}
DOCUMENTS = {
    "province": article(1, **FAR, province="40"),
    "place": article(2, **FAR),
    "place-of-province": article(3, **FAR),
    "agency": article(4, **FAR),
    "title": article(5, title="Sửa CẦU ĐÁ", lead="x"),
    "lead": article(6, title="Tin", lead="Người dân gần đập lớn lo"),
    "text": article(7, title="Tin", lead="", text="Ở cầu Đá sáng nay"),
    "parent": post(8, parent_title="Chuyện ở cầu Đá"),
    "own-place": article(9, **FAR),
    "far": article(10, **FAR),
}
PLACES = {
    "place": PlaceMention("xã Hòa Khê", "xã Hòa Khê", "commune", "1", "99"),
    "place-of-province": PlaceMention("phường X", "phường X", "commune", "2", "40"),
    "own-place": PlaceMention("khu Đông", "khu Đông", "commune", "3", "99"),
}


@pytest.fixture
def store() -> MemoryStore:
    """The index of a ledger with one document a story, each close for another reason but one."""
    from ledger import analyses, documents, ingest, work

    found = MemoryStore()
    ingest.record_ingest(list(DOCUMENTS.values()), NOW)
    names = {doc.id: name for name, doc in DOCUMENTS.items()}
    items = work.claim(work.Stage.ANALYSE, 100, NOW, 60, "t")
    docs = {doc.id: doc for doc in documents.load_documents(list(names))}
    made = [
        analysis(
            docs[item.document_id],
            places=(PLACES[name],) if (name := names[item.document_id]) in PLACES else (),
            agencies=(AgencyMention("Sở Y tế", "Sở Y tế", "so"),) if name == "agency" else (),
        )
        for item in items
    ]
    for name, doc in DOCUMENTS.items():
        change = links(f"s-{name}", [doc])
        own = [pair for pair in zip(items, made, strict=True) if pair[0].document_id == doc.id]
        analyses.record_analyses([i for i, _ in own], [a for _, a in own], change, NOW)
    found.put(documents.load_analysed(list(names)))
    return found


def test_every_story_that_is_close_is_among_those_that_are_replayed(store: MemoryStore) -> None:
    from ledger import documents, replaying

    since = NOW - timedelta(days=1)
    close = {i.story_id for i in documents.arrivals(since) if is_close(i, PROFILE)}
    named = replaying.stories_close_to(PROFILE, since)
    assert named is not None
    assert close == {f"s-{name}" for name in DOCUMENTS} - {"s-far"}
    assert close <= named
    assert "s-far" not in named


@pytest.mark.parametrize(
    "rule",
    [
        Rule("n", "Nghiêm trọng", RuleType.MATCH, query='"cầu đá" OR "hòa khê"', scope="all"),
        Rule("q", "Khớp", RuleType.MATCH, query="tin", scope="office"),
        Rule("v", "Tăng vọt", RuleType.SPIKE, parameters={"floor": 3}),
        Rule("p", "Phê bình", RuleType.STANCE_GROWTH, parameters={"floor": 1}),
    ],
    ids=lambda rule: rule.id,
)
def test_what_is_left_out_changes_nothing(store: MemoryStore, rule: Rule) -> None:
    from runtime.preview import preview

    narrow = preview([rule], PROFILE, NOW, store)
    whole = preview([rule, QUIET], PROFILE, NOW, store)
    assert narrow.alerts
    assert [a.id for a in narrow.alerts] == [a.id for a in whole.alerts]
    assert narrow.document_count == whole.document_count == len(DOCUMENTS)


def test_too_many_documents_leave_the_newest_days(store: MemoryStore) -> None:
    from ledger import ingest
    from runtime.preview import preview

    rule = Rule("n", "x", RuleType.MATCH, query="tin", scope="all")
    ingest.record_ingest([replace(DOCUMENTS["far"], id="doc-9999", url="https://x.example")], NOW)
    found = preview([rule], PROFILE, NOW + timedelta(days=3), store, most=2)
    assert (found.is_cut, found.days) == (True, 3)
    assert "Trong 3 ngày qua" in found.sentence
