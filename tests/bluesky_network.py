"""A real Bluesky server on loopback for tests: npm's @atproto/dev-env, where it is installed.

``make bluesky-network`` installs it into a cache folder (LANGNGHE_TEST_BLUESKY_DIR). With a
PostgreSQL and a Redis to write into (LANGNGHE_TEST_POSTGRES_URL, LANGNGHE_TEST_REDIS), the
application view runs too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

_SCRIPT = Path(__file__).parent / "bluesky" / "network.cjs"
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "langnghe" / "bluesky"
_POST = "app.bsky.feed.post"


def missing() -> str:
    """Return why there is no server to test against, "" where there is one."""
    if shutil.which("node") is None:
        return "Node is not installed"
    if not (folder() / "node_modules" / "@atproto" / "dev-env").is_dir():
        return "@atproto/dev-env is not installed: make bluesky-network"
    return ""


def folder() -> Path:
    """Return where npm installed the server."""
    return Path(os.environ.get("LANGNGHE_TEST_BLUESKY_DIR") or _CACHE)


@dataclass
class Account:
    """Somebody who posts."""

    did: str
    handle: str
    token: str = field(repr=False)


@dataclass
class Network:
    """The addresses of a running server and what a person's program asks of it."""

    pds: str
    view: str
    process: subprocess.Popen[str]
    _roots: dict[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def ports(self) -> list[int]:
        """The loopback ports."""
        return [port for url in (self.pds, self.view) if (port := urlsplit(url).port)]

    def join(self, name: str) -> Account:
        """Open an account."""
        made = self._ask(
            "com.atproto.server.createAccount",
            {"handle": f"{name}.test", "email": f"{name}@example.test", "password": "mat-khau-thu"},
        )
        return Account(made["did"], made["handle"], made["accessJwt"])

    def post(
        self, account: Account, text: str, *, answer_to: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Post, and return the post's URI and CID."""
        record: dict[str, Any] = {
            "$type": _POST,
            "text": text,
            "createdAt": _written(datetime.now(UTC)),
        }
        if answer_to:
            root = self._roots.get(answer_to["uri"], answer_to)
            record["reply"] = {"root": root, "parent": answer_to}
        made = self._ask(
            "com.atproto.repo.createRecord",
            {"repo": account.did, "collection": _POST, "record": record},
            account,
        )
        told = {"uri": str(made["uri"]), "cid": str(made["cid"])}
        if answer_to:
            self._roots[told["uri"]] = root
        return told

    def post_many(self, account: Account, posts: Sequence[tuple[str, datetime]]) -> None:
        """Post many texts in the given order, as a person's program does after a holiday."""
        writes = [
            {
                "$type": "com.atproto.repo.applyWrites#create",
                "collection": _POST,
                "value": {"$type": _POST, "text": text, "createdAt": _written(at)},
            }
            for text, at in posts
        ]
        for start in range(0, len(writes), 100):
            part = writes[start : start + 100]
            self._ask(
                "com.atproto.repo.applyWrites", {"repo": account.did, "writes": part}, account
            )

    def delete(self, account: Account, post: Mapping[str, str]) -> None:
        """Take a post back."""
        key = post["uri"].rpartition("/")[2]
        asked = {"repo": account.did, "collection": _POST, "rkey": key}
        self._ask("com.atproto.repo.deleteRecord", asked, account)

    def settle(self) -> None:
        """Wait until the application view knows everything."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("settle\n")
        self.process.stdin.flush()
        _line(self.process.stdout, "SETTLED")

    def _ask(self, method: str, body: object, account: Account | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if account:
            headers["Authorization"] = f"Bearer {account.token}"
        request = urllib.request.Request(
            f"{self.pds}/xrpc/{method}", json.dumps(body).encode(), headers
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return dict(json.loads(answer.read() or b"{}"))


@contextmanager
def bluesky_network() -> Iterator[Network]:
    """Run a server until the block ends."""
    environ = {**os.environ, "NODE_PATH": str(folder() / "node_modules"), "LOG_ENABLED": "false"}
    postgres = os.environ.get("LANGNGHE_TEST_POSTGRES_URL", "")
    redis = os.environ.get("LANGNGHE_TEST_REDIS", "")
    if postgres and redis:
        environ |= {"DB_POSTGRES_URL": postgres, "REDIS_HOST": redis}
    with subprocess.Popen(
        ["node", str(_SCRIPT)],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        told = json.loads(_line(process.stdout, "NETWORK "))
        # "localhost" is refused by the crawler as any private name is; the number is excepted.
        pds, view = (told[name].replace("localhost", "127.0.0.1") for name in ("pds", "view"))
        try:
            yield Network(pds, view, process)
        finally:
            process.kill()


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _line(stream: IO[str], beginning: str) -> str:
    for line in stream:
        if line.startswith(beginning):
            return line.removeprefix(beginning)
    raise RuntimeError("the server ended before it was ready")
