from __future__ import annotations

import json

import pytest

from langnghe.errors import AnalysisError
from nlp.backends.linear import NEWS_FILE, SOCIAL_FILE
from nlp.training.corrections import Correction, is_held_out, learn, read_corrections
from tests.unit.nlp.backends import tiny

PLACES = ["chợ", "cầu", "bến xe", "trường", "đập", "kè", "ngã tư", "công viên", "cảng", "ga"]
WARDS = ["Tân Lam", "Cửa Sóng", "Hòa Khê", "Vĩnh Trạch", "An Điền", "Hải Bình", "Đại Lãng"]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shipped")
    tiny.news_model().save(folder / NEWS_FILE)
    tiny.social_model().save(folder / SOCIAL_FILE)
    return folder


def about_praise(label):
    """Corrections of one habit: what was "bức xúc" in these places was found ``label``."""
    titles = [f"Người dân bức xúc vì {place} {ward}" for place in PLACES for ward in WARDS]
    return [Correction(tiny.article(title), {"tone": label}) for title in titles]


def test_corrections_of_one_kind_are_learnt(shipped, tmp_path):
    report = learn(about_praise("neu"), shipped, tmp_path / "new")
    assert report.before["tone"].accuracy < 0.2
    assert report.after["tone"].accuracy > 0.8
    assert report.is_better
    assert (tmp_path / "new" / NEWS_FILE).is_file()


def test_what_the_corrections_do_not_speak_of_stays(shipped, tmp_path):
    learn(about_praise("neu"), shipped, tmp_path / "new")
    from nlp.backends.base import load_backend

    other = [tiny.article("Bệnh viện tỉnh lần đầu ghép thận thành công"), tiny.post("cảm ơn nhé")]
    before = load_backend(models_dir=shipped).classify(other)
    after = load_backend(models_dir=tmp_path / "new").classify(other)
    assert [g.tone.label for g in after] == [g.tone.label for g in before]
    assert [g.topic.label for g in after] == [g.topic.label for g in before]


def test_nothing_new_is_not_better(shipped, tmp_path):
    report = learn(about_praise("neg"), shipped, tmp_path / "new")
    assert report.before["tone"].accuracy == 1.0
    assert not report.is_better


def test_contradicting_corrections_are_refused(shipped, tmp_path):
    mixed = [
        Correction(x.input, {"tone": "pos" if is_held_out(x) else "neu", "stance": "neg"})
        for x in about_praise("neu")
    ]
    assert not learn(mixed, shipped, tmp_path / "new").is_better


def test_too_few_corrections_teach_nothing(shipped, tmp_path):
    with pytest.raises(AnalysisError, match="5 corrections"):
        learn(about_praise("neu")[:5], shipped, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_file_of_corrections_is_read(tmp_path):
    path = tmp_path / "sửa.jsonl"
    rows = [
        {"kind": "post", "text": "đường ngập", "tone": "neg", "intent": "complaint"},
        {"title": "Khai trương chợ", "topic": "kinh_te", "stance": None},
    ]
    path.write_text("\n\n".join(json.dumps(row) for row in rows), "utf-8")
    first, second = read_corrections(path)
    assert first.input.kind == "post"
    assert first.labels == {"tone": "neg", "intent": "complaint"}
    assert second.labels == {"topic": "kinh_te"}


@pytest.mark.parametrize(
    "line", ["{", '{"title": "a"}', '{"title": "a", "tone": "bad"}', "[]", '{"kind": "x"}']
)
def test_a_bad_line_is_named(tmp_path, line):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"title": "a", "tone": "neg"}\n' + line, "utf-8")
    with pytest.raises(AnalysisError, match="line 2"):
        read_corrections(path)
