"""Cuts the encoder's vocabulary to the pieces that Vietnamese news and chat use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from nlp.training.e5file import E5File

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
UNKNOWN_ID = 3


@dataclass(frozen=True)
class Vocabulary:
    """The kept pieces and the rows of the full embedding table they came from."""

    tokenizer: Tokenizer
    rows: NDArray[np.int64]


def full(e5: E5File) -> Vocabulary:
    """The pretrained vocabulary, whole."""
    return _build(e5, range(e5.scores.size))


def prune(e5: E5File, texts: Iterable[str], keep: int) -> Vocabulary:
    """The ``keep`` pieces that cut ``texts`` most often, and every piece of one character used.

    A text whose pieces are all kept is cut exactly as before; what is gone
    falls apart into shorter kept pieces.
    """
    tokenizer = full(e5).tokenizer
    counts: Counter[int] = Counter()
    chunk: list[str] = []
    for text in texts:
        chunk.append(text)
        if len(chunk) == 4096:
            counts.update(_count(tokenizer, chunk))
            chunk = []
    counts.update(_count(tokenizer, chunk))
    letters = {mark for piece in counts for mark in e5.pieces[piece]}
    chosen = set(range(len(SPECIAL)))
    chosen.update(i for i, piece in enumerate(e5.pieces) if len(piece) == 1 and piece in letters)
    for piece, _ in counts.most_common():
        if len(chosen) >= keep:
            break
        chosen.add(piece)
    return _build(e5, sorted(chosen))


def _count(tokenizer: Tokenizer, texts: Sequence[str]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        counts.update(encoding.ids)
    return counts


def _build(e5: E5File, kept: Iterable[int]) -> Vocabulary:
    rows = np.fromiter(kept, dtype=np.int64)
    pieces = [(e5.pieces[row], float(e5.scores[row])) for row in rows]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=UNKNOWN_ID))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Replace(Regex(r"[\s\u200b\ufeff]+"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    tokenizer.add_special_tokens(list(SPECIAL))
    return Vocabulary(tokenizer, rows)
