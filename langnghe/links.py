"""Addresses of the room's pages, for mails and messages; the room's own tests hold them true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode


@dataclass(frozen=True)
class RoomLinks:
    """Absolute addresses under the room's public address."""

    base_url: str

    def room(self) -> str:
        """The board."""
        return self._at("/")

    def documents(
        self,
        *,
        query: str = "",
        seen_from: datetime | None = None,
        seen_to: datetime | None = None,
        **filters: str,
    ) -> str:
        """A list of documents; with ``seen_from`` and ``seen_to`` it is frozen: it never grows."""
        values = {"q": query, **filters}
        if seen_from is not None:
            values["seen_from"] = seen_from.isoformat()
        if seen_to is not None:
            values["seen_to"] = seen_to.isoformat()
        given = {name: value for name, value in values.items() if value}
        return self._at("/tin/") + ("?" + urlencode(given) if given else "")

    def story(self, story_id: str) -> str:
        """One story's page."""
        return self._at(f"/vu-viec/{story_id}/")

    def alert(self, alert_id: str) -> str:
        """One alert's page."""
        return self._at(f"/canh-bao/{alert_id}/")

    def crisis(self, number: int) -> str:
        """One declared crisis' page."""
        return self._at(f"/khung-hoang/{number}/")

    def alerts(self) -> str:
        """The alerts."""
        return self._at("/canh-bao/")

    def acknowledge(self, token: str) -> str:
        """The page that asks for confirmation before an alert is acknowledged from a mail."""
        return self._at(f"/tiep-nhan/{token}/")

    def push_callback(self, token: str) -> str:
        """Where the hub of a feed asks and pushes."""
        return self._at(f"/websub/{token}/")

    def sources(self) -> str:
        """The sources with their health."""
        return self._at("/nguon/")

    def digest_choice(self) -> str:
        """Where a reader chooses which digests to get, and of what."""
        return self._at("/diem-tin/chon/")

    def feedback(self, *, asked_often: bool = False) -> str:
        """The feedback to answer, or what of it many ask about."""
        return self._at("/gop-y/" + ("?state=hoi-nhieu" if asked_often else ""))

    def clocks(self) -> str:
        """The response clocks."""
        return self._at("/han-phan-hoi/")

    def claims(self) -> str:
        """The claims that need checking."""
        return self._at("/kiem-chung/")

    def one_time(self, token: str) -> str:
        """The page on which the first administrator, or an invited person, sets a password."""
        return self._at(f"/bat-dau/{token}/")

    def _at(self, path: str) -> str:
        return self.base_url.rstrip("/") + path
