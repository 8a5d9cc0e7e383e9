"""The recorded day end to end: real RSS and HTML, a real crawl, nlp, index, alerts and mail.

The clock is moved by hand in steps of an hour and a half, so that nothing depends on speed.
"""

from __future__ import annotations

import email
import email.policy
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from langnghe.clock import Clock, local_day_bounds
from langnghe.document import Document
from langnghe.query import parse
from runtime.demo import day
from runtime.replay.play import Plan, replay_sources
from runtime.replay.site import ReplayServer
from runtime.replay.stream import Stream
from runtime.supervisor import child_environ
from runtime.wiring import Runtime, open_runtime

pytestmark = [pytest.mark.xdist_group("flow"), pytest.mark.timeout(1200)]

DAY = date(2026, 11, 19)
STEP = timedelta(minutes=90)


@dataclass
class StepClock(Clock):
    """A clock that a test moves."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@dataclass(frozen=True)
class PlayedDay:
    """What the service holds after the whole day."""

    runtime: Runtime
    items: list[Document]
    stories: dict[str, str]
    """The gold story of each item id."""
    digests_made: tuple[int, int]


@pytest.fixture(scope="module")
def played(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[PlayedDay]:
    folder = tmp_path_factory.mktemp("day")
    items = list(day.load_documents(DAY))
    stream = Stream(items)
    clock = StepClock(stream.start - timedelta(minutes=1))
    server = ReplayServer(stream, clock).start()
    plan = Plan(stream, profile=day.PROFILE, outlets=day.outlet_facts())
    environ = child_environ(
        {
            "LANGNGHE_DATA_DIR": str(folder),
            "LANGNGHE_AUTHOR_KEY_FILE": str(folder / "key" / "author.key"),
            "LANGNGHE_LOOPBACK_PORTS": str(server.port),
            "LANGNGHE_HOST_DELAY_S": "0.01",
            "LANGNGHE_NLP_BACKEND": "auto",
        }
    )
    with django_db_blocker.unblock():
        runtime = replace(open_runtime(environ, migrate=True), clock=clock)
        made = play(runtime, plan, server, clock, environ)
        yield PlayedDay(runtime, items, gold_stories(), made)
    server.close()


def play(
    runtime: Runtime,
    plan: Plan,
    server: ReplayServer,
    clock: StepClock,
    environ: dict[str, str],
) -> tuple[int, int]:
    from ledger import sources
    from runtime import firstrun, profiling
    from runtime.digests import send_due_digests
    from runtime.worker import Worker

    profiling.install_profile(day.PROFILE, runtime.profile_file)
    sources.seed_sources(replay_sources(plan, server), clock.now())
    firstrun.prepare_people(runtime)
    worker = Worker(runtime, "flow")
    while clock.moment < plan.stream.end + STEP:
        clock.moment += STEP
        crawl(clock, environ)
        while worker.run_once().total:
            pass
    clock.moment = local_day_bounds(DAY + timedelta(days=1))[0] + timedelta(hours=7, minutes=1)
    made = send_due_digests(runtime), send_due_digests(runtime)
    worker.run_once()
    return made


def crawl(clock: StepClock, environ: dict[str, str]) -> None:
    """Read the due sources in a child whose clock stands where the test's clock stands."""
    frozen = {
        "LANGNGHE_REPLAY_RECORDED_START": clock.moment.isoformat(),
        "LANGNGHE_REPLAY_REAL_START": datetime.now(UTC).isoformat(),
        "LANGNGHE_REPLAY_SPEED": "0.001",
    }
    command = [sys.executable, "-m", "runtime.child", "crawl"]
    # The child ends with its parent, that is when its standard input closes: keep it open.
    with subprocess.Popen(command, env={**environ, **frozen}, stdin=subprocess.PIPE) as child:
        assert child.wait(timeout=240) == 0


def gold_stories() -> dict[str, str]:
    folder = Path(day.__file__).parent / "day"
    rows = [
        json.loads(line)
        for file in sorted(folder.glob("stories-*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]
    return {row["id"]: row["story"] for row in rows}


def test_every_item_is_collected_analysed_and_indexed_once(played: PlayedDay) -> None:
    from ledger import queries

    counts = queries.counters()
    distinct = {item.id for item in played.items}
    assert counts.collected == len(distinct)
    assert (counts.waiting, counts.quarantined) == (0, 0)
    assert counts.analysed == counts.indexed == counts.collected
    assert (
        played.runtime.store.count(
            parse("kind:article OR kind:post OR kind:comment"), now=played.runtime.clock.now()
        )
        == counts.collected
    )


def test_edited_articles_show_their_revisions(played: PlayedDay) -> None:
    from ledger.models import DocumentRow

    first = {item.id: item.fetched_at for item in played.items if item.revision == 1}
    later = {i.id: i.fetched_at - first[i.id] for i in played.items if i.revision > 1}
    urls = DocumentRow.objects.filter(revision__gt=1).values_list("url", flat=True)
    edited = {url.removesuffix(".html")[-len("a01-001") :] for url in urls}
    # An edit within one step of the clock was never seen in its first state.
    assert {i for i, gap in later.items() if gap > STEP} <= edited <= set(later)


def test_the_crisis_is_found_by_the_shipped_models_and_rules(played: PlayedDay) -> None:
    from ledger import alerts

    gold = gold_by_document(played)
    urgent = [a for a in alerts.alerts() if a.level == 3]
    held = [Counter(gold.get(i, "") for i in alert.document_ids).most_common(1) for alert in urgent]
    assert "nuoc-may" in {best[0][0] for best in held if best}
    crisis = min(
        (a for a, best in zip(urgent, held, strict=True) if best[0][0] == "nuoc-may"),
        key=lambda alert: alert.opened_at,
    )
    assert crisis.reasons
    assert crisis.opened_at <= local_day_bounds(DAY)[0] + timedelta(hours=19)


def test_no_handle_and_no_number_of_a_post_is_stored(played: PlayedDay) -> None:
    ledger = (played.runtime.settings.data_dir / "ledger.sqlite3").read_bytes()
    wal = played.runtime.settings.data_dir / "ledger.sqlite3-wal"
    stored = ledger + (wal.read_bytes() if wal.exists() else b"")
    posts = [item for item in played.items if item.kind.is_social]
    numbered = [item for item in posts if "0900 000" in item.text]
    assert numbered
    texts = {item.text.encode() for item in numbered}
    assert not [text for text in texts if text in stored]
    written = "\n".join(f"{item.title}\n{item.lead}\n{item.text}" for item in played.items)
    handles = {i.byline for i in posts if len(i.byline) > 6 and i.byline not in written}
    assert len(handles) > 100
    assert not [handle for handle in handles if handle.encode() in stored]


def test_the_digest_is_made_once_and_reads_well(played: PlayedDay) -> None:
    first, second = played.digests_made
    assert first == 4  # analyst, approver, spokesperson, leader
    assert second == 0
    mails = [read_mail(path) for path in played.runtime.settings.outbox_dir.rglob("*.eml")]
    digests = [m for m in mails if str(m["Subject"]).startswith("Điểm tin")]
    assert len(digests) == 4
    body = digests[0].get_body(("plain",))
    assert body is not None
    assert "nước" in body.get_content()


def test_an_alert_mail_says_why_and_asks_for_one_thing(played: PlayedDay) -> None:
    mails = [read_mail(path) for path in played.runtime.settings.outbox_dir.rglob("*.eml")]
    urgent = [m for m in mails if "[Khẩn]" in str(m["Subject"])]
    assert urgent
    body = urgent[0].get_body(("plain",))
    assert body is not None
    assert "tiếp nhận" in body.get_content()


def read_mail(path: Path) -> email.message.EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def gold_by_document(played: PlayedDay) -> dict[str, str]:
    """Return the gold story of each stored document, by the item id at the end of its address."""
    from ledger.models import DocumentRow

    found: dict[str, str] = {}
    for pk, url in DocumentRow.objects.values_list("pk", "url"):
        for item_id, story in played.stories.items():
            if url.endswith(f"-{item_id}.html"):
                found[pk] = story
    return found
