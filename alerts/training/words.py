"""Learns the words of seriousness: a seeded, linear fit on labelled reports.

The unlabelled stream teaches which words go together (latent semantic analysis). The latent
directions are linear in the words, so that the fit collapses into one table of words,
``resources/seriousness.tsv``.

Proper names are left out: a warning must not depend on who or which province it is about
(responsible-use 7). What was held out, and what it scores, is in ADR 0061.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from alerts.severity import (
    Weights,
    headline_text,
    label_values,
    load_signs,
    ngrams,
    signs_in,
    without_provinces,
    word_values,
)
from alerts.training.labels import Example
from langnghe.analysis import AnalysedDocument
from langnghe.items import read_items
from langnghe.text import normalize

SEED = 7
LEAST_DOCUMENTS = 20
LARGEST_SHARE = 0.2
DIRECTIONS = 160
LATENT_SCALE = 3.0
REGULARITY = 0.3
LEAST_WEIGHT = 0.04
_WORD = re.compile(r"[^\W_]+")

Table = dict[str, tuple[float, float, float]]


@dataclass(frozen=True)
class Language:
    """What the unlabelled stream teaches: the terms with their rarity, and latent directions."""

    idf: Mapping[str, float]
    directions: NDArray[np.float64]
    """Shape (directions, terms), in the order of ``idf``."""


def learn_language(texts: Sequence[str]) -> Language:
    """Return the terms of original-case ``texts`` that are no proper names, and directions."""
    counts: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for text in texts:
        counts.update(set(ngrams(text.lower())))
        named.update(_names(text))
    most = LARGEST_SHARE * len(texts)
    idf = {
        term: round(math.log(len(texts) / n) + 1, 3)
        for term, n in sorted(counts.items())
        if LEAST_DOCUMENTS <= n <= most and named[term] < 0.6 * n
    }
    matrix = _matrix([text.lower() for text in texts], idf)
    svd = TruncatedSVD(DIRECTIONS, n_iter=3, random_state=SEED).fit(matrix)
    return Language(idf, svd.components_)


def fit(examples: Sequence[Example], language: Language) -> Weights:
    """Return the weights that tell watch (level ≥ 1) and attention (level ≥ 2) best."""
    words = _matrix(
        [without_provinces(headline_text(example.item)) for example in examples], language.idf
    )
    latent = csr_matrix(words @ language.directions.T * LATENT_SCALE)
    vectorizer = DictVectorizer()
    others = vectorizer.fit_transform([named_features(example.item) for example in examples])
    matrix = hstack([words, latent, others]).tocsr()
    counts = np.array([example.weight for example in examples])
    sums, named, bias = [], [], []
    for least in (1, 2):
        wanted = np.array([example.level >= least for example in examples])
        model = LogisticRegression(C=REGULARITY, max_iter=3000, class_weight="balanced")
        model.fit(matrix, wanted, sample_weight=counts)
        own, shared, rest = np.split(
            model.coef_[0], [words.shape[1], words.shape[1] + latent.shape[1]]
        )
        sums.append(own + LATENT_SCALE * (shared @ language.directions))
        named.append(rest)
        bias.append(float(model.intercept_[0]))
    table: Table = {
        name: (1.0, float(named[0][k]), float(named[1][k]))
        for k, name in enumerate(vectorizer.get_feature_names_out())
    }
    for k, (term, idf) in enumerate(language.idf.items()):
        table[term] = (idf, float(sums[0][k]), float(sums[1][k]))
    return Weights(table, (bias[0], bias[1]))


def named_features(item: AnalysedDocument) -> dict[str, float]:
    """Return the features of a report that are no words: its signs and labels."""
    head = headline_text(item)
    values = {f"@sign:{sign.id}": 1.0 for sign, _ in signs_in(head, load_signs())}
    values.update(label_values(item))
    return values


def save(weights: Weights, path: Path) -> None:
    """Write the table in order of names; terms that say nothing keep only their rarity."""
    lines = ["# term\tidf\tlog-odds of level >= 1\tlog-odds of level >= 2"]
    lines.append(f"@bias\t1\t{weights.bias[0]:.3f}\t{weights.bias[1]:.3f}")
    for term, (idf, one, two) in sorted(weights.table.items()):
        if max(abs(one), abs(two)) < LEAST_WEIGHT:
            one = two = 0.0
        lines.append(f"{term}\t{idf:g}\t{one:.2f}\t{two:.2f}")
    path.write_text("\n".join(lines) + "\n", "utf-8")


def read_texts(items: str) -> list[str]:
    """Return the title and lead of every item, as printed."""
    return [normalize(f"{doc.title} . {doc.lead}") for doc in read_items(items)]


def _matrix(texts: Sequence[str], idf: Mapping[str, float]) -> csr_matrix:
    table = {term: (value, 0.0, 0.0) for term, value in idf.items()}
    column = {term: k for k, term in enumerate(idf)}
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        for term, value in word_values(text, table):
            rows.append(row)
            columns.append(column[term])
            values.append(value)
    return csr_matrix((values, (rows, columns)), shape=(len(texts), len(idf)))


def _names(text: str) -> set[str]:
    """Return the terms of ``text`` whose words are all capitalised, but not at a sentence start."""
    found: set[str] = set()
    words = list(_WORD.finditer(text))
    for size in (1, 2):
        for start in range(len(words) - size + 1):
            part = words[start : start + size]
            if start == 0 or text[: part[0].start()].rstrip(" '\"“‘").endswith(
                (".", ":", "?", "!")
            ):
                continue
            if all(word.group()[0].isupper() for word in part):
                found.add(" ".join(word.group().lower() for word in part))
    return found
