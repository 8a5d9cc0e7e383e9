"""Every figure equals the list behind it, for every filter and every reader."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from langnghe.analysis import Analysis, Label, PlaceMention
from langnghe.clock import local_day_bounds, to_local
from langnghe.document import Document
from langnghe.profile import Department, Profile
from tests.contract.ledger.conftest import Analyse
from tests.contract.ledger.samples import NOW, analysis, article, links, post

pytestmark = pytest.mark.usefixtures("ledger")
TODAY = to_local(NOW).date()
WEEK_AGO = TODAY - timedelta(days=6)
TOPICS = ("y_te", "giao_duc", "giao_thong")
PLACES = (
    PlaceMention("xã Hòa Khê", "xã Hòa Khê", "commune", "26701", "40"),
    PlaceMention("phường Lam Thành", "phường Lam Thành", "commune", "26702", "40"),
)


def varied(doc: Document) -> Analysis:
    """Return an analysis that depends on the document alone."""
    dice = random.Random(doc.id)
    return replace(
        analysis(doc),
        topic=Label(dice.choice(TOPICS), 0.9),
        tone=Label(dice.choice(("neg", "neu", "pos")), 0.9),
        stance=Label(dice.choice(("na", "neg")), 0.9),
        places=tuple(dice.sample(PLACES, dice.randrange(3))),
    )


@pytest.fixture
def week(analyse: Analyse) -> list[Document]:
    """80 documents over eight days, every fifth a post, ten of them not yet analysed."""
    from ledger import ingest

    dice = random.Random(7)
    docs: list[Document] = []
    for number in range(1, 81):
        make = post if number % 5 == 0 else article
        at = NOW - timedelta(hours=dice.randrange(24 * 8))
        outlet = dice.choice(("Báo A", "Báo B"))
        docs.append(make(number, published_at=at, first_seen_at=at, outlet=outlet))
    ingest.record_ingest(docs, NOW)
    analyse(docs[:70], links("s1", docs[:20]), make=varied)
    return docs


def whole_list(wanted: object) -> list[str]:
    from ledger import queries

    found: list[str] = []
    before = ""
    while True:
        page = queries.newest(7, before, wanted)  # type: ignore[arg-type]
        found += [doc.id for doc in page.documents]
        before = page.next
        if not before:
            return found


def test_the_list_is_complete_in_order_and_without_repeats(week: list[Document]) -> None:
    from ledger.queries import DocumentFilter

    expected = sorted(week, key=lambda d: (d.published_at, d.id), reverse=True)
    assert whole_list(DocumentFilter()) == [doc.id for doc in expected]


def test_every_trend_cell_is_the_length_of_its_list(week: list[Document]) -> None:
    from ledger import queries
    from ledger.queries import DocumentFilter

    cells = queries.trends(WEEK_AGO, TODAY)
    inside = [d for d in week if to_local(d.published_at).date() >= WEEK_AGO]
    assert sum(cell.count for cell in cells) == len(inside)
    assert len(cells) > 20
    for cell in (cell for cell in cells if cell.topic):
        behind = DocumentFilter(
            first_day=cell.day,
            last_day=cell.day,
            topics=(cell.topic,),
            tones=(cell.tone,),
            stances=(cell.stance,),
            kinds=(cell.kind,),
        )
        assert len(whole_list(behind)) == queries.count(behind) == cell.count


def test_fewer_dimensions_add_up_to_the_same(week: list[Document]) -> None:
    from ledger import queries

    whole = queries.trends(WEEK_AGO, TODAY)
    by_tone = queries.trends(WEEK_AGO, TODAY, by=("tone",))
    counted = Counter[tuple[date, str]]()
    for cell in whole:
        counted[cell.day, cell.tone] += cell.count
    assert {(cell.day, cell.tone): cell.count for cell in by_tone} == counted
    assert [cell.count for cell in queries.trends(TODAY, TODAY, by=())] == [
        sum(cell.count for cell in whole if cell.day == TODAY)
    ]


def test_days_are_vietnamese_days() -> None:
    from ledger import ingest, queries

    start, end = local_day_bounds(date(2026, 11, 20))
    moments = (start - timedelta(seconds=1), start, end - timedelta(seconds=1))
    late = [article(n, published_at=at) for n, at in enumerate(moments, 1)]
    ingest.record_ingest(late, end)
    cells = queries.trends(date(2026, 11, 19), date(2026, 11, 20))
    assert [(cell.day.day, cell.count) for cell in cells] == [(19, 1), (20, 2)]


def test_filters_agree_with_a_plain_reading(week: list[Document]) -> None:
    from ledger.queries import DocumentFilter

    found = {doc.id: (doc, varied(doc)) for doc in week[:70]}
    for topic, outlet in itertools.product(TOPICS, ("Báo A", "Báo B")):
        wanted = DocumentFilter(topics=(topic,), outlets=(outlet,), places=("26701",))
        expected = {
            doc.id
            for doc, a in found.values()
            if a.topic.value == topic
            and doc.outlet == outlet
            and any(p.code == "26701" for p in a.places)
        }
        assert set(whole_list(wanted)) == expected
    assert set(whole_list(DocumentFilter(story_ids=("s1",)))) == {d.id for d in week[:20]}
    assert set(whole_list(DocumentFilter(provinces=("40",)))) == {
        doc.id for doc, a in found.values() if a.places
    }
    since = NOW - timedelta(days=2)
    assert set(whole_list(DocumentFilter(published_from=since, published_to=NOW))) == {
        d.id for d in week if since <= d.published_at < NOW
    }


def test_a_limited_reader_sees_the_departments_topics_and_communes(week: list[Document]) -> None:
    from langnghe.scope import scope_of
    from ledger.queries import DocumentFilter

    profile = Profile(
        departments=(
            Department("Sở Y tế", topics=("y_te",)),
            Department("Phòng Giáo dục", topics=("giao_duc",), communes=("xã Hòa Khê",)),
        )
    )
    assert scope_of((), (), profile) is None
    found = [(doc.id, varied(doc)) for doc in week[:70]]
    scope = scope_of(("Sở Y tế",), ("xã Hòa Khê",), profile)
    assert set(whole_list(DocumentFilter(scope=scope))) == {
        i for i, a in found if a.topic.value == "y_te" or PLACES[0] in a.places
    }
    assert scope_of(("Phòng Giáo dục",), (), profile) == scope_of(
        ("Phòng Giáo dục",), ("xã Hòa Khê",), profile
    )
    nothing = scope_of(("Sở không còn",), (), profile)
    assert whole_list(DocumentFilter(scope=nothing)) == []


def test_the_counters_add_up(week: list[Document]) -> None:
    from ledger import queries, work

    figures = queries.counters()
    assert (figures.collected, figures.waiting, figures.analysed) == (80, 10, 70)
    assert figures.collected == figures.waiting + figures.analysed + figures.quarantined
    assert figures.waiting == work.backlog()[work.Stage.ANALYSE]
    assert (figures.indexed, figures.index_waiting, figures.match_waiting) == (0, 70, 70)
    work.complete(work.claim(work.Stage.INDEX, 30, NOW, 60, "index"))
    assert (queries.counters().indexed, queries.counters().index_waiting) == (30, 40)
    now = NOW
    while work.backlog()[work.Stage.INDEX]:
        now += timedelta(days=1)
        work.fail(work.claim(work.Stage.INDEX, 1, now, 60, "index"), "refused", now)
    assert (queries.counters().indexed, queries.counters().index_waiting) == (30, 0)


def test_press_text_is_in_no_read_model(week: list[Document]) -> None:
    from ledger import queries

    shown = repr((queries.newest(100), queries.detail("doc-0001"), queries.story_page("s1")))
    assert article(1).text not in shown
    assert post(5).text in shown


def test_no_read_model_knows_an_author(week: list[Document]) -> None:
    from ledger import queries
    from ledger.queries.filters import DocumentFilter

    shown = repr((queries.newest(100), queries.detail("post-0005"), queries.story_page("s1")))
    assert post(5).author_key not in shown
    assert not [name for name in DocumentFilter.__dataclass_fields__ if "author" in name]
    assert queries.distinct_authors() == 1


def test_documents_come_in_the_order_of_a_search(week: list[Document]) -> None:
    from ledger import queries

    ids = ["post-0005", "doc-0001", "nobody", "doc-0003"]
    assert [doc.id for doc in queries.by_ids(ids)] == ["post-0005", "doc-0001", "doc-0003"]
    assert queries.detail("nobody") is None
