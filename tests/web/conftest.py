"""A room over a small ledger: a frozen clock, the reference store, one member of each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from indexer.memory import MemoryStore
from langnghe.document import Document
from langnghe.profile import Department, Person, Profile
from langnghe.settings import Settings
from tests.contract.ledger.samples import NOW, analysis, article, links, post

BACKEND = "django.contrib.auth.backends.ModelBackend"
SECRET_TEXT = "Nguyên văn bí mật không bao giờ hiện trên màn hình"
HEALTH, WATER = "Sở Y tế", "Sở Nông nghiệp và Môi trường"


@dataclass
class FrozenClock:
    """A clock that a test moves by hand."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment


@dataclass
class FakeRuntime:
    """What the room needs of the composition root."""

    settings: Settings
    clock: FrozenClock = field(default_factory=FrozenClock)
    store: MemoryStore = field(default_factory=MemoryStore)
    profile: Profile = field(
        default_factory=lambda: Profile(
            office="Văn phòng thử",
            communes=("phường Lam Thành", "xã Hòa Khê"),
            departments=(
                Department(HEALTH, topics=("y_te",)),
                Department(WATER, topics=("moi_truong_thien_tai",)),
            ),
        )
    )


@dataclass
class Room:
    """The room under test and the ways to fill it."""

    runtime: FakeRuntime

    @property
    def now(self) -> datetime:
        return self.runtime.clock.now()

    def take_in(self, *docs: Document, story: str = "", **labels: Any) -> None:
        """Ingest, analyse and index ``docs``, into one story where it is named."""
        from langnghe.story import StoryChange
        from ledger import analyses, documents, ingest, work

        ingest.record_ingest(list(docs), self.now)
        items = work.claim(work.Stage.ANALYSE, 500, self.now, 60, "test")
        by_id = {doc.id: doc for doc in documents.load_documents([i.document_id for i in items])}
        found = [analysis(by_id[i.document_id], **labels) for i in items]
        change = links(story, docs) if story else StoryChange()
        analyses.record_analyses(items, found, change, self.now)
        self.runtime.store.put(documents.load_analysed([doc.id for doc in docs]))

    def open_alert(self, **changes: Any) -> str:
        """Open an alert about story s1 and return its id."""
        from alerts.model import Action, Alert, AlertIntent
        from ledger import alerts

        alert = Alert(
            id="a-1",
            rule_id="nghiem-trong",
            story_id="s1",
            level=3,
            title="Nước máy nhiễm dầu",
            reasons=("12 tin trong 2 giờ, thường ngày 1",),
            opened_at=self.now,
            first_report_at=self.now,
            document_ids=("doc-0001",),
            outlets=("Báo A",),
            topic="moi_truong_thien_tai",
            places=("phường Lam Thành",),
        )
        alerts.open_alerts(
            [AlertIntent(Action.OPEN, replace(alert, **changes), "")], _none, self.now
        )
        return str(changes.get("id", alert.id))

    def member(
        self, role: str, departments: Sequence[str] = (), communes: Sequence[str] = ()
    ) -> str:
        """Add a member of ``role`` and return the user name."""
        from ledger import users

        name = f"{role}-{len(users.members())}@lam-giang.example"
        person = Person(role, name, role, tuple(departments), tuple(communes))
        return users.save_member(person, "test", self.now).username

    def client(self, username: str, *, second_factor: bool = True, **options: Any) -> Client:
        """Return a browser in which ``username`` is signed in."""
        from django.contrib.auth.models import User
        from django_otp import DEVICE_ID_SESSION_KEY
        from django_otp.plugins.otp_totp.models import TOTPDevice

        client = Client(**options)
        user = User.objects.get(username=username)
        client.force_login(user, backend=BACKEND)
        if second_factor:
            device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=True)
            session = client.session
            session[DEVICE_ID_SESSION_KEY] = device.persistent_id
            session.save()
        return client

    def as_role(self, role: str, **limits: Any) -> Client:
        """Return a browser of a fresh member of ``role``."""
        return self.client(self.member(role, **limits))


def _none(intent: object) -> list[Any]:
    return []


@pytest.fixture
def room(ledger_sqlite: Settings) -> Iterator[Room]:
    """An empty room."""
    from web import room as web_room

    runtime = FakeRuntime(replace(ledger_sqlite, secret_key="khoa-thu-nghiem-" * 5))
    web_room.use(runtime)  # type: ignore[arg-type]
    yield Room(runtime)
    web_room.use(None)


@pytest.fixture
def stocked(room: Room) -> Room:
    """A room with three articles and a post in a story, a source and an open alert."""
    from langnghe.source import Source, SourceKind
    from ledger import sources

    sources.seed_sources(
        [Source("bao-a", "Báo A", "Báo A", SourceKind.FEED, "https://bao-a.example/rss")], room.now
    )
    docs = [article(n, text=SECRET_TEXT + "." * n) for n in (1, 2, 3)]
    room.take_in(*docs, post(1), story="s1")
    room.open_alert()
    return room


@pytest.fixture
def browse() -> Callable[[Client, str], str]:
    """Open an address and return the page; the answer must be 200."""

    def run(client: Client, url: str) -> str:
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        return answer.content.decode()

    return run
