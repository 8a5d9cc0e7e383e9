"""The chain of stages is checked, unsure labels are told apart, a bad document harms no other."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from langnghe.document import DocumentKind
from langnghe.errors import ConfigError, ModelUnavailable
from langnghe.profile import Profile
from nlp.backends.base import Guesses, TextInput
from nlp.pipeline import ClassifyStage, Draft, Pipeline, check_chain
from tests.unit.nlp.fakes import NOW, FakeBackend, guess, make_doc


class NeedsPlaces:
    name = "needs-places"
    requires = frozenset({"located"})
    assigns = frozenset({"keywords"})

    def run(self, drafts: Sequence[Draft]) -> None:
        raise AssertionError("never runs")


def test_a_stage_before_what_it_requires_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="needs-places requires located"):
        check_chain([ClassifyStage(FakeBackend()), NeedsPlaces()])


def test_analyses_come_in_order_with_the_models_name() -> None:
    docs = [make_doc("Tin một", id="a"), make_doc("Tin hai", id="b")]
    found = Pipeline(FakeBackend(), profile=Profile()).analyse(docs, NOW)
    assert [a.document_id for a in found] == ["a", "b"]
    assert (found[0].model, found[0].model_version, found[0].analysed_at) == ("fake", "1", NOW)


def test_intent_is_for_posts_only() -> None:
    docs = [make_doc("Tin"), make_doc(text="cho hỏi ạ", kind=DocumentKind.POST)]
    article, post = Pipeline(FakeBackend(), profile=Profile()).analyse(docs, NOW)
    assert article.intent is None
    assert post.intent is not None and post.intent.value == "other"


def test_a_low_confidence_is_unsure_and_keeps_the_best_guess() -> None:
    def answer(text: TextInput) -> Guesses:
        return Guesses(guess("y_te", 0.2), guess("neg", 0.95), guess("neg", 0.41), None)

    (found,) = Pipeline(FakeBackend(answer), profile=Profile()).analyse([make_doc("Tin")], NOW)
    assert (found.topic.value, found.topic.is_unsure) == ("y_te", True)
    assert (found.tone.value, found.tone.is_unsure) == ("neg", False)
    assert (found.stance.value, found.stance.is_unsure) == ("neg", True)


def test_one_bad_document_never_fails_the_batch() -> None:
    def answer(text: TextInput) -> Guesses:
        if text.title == "hỏng":
            raise ZeroDivisionError
        return Guesses(guess("giao_duc"), guess("pos"), guess("na"), None)

    docs = [make_doc("tốt", id="a"), make_doc("hỏng", id="b"), make_doc("tốt", id="c")]
    found = Pipeline(FakeBackend(answer), profile=Profile()).analyse(docs, NOW)
    assert [a.topic.is_unsure for a in found] == [False, True, False]
    assert found[1].topic.confidence == 0.0


def test_a_missing_model_is_said_aloud() -> None:
    def answer(text: TextInput) -> Guesses:
        raise ModelUnavailable("no weights")

    with pytest.raises(ModelUnavailable):
        Pipeline(FakeBackend(answer), profile=Profile()).analyse([make_doc("Tin")], NOW)


def test_foreign_text_is_told_apart() -> None:
    docs = [
        make_doc("The minister said that the new law would be in force at the end of the year"),
        make_doc("Bo truong cho biet luat moi se co hieu luc tu cuoi nam nay"),
        make_doc("Bộ trưởng cho biết luật mới sẽ có hiệu lực từ cuối năm nay"),
    ]
    found = Pipeline(FakeBackend(), profile=Profile()).analyse(docs, NOW)
    assert [a.language for a in found] == ["en", "vi", "vi"]


@pytest.mark.parametrize("text", ["", "😀😀", "12 !!!", "The minister said that the law is good"])
def test_what_the_models_cannot_read_is_unsure_whatever_they_say(text: str) -> None:
    doc = make_doc(text=text, kind=DocumentKind.POST)
    (found,) = Pipeline(FakeBackend(), profile=Profile()).analyse([doc], NOW)
    assert found.intent is not None
    assert all(label.is_unsure for label in (found.topic, found.tone, found.stance, found.intent))
    assert found.tone.value == "neu"


def test_chat_spellings_are_vietnamese() -> None:
    doc = make_doc(text="mn ko bt j r", kind=DocumentKind.COMMENT)
    (found,) = Pipeline(FakeBackend(), profile=Profile()).analyse([doc], NOW)
    assert (found.language, found.tone.is_unsure) == ("vi", False)


def test_evidence_stands_in_the_text_also_where_marks_were_put_back_to_read_it() -> None:
    def answer(text: TextInput) -> Guesses:
        told = guess("neg", evidence=("phường làm Ẩu", "Đường ngập"))
        return Guesses(guess("y_te"), told, guess("na"), guess("other"))

    doc = make_doc(
        text="duong hong\nphuong lam Au qua", kind=DocumentKind.POST, parent_title="Đường ngập"
    )
    (found,) = Pipeline(FakeBackend(answer), profile=Profile()).analyse([doc], NOW)
    assert found.tone.evidence == ("phuong lam Au", "Đường ngập")


def _by_words(text: TextInput) -> Guesses:
    is_judged = "chậm" in text.lead or "chậm" in text.title
    return Guesses(guess("y_te"), guess("neg"), guess("neg" if is_judged else "neu", 0.8), None)


_ARTICLE = "Sở Y tế đã họp. Người dân chờ lâu. Ông A nói UBND xã Tân Hòa chậm trả lời."


def test_a_long_article_is_read_sentence_by_sentence_about_each_authority() -> None:
    doc = make_doc("Dân bức xúc vì chậm trả lời", text=_ARTICLE)
    (found,) = Pipeline(FakeBackend(_by_words), profile=Profile()).analyse([doc], NOW)
    told = [(s.agency, s.value, s.sentence) for s in found.stance.sentences]
    assert told == [
        ("Sở Y tế", "neu", "Sở Y tế đã họp."),
        ("UBND xã Tân Hòa", "neg", "Ông A nói UBND xã Tân Hòa chậm trả lời."),
    ]
    assert found.stance.evidence == ("Ông A nói UBND xã Tân Hòa chậm trả lời.",)


def test_the_offices_own_bodies_are_read_also_where_the_article_does_not_judge() -> None:
    doc = make_doc("Tin trong ngày", text=_ARTICLE)
    profile = Profile(agencies=("UBND xã Tân Hòa",))
    (found,) = Pipeline(FakeBackend(_by_words), profile=profile).analyse([doc], NOW)
    assert found.stance.value == "neu"
    assert [(s.agency, s.value) for s in found.stance.sentences] == [("UBND xã Tân Hòa", "neg")]
    assert found.stance.evidence == ()


def test_a_sentence_that_is_unsure_or_about_no_authority_is_left_out() -> None:
    def answer(text: TextInput) -> Guesses:
        stance = guess("neg") if text.title else guess("neg", 0.3)
        return Guesses(guess("y_te"), guess("neg"), stance, None)

    (found,) = Pipeline(FakeBackend(answer), profile=Profile()).analyse(
        [make_doc("Tin", text=_ARTICLE)], NOW
    )
    assert found.stance.sentences == ()
