"""Nothing is kept longer than allowed; what is removed leaves its counts and reaches the index."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from langnghe.clock import to_local
from langnghe.document import DocumentKind
from langnghe.errors import ConfigError
from tests.contract.ledger.conftest import Analyse
from tests.contract.ledger.samples import NOW, article, links, post

pytestmark = pytest.mark.usefixtures("ledger")
LIMITS = {"social_days": 90, "press_days": 730}
TODAY = to_local(NOW).date()


def test_social_posts_go_after_90_days_and_press_after_24_months(analyse: Analyse) -> None:
    from ledger import ingest, queries, retention

    docs = [article(1), post(2), post(3, kind=DocumentKind.COMMENT)]
    ingest.record_ingest(docs, NOW)
    assert retention.delete_expired(NOW + timedelta(days=90), **LIMITS) == []
    after_90 = NOW + timedelta(days=90, seconds=1)
    assert retention.overdue(after_90, **LIMITS) == 2
    assert retention.delete_expired(after_90, **LIMITS) == ["post-0002", "post-0003"]
    assert retention.overdue(after_90, **LIMITS) == 0
    assert [doc.id for doc in queries.newest().documents] == ["doc-0001"]
    after_24_months = NOW + timedelta(days=730, seconds=1)
    assert "doc-0001" in retention.delete_expired(after_24_months, **LIMITS)
    assert queries.counters().collected == 0
    assert queries.counters().removed == 3


def test_counts_are_kept_and_added_up(analyse: Analyse) -> None:
    from ledger import ingest, queries, retention

    for first in (1, 11):
        docs = [post(n) for n in range(first, first + 5)]
        ingest.record_ingest(docs, NOW)
        analyse(docs)
        retention.delete_expired(NOW + timedelta(days=91), **LIMITS)
    assert queries.newest().documents == ()
    [cell] = queries.trends(TODAY, TODAY)
    assert (cell.count, cell.removed, cell.tone) == (0, 10, "neg")
    assert queries.trends(TODAY, TODAY, queries.DocumentFilter(tones=("pos",))) == []
    assert queries.trends(TODAY, TODAY, queries.DocumentFilter(provinces=("40",))) == []


def test_the_index_is_told_until_it_has_dropped_them() -> None:
    from ledger import ingest, retention

    ingest.record_ingest([post(n) for n in range(1, 8)], NOW)
    later = NOW + timedelta(days=91)
    first = retention.delete_expired(later, **LIMITS, batch=3)
    assert len(first) == 7
    assert retention.delete_expired(later, **LIMITS) == first
    retention.mark_unindexed(first[:4], later)
    assert retention.pending_removals() == first[4:]


def test_a_removed_document_leaves_nothing_behind(analyse: Analyse) -> None:
    from ledger import documents, ingest, retention, stories
    from ledger.models import (
        AnalysisRow,
        PlaceRow,
        RevisionRow,
        SightingRow,
        StoryRow,
        WorkRow,
    )

    docs = [post(1), post(2), article(3)]
    ingest.record_ingest(docs, NOW)
    analyse(docs[:2], links("s1", docs[:1]))
    analyse([], links("s2", docs[1:]))
    stories.merge("s1", "s2", "an@example.vn", NOW)
    retention.delete_expired(NOW + timedelta(days=91), **LIMITS)
    assert documents.load_documents(["post-0001"]) == []
    for model in (AnalysisRow, PlaceRow, RevisionRow, SightingRow, WorkRow):
        assert not model._default_manager.filter(
            document_id__in=["post-0001", "post-0002"]
        ).exists()
    story = stories.story("s1")
    assert (story.document_count, story.title) == (1, article(3).title)
    retention.delete_expired(NOW + timedelta(days=731), **LIMITS)
    assert not StoryRow.objects.exists()
    for gone in ("s1", "s2"):
        with pytest.raises(stories.UnknownStory):
            stories.story(gone)


def test_what_messages_quoted_goes_with_the_posts() -> None:
    from ledger import retention
    from ledger.models import AlertRow, DeliveryRow

    quoted = {"level": 2, "title": "t", "first_report_at": NOW, "opened_at": NOW}
    for name, posts in (("press", 0), ("posts", 3)):
        AlertRow.objects.create(id=name, headlines=[{"title": "x"}], post_count=posts, **quoted)
        for state in ("waiting", "sent"):
            DeliveryRow.objects.create(
                id=f"{name}-{state}", level=2, message={}, state=state, due_at=NOW, created_at=NOW
            )
    retention.delete_expired(NOW + timedelta(days=91), **LIMITS)
    assert dict(AlertRow.objects.values_list("pk", "headlines")) == {
        "press": [{"title": "x"}],
        "posts": [],
    }
    assert set(DeliveryRow.objects.values_list("pk", flat=True)) == {
        "press-waiting",
        "posts-waiting",
    }


def test_backups_are_pruned_so_that_removal_reaches_them(tmp_path: Path) -> None:
    from ledger import backup

    for days in (0, 29, 31, 400):
        (tmp_path / f"langnghe-{NOW - timedelta(days=days):%Y%m%dT%H%M%SZ}.zip").touch()
    (tmp_path / "something-else.zip").touch()
    assert len(backup.prune(tmp_path, NOW)) == 2
    assert len(list(tmp_path.glob("*.zip"))) == 3


def test_a_document_goes_on_request_with_all_that_quotes_it(analyse: Analyse) -> None:
    from alerts.model import Action, Alert, AlertIntent, Headline
    from ledger import alerts, feedback, ingest, queries, retention
    from ledger.models import DeliveryRow, DigestRow

    docs = [article(1, url="https://bao-a.example/1?a=1&b=2"), article(2)]
    ingest.record_ingest(docs, NOW)
    analyse(docs, links("s1", docs))
    quoted = tuple(Headline(d.title, d.outlet, d.url, d.published_at) for d in docs)
    alert = Alert(
        "a-1", "r", "s1", 2, "Nước", ("x",), NOW, NOW, tuple(d.id for d in docs), headlines=quoted
    )
    alerts.open_alerts([AlertIntent(Action.OPEN, alert, "")], lambda _: [], NOW)
    matter = feedback.Feedback("s1", "", "question", "y_te", "", ("doc-0001",), NOW, NOW)
    feedback.record_feedback([matter], NOW)
    page = f"<a href='{docs[0].url.replace('&', '&amp;')}'>x</a>"
    DeliveryRow.objects.create(
        id="d-1",
        level=0,
        channel="email",
        address="a@b.example",
        recipient="A",
        message={"html": page, "text": docs[0].url, "headlines": []},
        due_at=NOW,
        created_at=NOW,
    )
    times = {"period_start_at": NOW, "period_end_at": NOW, "made_at": NOW}
    DigestRow.objects.create(period_key="p", kind="daily", html=page, text="", **times)

    with pytest.raises(ConfigError):
        retention.remove_on_request("doc-0001", " ", "quan.tri", NOW)
    with pytest.raises(LookupError):
        retention.remove_on_request("khong-co", "x", "quan.tri", NOW)
    retention.remove_on_request("doc-0001", "người được nhắc đề nghị", "quan.tri", NOW)

    assert retention.pending_removals() == ["doc-0001"]
    assert [doc.id for doc in queries.newest().documents] == ["doc-0002"]
    kept = alerts.alert("a-1")
    assert kept is not None
    assert [h.url for h in kept.headlines] == [docs[1].url]
    assert kept.document_ids == ("doc-0002",)
    assert [row.document_count for row in feedback.feedback()] == [0]
    message = DeliveryRow.objects.get(pk="d-1").message
    assert (message["html"], docs[0].url in message["text"]) == ("", False)
    assert DigestRow.objects.get().html == ""
    ingest.record_ingest(docs, NOW + timedelta(hours=1))
    assert [doc.id for doc in queries.newest().documents] == ["doc-0002"]


def test_a_post_that_its_author_deleted_leaves_counts_alone(analyse: Analyse) -> None:
    from ledger import ingest, queries, retention
    from ledger.models import DailyCountRow, RevisionRow

    docs = [post(1), post(2), article(3)]
    ingest.record_ingest(docs, NOW)
    analyse(docs, links("s1", docs))
    edited = replace(docs[0], text="Nước vẫn hôi, gọi ai bây giờ")
    assert ingest.record_ingest([edited], NOW).revised == ("post-0001",)

    assert ingest.record_gone("post-0001", NOW)
    assert not ingest.record_gone("post-0001", NOW)

    assert {doc.id for doc in queries.newest().documents} == {"post-0002", "doc-0003"}
    assert not RevisionRow.objects.filter(document_id="post-0001").exists()
    assert retention.pending_removals() == ["post-0001"]
    assert retention.taken_back_at("post-0001") == NOW
    assert sum(DailyCountRow.objects.values_list("count", flat=True)) == 1
    ingest.record_ingest([docs[0]], NOW)
    assert queries.count() == 2, "it is not collected again"

    ingest.record_gone("doc-0003", NOW)
    [kept] = [doc for doc in queries.newest().documents if doc.is_gone]
    assert kept.title == docs[2].title, "what the press published stays, marked"


def test_a_post_without_an_address_takes_no_other_mail_along(analyse: Analyse) -> None:
    from ledger import ingest
    from ledger.models import DeliveryRow, DigestRow

    ingest.record_ingest([post(1, url="")], NOW)
    told = {"html": "<p>khác</p>", "text": "khác", "headlines": [{"url": "https://a.example/1"}]}
    DeliveryRow.objects.create(id="d-1", level=0, message=told, due_at=NOW, created_at=NOW)
    times = {"period_start_at": NOW, "period_end_at": NOW, "made_at": NOW}
    DigestRow.objects.create(period_key="p", kind="daily", html="<p>khác</p>", text="", **times)

    ingest.record_gone("post-0001", NOW)

    assert DeliveryRow.objects.get().message == told
    assert DigestRow.objects.get().html == "<p>khác</p>"
