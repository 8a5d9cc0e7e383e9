from __future__ import annotations

import numpy as np
import pytest

from langnghe.errors import ModelUnavailable
from nlp.backends.base import load_backend
from nlp.backends.linear import NEWS_FILE, SOCIAL_FILE, LinearBackend, LinearModel
from tests.unit.nlp.backends import tiny


@pytest.fixture(scope="module")
def backend():
    return tiny.backend()


def test_news_and_posts_answer_in_the_order_asked(backend):
    asked = [
        tiny.post("cảm ơn các bác sĩ nhiều"),
        tiny.article("Phụ huynh bức xúc vì lạm thu"),
        tiny.post("cho hỏi nộp hồ sơ ở đâu ạ"),
        tiny.article("Bệnh viện huyện lần đầu ghép thận thành công"),
    ]
    praise, fees, question, kidney = backend.classify(asked)
    assert praise.intent.label == "praise"
    assert question.intent.label == "question"
    assert fees.intent is None
    assert (fees.topic.label, fees.tone.label, fees.stance.label) == ("giao_duc", "neg", "neg")
    assert (kidney.topic.label, kidney.tone.label) == ("y_te", "pos")


def test_evidence_stands_in_the_text(backend):
    title = "Phụ huynh BỨC XÚC vì trường lạm thu"
    (guesses,) = backend.classify([tiny.article(title)])
    assert guesses.tone.evidence
    for guess in (guesses.topic, guesses.tone, guesses.stance):
        assert all(span in title for span in guess.evidence)
    assert any("BỨC XÚC" in span for span in guesses.tone.evidence)


def test_probabilities_cover_every_label_and_hold_the_confidence(backend):
    (guesses,) = backend.classify([tiny.post("đường ngập quá")])
    for guess in (guesses.topic, guesses.tone, guesses.stance, guesses.intent):
        assert sum(guess.probabilities.values()) == pytest.approx(1.0, abs=1e-4)
        assert guess.confidence == pytest.approx(guess.probabilities[guess.label])


def test_empty_and_unknown_texts_get_an_answer_without_evidence(backend):
    answers = backend.classify([tiny.article(""), tiny.post(""), tiny.article("zzzz qqqq")])
    assert len(answers) == 3
    assert all(answer.tone.evidence == () for answer in answers)
    assert backend.classify([]) == []


def test_a_long_list_answers_as_each_text_alone(backend):
    texts = [tiny.article(title) for title, *_ in tiny.PRESS] * 30
    together = backend.classify(texts)
    alone = [backend.classify([text])[0] for text in texts[: len(tiny.PRESS)]]
    assert [a.topic.label for a in together] == [a.topic.label for a in alone] * 30


def test_a_saved_model_answers_the_same(tmp_path, backend):
    backend.news.save(tmp_path / NEWS_FILE)
    backend.social.save(tmp_path / SOCIAL_FILE)
    loaded = LinearBackend.load(tmp_path)
    asked = [tiny.article("Bệnh viện tỉnh quá tải"), tiny.post("nên lắp thêm đèn")]
    before, after = backend.classify(asked), loaded.classify(asked)
    assert loaded.version == backend.version
    for one, two in zip(before, after, strict=True):
        assert one.topic.label == two.topic.label
        assert one.tone.confidence == pytest.approx(two.tone.confidence, abs=2e-3)


def test_without_encoder_weights_the_linear_backend_serves_alone(tmp_path, backend):
    backend.news.save(tmp_path / NEWS_FILE)
    backend.social.save(tmp_path / SOCIAL_FILE)
    assert load_backend("auto", models_dir=tmp_path).name == "linear"
    with pytest.raises(ModelUnavailable):
        load_backend("encoder", models_dir=tmp_path)


def test_a_missing_or_broken_file_is_named(tmp_path):
    with pytest.raises(ModelUnavailable, match=NEWS_FILE):
        LinearModel.load(tmp_path / NEWS_FILE)
    (tmp_path / NEWS_FILE).write_bytes(b"no model")
    with pytest.raises(ModelUnavailable, match=NEWS_FILE):
        LinearModel.load(tmp_path / NEWS_FILE)
    np.savez(tmp_path / NEWS_FILE, keys=np.zeros(1))
    with pytest.raises(ModelUnavailable, match=NEWS_FILE):
        LinearModel.load(tmp_path / NEWS_FILE)
