"""Feedback becomes work for the responsible department, by matter and place, never by author."""

from __future__ import annotations

import dataclasses

from langnghe.analysis import AnalysedDocument, Analysis, Label, PlaceMention
from langnghe.document import DocumentKind
from langnghe.profile import Department, Profile, ProfilePlace
from nlp.feedback import FeedbackGroup, group_feedback
from nlp.topics import default_departments, responsible
from tests.unit.nlp.fakes import make_doc

LAM_THANH = PlaceMention("Lam Thành", "phường Lam Thành", "commune", "lg-01", "lam-giang")
PROFILE = Profile(
    province="lam-giang",
    departments=(
        Department("Sở Xây dựng", ("do_thi_dat_dai", "giao_thong")),
        Department("UBND phường Lam Thành", communes=("lg-01",)),
    ),
    places=(ProfilePlace("phường Lam Thành", "commune", "lg-01", "lam-giang"),),
)


def item(id: str, intent: str, *, story: str = "", author: str = "") -> AnalysedDocument:
    doc = dataclasses.replace(make_doc(id=id, kind=DocumentKind.POST), author_key=author)
    analysis = Analysis(
        id,
        1,
        topic=Label("do_thi_dat_dai", 0.9),
        tone=Label("neg", 0.9),
        stance=Label("neg", 0.9),
        intent=Label(intent, 0.9),
        places=(LAM_THANH,),
    )
    return AnalysedDocument(doc, analysis, story)


def test_complaints_of_one_matter_and_place_are_one_group() -> None:
    items = [item("a", "complaint"), item("b", "question"), item("c", "praise")]
    (group,) = group_feedback(items, PROFILE)
    assert (group.matter, group.place) == ("do_thi_dat_dai", "phường Lam Thành")
    assert dict(group.intents) == {"complaint": 1, "question": 1}
    assert set(group.departments) == {"Sở Xây dựng", "UBND phường Lam Thành"}


def test_a_story_is_a_matter_of_its_own() -> None:
    groups = group_feedback([item("a", "complaint", story="s1"), item("b", "complaint")], PROFILE)
    assert {group.matter for group in groups} == {"s1", "do_thi_dat_dai"}


def test_the_author_neither_groups_nor_appears() -> None:
    items = [item("a", "complaint", author="k1"), item("b", "complaint", author="k2")]
    (group,) = group_feedback(items, PROFILE)
    assert group.count == 2
    assert not any("author" in field.name for field in dataclasses.fields(FeedbackGroup))


def test_press_articles_are_no_feedback() -> None:
    press = item("a", "complaint")
    press = dataclasses.replace(press, document=make_doc(id="a"))
    assert group_feedback([press], PROFILE) == []


def test_without_departments_of_its_own_the_usual_one_answers() -> None:
    analysis = item("a", "complaint").analysis
    assert analysis is not None
    assert responsible(analysis, Profile()) == default_departments()["do_thi_dat_dai"]


def test_every_topic_has_a_department() -> None:
    from langnghe.analysis import Topic

    assert {topic.value for topic in Topic} == set(default_departments())


def test_a_corrected_topic_routes_anew() -> None:
    analysis = item("a", "complaint").analysis
    assert analysis is not None
    corrected = dataclasses.replace(analysis, corrected={"topic": "y_te"})
    assert responsible(corrected, Profile()) == ("Sở Y tế",)
