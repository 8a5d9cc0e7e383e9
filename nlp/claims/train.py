"""Trains the claim matcher: ``python -m nlp.claims.train DATA`` writes the resource.

Learns on the first 150 claims of gold/claims.dev.jsonl by date; the last 50 are never read. Every
post is learned a second time without accents, so that plain writing is no sign of asserting.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from langnghe.claim import FactCheck
from langnghe.text import fold, normalize, words
from nlp.claims.compare import FEATURES, Reference, compare, marked, ngrams, reference_of, side_of
from nlp.claims.model import STANDS

LEARNED = 150
_NEAREST_OTHERS = 3
_FEATURE_WEIGHT = 0.15
OWN_CLAIMS = Path(__file__).parent.parent / "training/own/claims.jsonl"
_TARGET = Path(__file__).parent.parent / "resources" / "claims.json.gz"


@dataclass(frozen=True)
class Probe:
    """One labelled post and the claim that it was written for."""

    reference: Reference
    text: str
    label: str


def load_claims(data: Path) -> list[dict[str, Any]]:
    """Return the labelled claims in the order of their dates."""
    lines = (data / "gold" / "claims.dev.jsonl").read_text("utf-8").splitlines()
    return sorted(map(json.loads, lines), key=lambda row: row["date"])


def own_claims() -> list[dict[str, Any]]:
    """Return the claims that the project wrote itself, with their posts."""
    return [json.loads(line) for line in OWN_CLAIMS.read_text("utf-8").splitlines()]


def check_of(row: Mapping[str, Any]) -> FactCheck:
    """Return the fact-check of a labelled claim."""
    return FactCheck(
        row["id"],
        row["claim"],
        row["correction"],
        date.fromisoformat(row["date"]),
        quote=row.get("quote", ""),
    )


def probes_of(rows: Sequence[dict[str, Any]], *, with_unmarked: bool) -> list[Probe]:
    """Return the labelled posts, and each again without accents where asked for."""
    found = []
    for row in rows:
        reference = reference_of(row["id"], row["claim"], row["correction"])
        for probe in row["probes"]:
            found.append(Probe(reference, probe["text"], probe["label"]))
            if with_unmarked and not probe["text"].isascii():
                plain = " ".join(map(fold, probe["text"].split()))
                found.append(Probe(reference, plain, probe["label"]))
    return found


def train(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the resource: both linear models."""
    probes = probes_of(rows, with_unmarked=True)
    table = np.asarray([_features(probe.reference, probe.text) for probe in probes])
    others = _nearest_others(probes)
    everything = np.vstack([table, others])
    means, scales = everything.mean(axis=0), everything.std(axis=0) + 1e-9
    match = LogisticRegression(C=1.0, max_iter=1000, class_weight="balanced")
    match.fit((everything - means) / scales, [1] * len(table) + [0] * len(others))
    return {
        "features": list(FEATURES),
        "means": _rounded(means),
        "scales": _rounded(scales),
        "match": _rounded(match.coef_[0]),
        "match_bias": round(float(match.intercept_[0]), 5),
        **_train_stands(probes, (table - means) / scales),
    }


def _train_stands(probes: Sequence[Probe], scaled: NDArray[np.float64]) -> dict[str, Any]:
    marked_texts = [" ".join(marked(p.reference, p.text, is_social=True)) for p in probes]
    plain_texts = [" ".join(words(normalize(p.text))) for p in probes]
    of_marked, of_plain = _vectorizer(), _vectorizer()
    matrix = hstack(
        [
            of_marked.fit_transform(marked_texts),
            of_plain.fit_transform(plain_texts),
            csr_matrix(scaled * _FEATURE_WEIGHT),
        ]
    ).tocsr()
    model = LogisticRegression(C=10.0, max_iter=1000, class_weight="balanced")
    model.fit(matrix, [p.label for p in probes])
    assert tuple(model.classes_) == STANDS
    first, second = len(of_marked.vocabulary_), len(of_plain.vocabulary_)
    return {
        "stand": [_rounded(row * _FEATURE_WEIGHT) for row in model.coef_[:, first + second :]],
        "stand_bias": _rounded(model.intercept_),
        "marked_terms": _terms(of_marked, model.coef_[:, :first]),
        "plain_terms": _terms(of_plain, model.coef_[:, first : first + second]),
    }


def _vectorizer() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=_runs, sublinear_tf=True, min_df=3)


def _runs(text: str) -> list[str]:
    return list(ngrams(text.split()).elements())


def _terms(vectorizer: TfidfVectorizer, weights: NDArray[np.float64]) -> dict[str, list[float]]:
    return {
        term: [round(float(vectorizer.idf_[n]), 3), *(round(float(w), 3) for w in weights[:, n])]
        for term, n in sorted(vectorizer.vocabulary_.items())
    }


def _nearest_others(probes: Sequence[Probe]) -> NDArray[np.float64]:
    """Return the features of each post against the claims of others that look most like its own."""
    references = list({probe.reference.id: probe.reference for probe in probes}.values())
    found = []
    for probe in probes:
        rows = [
            _features(reference, probe.text)
            for reference in references
            if reference.id != probe.reference.id and not _is_same_matter(reference, probe)
        ]
        found += sorted(rows, key=lambda row: -row[2])[:_NEAREST_OTHERS]
    return np.asarray(found)


def _is_same_matter(reference: Reference, probe: Probe) -> bool:
    """Return whether two claims tell of one rumour, as some of the file do."""
    mine, theirs = reference.claim.bag, probe.reference.claim.bag
    return len(mine & theirs) >= 0.5 * min(len(mine), len(theirs))


def _features(reference: Reference, text: str) -> list[float]:
    return compare(reference, side_of(text, is_social=True), text)


def _rounded(values: NDArray[np.float64]) -> list[float]:
    return [round(float(value), 5) for value in values]


def main(data: Path) -> None:
    """Train on the learned claims in ``data`` and write the resource.

    The project's own claims are for the encoder: the linear models gain nothing from them.
    """
    resource = train(load_claims(data)[:LEARNED])
    text = json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
    _TARGET.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
