"""``langnghe models`` as an administrator runs it: the office's corrections, and pulled models."""

from __future__ import annotations

import itertools
import json
import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from langnghe.analysis import Analysis, Label
from langnghe.document import DocumentKind
from langnghe.errors import AnalysisError, ModelUnavailable
from langnghe.profile import Profile
from langnghe.story import StoryChange
from nlp.backends.base import load_backend
from nlp.backends.linear import NEWS_FILE, SOCIAL_FILE
from runtime.cli import app, models
from runtime.understanding import OFFICE_REPORT, open_pipeline
from tests.contract.ledger.samples import feed_item, post
from tests.unit.nlp.backends import tiny

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PLACES = ["chợ", "cầu", "bến xe", "trường", "đập", "kè", "ngã tư", "công viên", "cảng", "ga"]
WARDS = ["Tân Lam", "Cửa Sóng", "Hòa Khê", "Vĩnh Trạch", "An Điền", "Hải Bình"]
HOURS = ["sáng nay", "trưa nay", "chiều qua", "tối qua", "hôm qua"]
OTHERS = [title for title, *_ in tiny.PRESS if "bức xúc" not in title]


@pytest.fixture
def command(ledger_sqlite, monkeypatch, tmp_path):
    """Runs ``langnghe …`` on an office whose shipped models are two tiny ones."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    tiny.news_model().save(folder / NEWS_FILE)
    tiny.social_model().save(folder / SOCIAL_FILE)
    monkeypatch.setattr(models, "SHIPPED_MODELS", folder)
    monkeypatch.setenv("LANGNGHE_DATA_DIR", str(ledger_sqlite.data_dir))
    return lambda *words: CliRunner().invoke(app, list(words))


def fill(settings, shipped, label):
    """300 reports of anger that people corrected to ``label``, and 200 that nobody touched."""
    from ledger import analyses, ingest, work

    angry = [
        f"Người dân bức xúc vì {where} {ward} {when}"
        for where, ward, when in itertools.product(PLACES, WARDS, HOURS)
    ]
    calm = [f"{title}, tin {n}" for title, n in itertools.product(OTHERS, range(30))][:200]
    docs = [
        feed_item(n + 1, title=title, lead="", first_seen_at=NOW, fetched_at=NOW)
        for n, title in enumerate([*angry, *calm])
    ]
    ingest.record_ingest(docs, NOW)
    guesses = load_backend("linear", models_dir=shipped).classify(
        [tiny.article(doc.title) for doc in docs]
    )
    found = {doc.id: labelled(doc, guess) for doc, guess in zip(docs, guesses, strict=True)}
    while items := work.claim(work.Stage.ANALYSE, 200, NOW, 600, "test"):
        chosen = [found[item.document_id] for item in items]
        analyses.record_analyses(items, chosen, StoryChange(), NOW)
    for doc in docs[: len(angry)]:
        analyses.correct_label(doc.id, "tone", label, "an@example.vn", NOW)
    return docs


def labelled(doc, guess):
    def label(of):
        return Label(of.label, of.confidence, of.evidence)

    return Analysis(
        doc.id, 1, label(guess.topic), label(guess.tone), label(guess.stance), None,
        model="linear", model_version="1", analysed_at=NOW,
    )  # fmt: skip


def test_a_habit_of_the_office_is_learnt_and_the_rest_stays(command, ledger_sqlite):
    docs = fill(ledger_sqlite, models.SHIPPED_MODELS, "neu")
    result = command("models", "train")
    assert result.exit_code == 0, result.output
    assert "không ai sửa" in result.output
    assert "học thêm" in result.output
    assert "Đã cài mô hình mới" in result.output
    own = ledger_sqlite.data_dir / "models"
    report = json.loads((own / OFFICE_REPORT).read_text("utf-8"))
    assert (report["taught"], report["untouched"]) == (["tone"], 200)
    assert report["after"]["tone"]["accuracy"] > report["before"]["tone"]["accuracy"] + 0.2
    texts = [tiny.article(doc.title) for doc in (docs[0], docs[-1])]
    taught = load_backend("linear", models_dir=own).classify(texts)
    before = load_backend("linear", models_dir=models.SHIPPED_MODELS).classify(texts)
    assert [guess.tone.label for guess in taught] == ["neu", before[1].tone.label]
    assert taught[0].topic.label == before[0].topic.label
    assert "đã học thêm" in command("models", "list").output


def test_models_that_are_no_better_are_not_installed(command, ledger_sqlite):
    fill(ledger_sqlite, models.SHIPPED_MODELS, "neg")  # what the machine says anyhow
    result = command("models", "train")
    assert result.exit_code == 1
    assert "giữ nguyên mô hình đang dùng" in result.output
    assert not list(ledger_sqlite.data_dir.glob("models*"))


def test_too_few_corrections_are_said_to_be_too_few(command, ledger_sqlite):
    result = command("models", "train")
    assert result.exit_code == 1
    assert "Chưa học được; mô hình đang dùng được giữ nguyên." in result.stderr
    assert not list(ledger_sqlite.data_dir.glob("models*"))


def test_a_bad_line_of_corrections_is_named(command, ledger_sqlite, tmp_path):
    file = tmp_path / "corrections.jsonl"
    file.write_text('{"kind": "post", "text": "a", "tone": "vui"}', "utf-8")
    result = command("models", "train", str(file))
    assert result.exit_code == 1
    assert "Chưa học được" in result.stderr
    assert "line 1" in result.stderr


OWN_LABELS = ("NEGATIVE", "NEUTRAL", "Vui")
WORDS = ["<s>", "<pad>", "</s>", "<unk>", "nước", "máy", "mùi", "lạ", "cảm", "ơn", "tốt", "quá"]


@pytest.fixture
def classifier(tmp_path):
    """A classifier of two layers with random weights and labels of its own, as one is published."""
    torch = pytest.importorskip("torch")
    from tokenizers import Tokenizer, pre_tokenizers, processors
    from tokenizers import models as kinds
    from transformers import RobertaConfig, RobertaForSequenceClassification

    torch.manual_seed(7)
    config = RobertaConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=40, initializer_range=1.0,
        id2label=dict(enumerate(OWN_LABELS)), label2id={x: n for n, x in enumerate(OWN_LABELS)},
    )  # fmt: skip
    folder = tmp_path / "hub" / "Tiny-Sentiment"
    RobertaForSequenceClassification(config).save_pretrained(folder, safe_serialization=True)
    words = {word: n for n, word in enumerate(WORDS)}
    tokenizer = Tokenizer(kinds.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "README.md").write_text("---\nlicense: mit\n---\n", "utf-8")
    return folder


def pulled(command, folder):
    return command("models", "pull", str(folder), "--task", "tone", "--label", "Vui=pos")


def test_a_pulled_model_answers_its_task_and_has_a_card(command, ledger_sqlite, classifier):
    result = pulled(command, classifier)
    assert result.exit_code == 0, result.output
    assert "giấy phép: mit" in result.output
    settings = replace(ledger_sqlite, nlp_backend="pulled:tiny-sentiment")
    texts = ["nước máy mùi lạ quá", "quá tốt", "cảm ơn", "nước", "lạ quá máy tốt cảm ơn nước mùi"]
    docs = [post(n, text=text) for n, text in enumerate(texts)]
    pipeline = open_pipeline(settings, Profile())
    found = pipeline.analyse(docs, NOW)
    assert pipeline.model[0] == "pulled"
    assert [x.tone.value for x in found] == [expected(classifier, text) for text in texts]
    assert all(x.tone.evidence for x in found)
    shipped = open_pipeline(ledger_sqlite, Profile()).analyse(docs, NOW)
    assert [x.stance.value for x in found] == [x.stance.value for x in shipped]
    assert "tiny-sentiment" in command("models", "list").output
    assert "Chưa đo" in command("models", "card", "tiny-sentiment").output


def expected(folder, text):
    import torch
    from transformers import RobertaForSequenceClassification

    ids = torch.tensor([[0, *(WORDS.index(word) for word in text.split()), 2]])
    logits = RobertaForSequenceClassification.from_pretrained(folder).eval()(ids).logits
    return ("neg", "neu", "pos")[int(logits.argmax())]


def test_pickled_weights_are_refused_unopened(command, ledger_sqlite, classifier):
    (classifier / "model.safetensors").unlink()

    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("the pickle was opened",))

    (classifier / "pytorch_model.bin").write_bytes(pickle.dumps(Trap()))
    result = pulled(command, classifier)
    assert isinstance(result.exception, AnalysisError)
    assert "pickled" in str(result.exception)
    assert not (ledger_sqlite.data_dir / "pulled" / "tiny-sentiment").exists()


def test_labels_that_nobody_explained_are_refused(command, classifier):
    result = command("models", "pull", str(classifier), "--task", "tone")
    assert isinstance(result.exception, AnalysisError)
    assert "'Vui'" in str(result.exception)


def test_a_graph_that_was_changed_is_not_run(command, ledger_sqlite, classifier):
    pulled(command, classifier)
    graph = ledger_sqlite.data_dir / "pulled" / "tiny-sentiment" / "model.onnx"
    graph.write_bytes(graph.read_bytes() + b"x")
    settings = replace(ledger_sqlite, nlp_backend="pulled:tiny-sentiment")
    with pytest.raises(ModelUnavailable):
        open_pipeline(settings, Profile())


def test_fastbpe_is_split_as_its_own_tokenizer_does(tmp_path):
    from transformers import PhobertTokenizer

    from nlp.pulling import phobert_tokenizer

    (tmp_path / "vocab.txt").write_text("nước 9\nnư@@ 5\nớc 4\nmáy 3\nm@@ 2\náy 1\n", "utf-8")
    codes = ["n ư 9", "nư ớ 8", "nướ c</w> 7", "ớ c</w> 6", "á y</w> 5", "m áy</w> 4", "l ạ</w> 1"]
    (tmp_path / "bpe.codes").write_text("\n".join(codes) + "\n", "utf-8")
    theirs = PhobertTokenizer(str(tmp_path / "vocab.txt"), str(tmp_path / "bpe.codes"))
    ours = phobert_tokenizer(tmp_path)
    known = 4 + 6
    for text in ("nước máy", "máy lạ", "nướ máy"):
        ids = [n if n < known else 3 for n in ours.encode(text).ids]
        assert ids == theirs(text)["input_ids"], text


def test_the_kinds_that_a_model_reads_are_kept(command, ledger_sqlite, classifier):
    command(
        "models", "pull", str(classifier), "--task", "tone", "--label", "Vui=pos", "--kind", "post"
    )
    about = ledger_sqlite.data_dir / "pulled" / "tiny-sentiment" / "about.json"
    assert json.loads(about.read_text("utf-8"))["kinds"] == [DocumentKind.POST.value]
