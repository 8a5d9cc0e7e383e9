"""A person's word wins over the machine, now and after every later analysis."""

from __future__ import annotations

from dataclasses import replace

import pytest

from langnghe.analysis import Label
from langnghe.errors import InvalidDocument
from tests.contract.ledger.conftest import Analyse
from tests.contract.ledger.samples import NOW, analysis, article, links, post

pytestmark = pytest.mark.usefixtures("ledger")
ACTOR = "an@example.vn"


def test_an_analysis_comes_back_as_it_was_stored(analyse: Analyse) -> None:
    from ledger import documents, ingest

    doc = post(1)
    ingest.record_ingest([doc], NOW)
    analyse([doc], links("s1", [doc]))
    [item] = documents.load_analysed([doc.id])
    assert item.document == doc
    assert item.analysis == analysis(doc)
    assert item.story_id == "s1"


def test_a_correction_wins_and_the_machines_label_is_kept_beside_it(analyse: Analyse) -> None:
    from ledger import analyses, documents, ingest, queries, stories, work

    doc = article(1)
    ingest.record_ingest([doc], NOW)
    analyse([doc], links("s1", [doc]))
    work.complete(work.claim(work.Stage.INDEX, 10, NOW, 60, "index"))
    analyses.correct_label(doc.id, "tone", "pos", ACTOR, NOW)
    [item] = documents.load_analysed([doc.id])
    assert item.analysis is not None
    assert (item.analysis.value_of("tone"), item.analysis.tone.value) == ("pos", "neg")
    label = queries.detail(doc.id).labels["tone"]  # type: ignore[union-attr]
    assert (label.value, label.machine, label.is_corrected) == ("pos", "neg", True)
    assert stories.story("s1").negative_count == 0
    assert work.backlog()[work.Stage.INDEX] == 1


def test_a_correction_outlives_a_new_analysis_and_a_second_correction_replaces_it(
    analyse: Analyse,
) -> None:
    from ledger import analyses, documents, ingest, queries

    doc = article(1)
    ingest.record_ingest([doc], NOW)
    analyse([doc])
    analyses.correct_label(doc.id, "topic", "y_te", ACTOR, NOW)
    ingest.record_ingest([edited := replace(doc, title="Tiêu đề mới", revision=2)], NOW)
    analyse([edited], make=lambda d: analysis(d, topic=Label("the_thao", 0.99), model_version="2"))
    assert queries.newest().documents[0].topic == "y_te"
    analyses.correct_label(doc.id, "topic", "giao_duc", ACTOR, NOW)
    [item] = documents.load_analysed([doc.id])
    assert item.analysis is not None
    assert item.analysis.corrected == {"topic": "giao_duc"}
    assert item.analysis.model_version == "2"


def test_an_unsure_label_is_shown_as_such_until_a_person_speaks(analyse: Analyse) -> None:
    from ledger import analyses, ingest, queries

    doc = article(1)
    ingest.record_ingest([doc], NOW)
    analyse([doc])
    assert queries.newest().documents[0].unsure == {"stance"}
    analyses.correct_label(doc.id, "stance", "neg", ACTOR, NOW)
    assert queries.newest().documents[0].unsure == frozenset()


@pytest.mark.parametrize(
    ("doc_id", "name", "value"),
    [
        ("doc-0001", "tone", "angry"),
        ("doc-0001", "author", "x"),
        ("nobody", "tone", "neg"),
        ("doc-0002", "tone", "neg"),
    ],
)
def test_a_correction_of_nothing_is_refused(
    analyse: Analyse, doc_id: str, name: str, value: str
) -> None:
    from ledger import analyses, ingest

    ingest.record_ingest([article(1), article(2)], NOW)
    analyse([article(1)])
    with pytest.raises(InvalidDocument):
        analyses.correct_label(doc_id, name, value, ACTOR, NOW)


def test_every_analysed_document_is_read_once_for_a_reindex(analyse: Analyse) -> None:
    from ledger import documents, ingest

    docs = [article(n) for n in range(1, 12)]
    ingest.record_ingest([*docs, article(99)], NOW)
    analyse(docs)
    batches = list(documents.iter_analysed(batch=4))
    assert [len(batch) for batch in batches] == [4, 4, 3]
    assert [item.document.id for batch in batches for item in batch] == [d.id for d in docs]
    resumed = list(documents.iter_analysed(after_id="doc-0008", batch=4))
    assert [item.document.id for batch in resumed for item in batch] == [
        "doc-0009",
        "doc-0010",
        "doc-0011",
    ]
    assert documents.document_count() == 11
