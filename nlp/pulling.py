"""Takes in a larger classifier: a folder or a hub id becomes a graph, a tokenizer and a card.

Only ``langnghe models pull`` comes here. Weights are read from safetensors or ONNX alone: a pickle
can run code when it is opened, and so can a repository's own modules, which are never trusted.
Safetensors are turned into an int8 graph, which needs the training extra (torch) once; serving
does not. Tokenizers: ``tokenizer.json``, or the ``vocab.txt`` and ``bpe.codes`` of PhoBERT.
"""

from __future__ import annotations

import importlib.util
import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

from langnghe.document import DocumentKind
from langnghe.errors import AnalysisError, ModelUnavailable
from langnghe.wording import LABEL_NAMES
from nlp.backends.base import INTENTS, STANCES, TONES, TOPICS
from nlp.backends.card import Card, digest
from nlp.backends.pulled import ABOUT_FILE, GRAPH_FILE, TOKENIZER_FILE, PulledModel
from nlp.training.card_text import page

LABELS = {"topic": TOPICS, "tone": TONES, "stance": STANCES, "intent": INTENTS}
_WANTED = ("config.json", "tokenizer*.json", "vocab.txt", "bpe.codes", "README.md")
_WEIGHTS = ("*.safetensors", "model.onnx", "onnx/model.onnx")
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.h5", "*.msgpack")
_SAME = {
    "negative": "neg",
    "neutral": "neu",
    "positive": "pos",
    "tiêu cực": "neg",
    "trung tính": "neu",
    "tích cực": "pos",
    "none": "na",
}
_LICENCE = re.compile(r"^license:\s*(.+)$", re.MULTILINE)
_MOST_PIECES = 256
_SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")
_SPEED_TEXTS = 64


@dataclass(frozen=True)
class Order:
    """What is wanted: where from, for which task and kinds, under which name.

    ``labels`` maps the model's own labels to ours; what it leaves out is guessed by name.
    """

    source: str
    name: str
    task: str
    kinds: tuple[DocumentKind, ...]
    labels: Mapping[str, str]
    licence: str = ""


def fetch(source: str, into: Path) -> Path:
    """Return the folder of ``source``: itself where it is a folder, else downloaded into ``into``.

    Raises ModelUnavailable where the hub cannot be reached or does not know it.
    """
    if Path(source).is_dir():
        return Path(source)
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(source, local_dir=into, allow_patterns=[*_WANTED, *_WEIGHTS]))
    except Exception as error:
        raise ModelUnavailable(f"{source}: {error}") from error


def take_in(order: Order, folder: Path, target: Path, made_on: date) -> Card:
    """Write the model of ``folder`` with its card to the new folder ``target``.

    Raises AnalysisError where the weights are pickles, or the labels are not understood.
    """
    config = _config(folder)
    columns = _columns(config, order)
    weights = _weights(folder)
    target.mkdir(parents=True)
    if weights.suffix == ".onnx":
        copyfile(weights, target / GRAPH_FILE)
    else:
        _convert(folder, target / GRAPH_FILE)
    segmented = _write_tokenizer(folder, target / TOKENIZER_FILE)
    about = {
        "name": order.name,
        "task": order.task,
        "columns": columns,
        "kinds": [kind.value for kind in order.kinds],
        "segmented": segmented,
        "pieces": config["vocab_size"],
        "unknown": _unknown(target / TOKENIZER_FILE),
        "max_pieces": min(_MOST_PIECES, int(config.get("max_position_embeddings", 512)) - 2),
        "graph_sha256": digest(target / GRAPH_FILE),
    }
    (target / ABOUT_FILE).write_text(json.dumps(about, ensure_ascii=False, indent=1), "utf-8")
    card = _card(order, folder, target, made_on)
    text = json.dumps(asdict(card), ensure_ascii=False, indent=1)
    (target / f"{order.name}.json").write_text(text, "utf-8")
    (target / f"{order.name}.md").write_text(page(card), "utf-8")
    return card


def _config(folder: Path) -> dict[str, Any]:
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise AnalysisError(f"config.json: {error}") from error
    if not config.get("id2label"):
        raise AnalysisError("config.json names no labels: not a sequence classifier")
    return config


def _columns(config: Mapping[str, Any], order: Order) -> list[str]:
    """Return our label for each output of the model."""
    known = LABELS[order.task]
    own = [name for _, name in sorted(config["id2label"].items(), key=lambda x: int(x[0]))]
    columns = []
    for name in own:
        label = order.labels.get(name, _SAME.get(name.lower(), name.lower()))
        if label not in known:
            raise AnalysisError(
                f"label {name!r} of the model is none of {', '.join(known)}: say NAME=LABEL"
            )
        columns.append(label)
    return columns


def _weights(folder: Path) -> Path:
    for pattern in _WEIGHTS:
        if found := sorted(folder.glob(pattern)):
            return found[0]
    if any(True for pattern in _PICKLES for _ in folder.glob(pattern)):
        raise AnalysisError("its weights are pickled: only safetensors or ONNX are taken in")
    raise AnalysisError("no weights in safetensors or ONNX")


def _convert(folder: Path, path: Path) -> None:
    """Write the classifier of ``folder`` as an int8 graph."""
    missing = [name for name in ("torch", "onnx") if not importlib.util.find_spec(name)]
    if missing:
        raise AnalysisError(f"safetensors need the training extra: no {', '.join(missing)}")
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from transformers import AutoModelForSequenceClassification

    try:
        model = AutoModelForSequenceClassification.from_pretrained(
            folder,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            attn_implementation="eager",
        )
    except (OSError, ValueError, KeyError) as error:
        raise AnalysisError(f"{folder.name}: {error}") from error
    ids, mask = torch.tensor([[0, 3, 2], [0, 2, 1]]), torch.tensor([[1, 1, 1], [1, 1, 0]])
    axes = {0: "texts", 1: "pieces"}
    with TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain.onnx"
        torch.onnx.export(
            _logits_of(model.eval()),
            (ids, mask),
            str(plain),
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "logits": {0: "texts"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(plain, path, weight_type=QuantType.QInt8, per_channel=True)


def _logits_of(model: Any) -> Any:
    """Return ``model`` as a module of (ids, mask) that gives its logits alone."""
    from torch import nn

    class Logits(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, mask: Any) -> Any:
            return self.model(input_ids=ids, attention_mask=mask).logits

    return Logits()


def _write_tokenizer(folder: Path, path: Path) -> bool:
    """Write a tokenizer that reads headline and body as one text; return whether it wants words."""
    from tokenizers import Tokenizer, processors

    is_phobert = (folder / "bpe.codes").is_file()
    if is_phobert:
        tokenizer = phobert_tokenizer(folder)
    elif (folder / TOKENIZER_FILE).is_file():
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
    else:
        raise AnalysisError("no tokenizer.json, nor vocab.txt with bpe.codes")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    around = tokenizer.encode("")
    specials = list(zip(around.tokens, around.ids, strict=True))
    middle = (len(specials) + 1) // 2
    before = " ".join(token for token, _ in specials[:middle])
    after = " ".join(token for token, _ in specials[middle:])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{before} $A {after}".strip(),
        pair=f"{before} $A $B:0 {after}".strip(),
        special_tokens=specials,
    )
    tokenizer.save(str(path))
    return is_phobert


def phobert_tokenizer(folder: Path) -> Any:
    """Return the tokenizer of a ``vocab.txt`` and ``bpe.codes`` (fastBPE, as PhoBERT's are).

    It reads words whose syllables are joined by "_". Pieces that merges make and the vocabulary
    lacks get numbers beyond it; who runs the graph takes them for the unknown one.
    """
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    vocabulary = {name: number for number, name in enumerate(_SPECIALS)}
    for line in (folder / "vocab.txt").read_text("utf-8").splitlines():
        piece = line.rpartition(" ")[0]
        name = piece.removesuffix("@@") if piece.endswith("@@") else f"{piece}</w>"
        vocabulary[name] = len(vocabulary)
    merges = []
    for line in (folder / "bpe.codes").read_text("utf-8").splitlines():
        first, second, *_ = line.split()
        merges.append((first, second))
        for name in (first, second, first + second):
            vocabulary.setdefault(name, len(vocabulary))
    tokenizer = Tokenizer(
        models.BPE(vocabulary, merges, unk_token=_SPECIALS[3], end_of_word_suffix="</w>")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def _unknown(path: Path) -> int:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    found = (tokenizer.token_to_id(name) for name in ("<unk>", "[UNK]", "<pad>", "[PAD]"))
    return next((number for number in found if number is not None), 0)


def _card(order: Order, folder: Path, target: Path, made_on: date) -> Card:
    readme = folder / "README.md"
    named = _LICENCE.search(readme.read_text("utf-8")) if readme.is_file() else None
    licence = order.licence or (named.group(1).strip() if named else "không nêu: hãy hỏi tác giả")
    model = PulledModel.load(target)
    return Card(
        name=order.name,
        version=model.version,
        made_on=made_on.isoformat(),
        task=f"Mô hình lấy về, trả lời riêng câu hỏi: {LABEL_NAMES[order.task]}",
        files={name: digest(target / name) for name in (GRAPH_FILE, TOKENIZER_FILE)},
        data=({"what": f"trọng số {order.source}", "licence": licence},),
        figures={},
        baseline={},
        speed={"feed_items_a_second": _speed(model)},
        limits=_LIMITS,
    )


def _speed(model: PulledModel) -> float:
    text = "Người dân phản ánh nước máy có mùi lạ, đơn vị cấp nước nói đang kiểm tra nguồn nước."
    started = time.process_time()
    model.chances([(text, f"{text} {text}")] * _SPEED_TEXTS)
    return round(_SPEED_TEXTS / (time.process_time() - started), 1)


_LIMITS = (
    "Chưa đo trên dữ liệu của sản phẩm: hãy chạy thử và xem các nhãn trước khi dùng hằng ngày.",
    "Độ tin cậy chưa hiệu chuẩn, thường cao hơn thực tế.",
    "Bằng chứng là câu nói rõ nhất cho nhãn, không phải từng từ.",
)
