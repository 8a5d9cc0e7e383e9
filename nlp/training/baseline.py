"""The plain baseline that every figure stands beside: TF-IDF and a linear SVM, nothing tuned."""

from __future__ import annotations

from collections.abc import Sequence

from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from nlp.backends.reading import pair
from nlp.training.gold import Example
from nlp.training.measure import Figures, compare


def score(learn: Sequence[Example], held_out: Sequence[Example]) -> dict[str, Figures]:
    """TF-IDF of words 1–3 and characters 2–5, LinearSVC balanced, on the same split."""
    seen = [" ".join(pair(example.input)) for example in learn]
    unseen = [" ".join(pair(example.input)) for example in held_out]
    views = (
        TfidfVectorizer(
            ngram_range=(1, 3),
            min_df=2,
            sublinear_tf=True,
            token_pattern=r"(?u)\b\w+\b",  # noqa: S106
        ),
        TfidfVectorizer(ngram_range=(2, 5), min_df=3, sublinear_tf=True, analyzer="char_wb"),
    )
    matrix = sparse.hstack([view.fit_transform(seen) for view in views]).tocsr()
    unknown = sparse.hstack([view.transform(unseen) for view in views]).tocsr()
    figures = {}
    for task in learn[0].labels:
        machine = LinearSVC(C=0.2, class_weight="balanced", random_state=20)
        machine.fit(matrix, [example.labels[task] for example in learn])
        gold = [example.labels[task] for example in held_out]
        figures[task] = compare(task, gold, list(machine.predict(unknown)))
    return figures
