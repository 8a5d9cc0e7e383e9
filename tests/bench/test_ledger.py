"""How fast the ledger takes documents in, and how fast the room reads 300,000 of them.

``make bench``; figures are reported, never asserted.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from langnghe.analysis import Stance, Tone, Topic
from langnghe.clock import to_local
from langnghe.settings import Settings, load_settings
from ledger import boot
from tests.contract.ledger.samples import NOW, analysis, article, feed_item, links

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

DOCUMENTS = 300_000
BASE = 5_000
DAYS = 365
OUTLETS = 60
TODAY = to_local(NOW).date()


@pytest.fixture(scope="module")
def full_ledger(
    tmp_path_factory: pytest.TempPathFactory,
    ledger_template: Path,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Settings]:
    """A year of documents, most of them lately, in 40,000 stories."""
    data_dir = tmp_path_factory.mktemp("full-ledger")
    settings = load_settings({}, data_dir=data_dir)
    settings.sqlite_path.write_bytes(ledger_template.read_bytes())
    with django_db_blocker.unblock():
        boot.setup(settings)
        fill(DOCUMENTS)
        yield settings
        boot.close()


def fill(count: int) -> None:
    """Write BASE documents as ingest and analysis leave them, then copies of them, shifted back."""
    from django.db import connection

    from ledger.models import AnalysisRow, DocumentRow, PlaceRow, RevisionRow, StoryRow

    write_base()
    copies = count // BASE
    shift = DAYS * 24 * 60 // copies
    moved = {
        "id": "id || '-' || k",
        "document_id": "document_id || '-' || k",
        "story_id": "story_id || '-' || k",
        "published_at": _shifted("published_at", shift),
        "first_seen_at": _shifted("first_seen_at", shift),
        "last_report_at": _shifted("last_report_at", shift),
        "published_day": f"date(published_at, '+7 hours', '-' || (k * {shift}) || ' minutes')",
    }
    with connection.cursor() as cursor:
        for model in (StoryRow, DocumentRow, RevisionRow, AnalysisRow, PlaceRow):
            columns = [f.column for f in model._meta.concrete_fields]
            if model in (RevisionRow, PlaceRow):
                columns.remove("id")
            values = ", ".join(moved.get(column, column) for column in columns)
            cursor.execute(
                "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n "
                f"WHERE k < {copies - 1}) INSERT INTO {model._meta.db_table} "
                f"({', '.join(columns)}) SELECT {values} FROM {model._meta.db_table}, n"
            )
        cursor.execute("ANALYZE")


def _shifted(column: str, minutes: int) -> str:
    by = f"'-' || (k * {minutes}) || ' minutes'"
    return f"strftime('%Y-%m-%d %H:%M:%f', {column}, {by}) || '000'"


def write_base() -> None:
    from ledger.mapping import document_row, revision_row
    from ledger.models import AnalysisRow, DocumentRow, PlaceRow, RevisionRow, StoryRow

    dice = random.Random(1)
    docs = []
    for number in range(BASE):
        at = NOW - timedelta(minutes=dice.randrange(24 * 60 * 6), milliseconds=1)
        outlet = f"Báo {dice.randrange(OUTLETS)}"
        docs.append(article(number, published_at=at, first_seen_at=at, outlet=outlet))
    rows = [document_row(doc) for doc in docs]
    for number, row in enumerate(rows):
        row.topic, row.tone = dice.choice(list(Topic)), dice.choice(list(Tone))
        row.stance = dice.choice(list(Stance))
        row.state, row.story_id = "analysed", f"s{number // 7}"
    label = {"value": "", "confidence": 0.9, "evidence": ["x"], "is_unsure": False}
    labels = dict.fromkeys(("topic", "tone", "stance"), label)
    analysed = {"revision": 1, "labels": labels, "language": "vi", "model": "m"}
    codes = {doc.id: str(dice.randrange(3321)) for doc in docs}
    StoryRow.objects.bulk_create(
        StoryRow(id=f"s{n}", first_report_at=NOW, last_report_at=NOW, document_count=7)
        for n in range(BASE // 7 + 1)
    )
    DocumentRow.objects.bulk_create(rows, batch_size=500)
    RevisionRow.objects.bulk_create([revision_row(doc, NOW) for doc in docs], batch_size=500)
    AnalysisRow.objects.bulk_create(
        AnalysisRow(document_id=doc.id, model_version="1", analysed_at=NOW, **analysed)
        for doc in docs
    )
    PlaceRow.objects.bulk_create(
        PlaceRow(document_id=i, name=f"xã {code}", code=code, level="commune")
        for i, code in codes.items()
    )


def days_back(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.usefixtures("full_ledger")
@pytest.mark.parametrize("days", [7, 30, 365])
def test_trends(benchmark: Any, days: int) -> None:
    from ledger import queries

    assert benchmark(queries.trends, days_back(days), TODAY)


@pytest.mark.usefixtures("full_ledger")
def test_trends_of_one_outlet_over_a_year(benchmark: Any) -> None:
    from ledger import queries

    wanted = queries.DocumentFilter(outlets=("Báo 7",))
    assert benchmark(queries.trends, days_back(365), TODAY, wanted)


@pytest.mark.usefixtures("full_ledger")
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"topics": ("y_te",), "tones": ("neg",)},
        {"places": ("77",)},
        {"outlets": ("Báo 7",)},
    ],
    ids=["all", "labels", "place", "outlet"],
)
def test_newest(benchmark: Any, fields: dict[str, Any]) -> None:
    from ledger import queries

    wanted = queries.DocumentFilter(**fields)
    assert benchmark(queries.newest, 50, "", wanted).documents


@pytest.mark.usefixtures("full_ledger")
def test_a_page_deep_in_the_list(benchmark: Any) -> None:
    from ledger import queries

    before = f"{(NOW - timedelta(days=200)).isoformat()}|"
    assert benchmark(queries.newest, 50, before).documents


@pytest.mark.usefixtures("full_ledger")
def test_stories(benchmark: Any) -> None:
    from ledger import stories

    assert benchmark(stories.stories, limit=50).total


@pytest.mark.usefixtures("full_ledger")
def test_counters(benchmark: Any) -> None:
    from ledger import queries

    assert benchmark(queries.counters).collected == DOCUMENTS


@pytest.mark.usefixtures("ledger_sqlite")
def test_ingest_of_feed_items(benchmark: Any) -> None:
    from ledger import ingest

    numbers = itertools.count()

    def take_in() -> None:
        ingest.record_ingest([feed_item(next(numbers)) for _ in range(100)], NOW)

    benchmark(take_in)


@pytest.mark.usefixtures("ledger_sqlite")
def test_a_feed_that_says_nothing_new(benchmark: Any) -> None:
    from ledger import ingest

    docs = [feed_item(n) for n in range(100)]
    ingest.record_ingest(docs, NOW)
    benchmark(ingest.record_ingest, docs, NOW)


@pytest.mark.usefixtures("ledger_sqlite")
def test_claim_load_and_record_64_analyses(benchmark: Any) -> None:
    from ledger import analyses, documents, ingest, work

    numbers = itertools.count()

    def prepare() -> None:
        ingest.record_ingest([article(next(numbers)) for _ in range(64)], NOW)

    def analyse() -> None:
        items = work.claim(work.Stage.ANALYSE, 64, NOW, 60, "bench")
        docs = documents.load_documents([item.document_id for item in items])
        change = replace(links("s1", docs[:5]))
        analyses.record_analyses(items, [analysis(doc) for doc in docs], change, NOW)

    benchmark.pedantic(analyse, setup=prepare, rounds=20)
