"""Reading the mailbox over IMAP with TLS; mails are never deleted, a cursor says what was read."""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from langnghe.errors import ConfigError, FetchError

_TIMEOUT_S = 20
_MAX_MAILS = 50
MAX_BYTES = 15_000_000
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Mail:
    """One mail and the cursor after it."""

    payload: bytes
    cursor: str


def new_mails(
    name: str, url: str, cursor: str, password: str, *, max_bytes: int = MAX_BYTES
) -> Iterator[Mail]:
    """Yield the mails after ``cursor`` ("uidvalidity:uid"), oldest first, cut at ``max_bytes``.

    ``url`` is imaps://user@host[:port]/Folder; imap:// only to this machine; ``name`` is what
    errors call the mailbox. Blocks. Raises ConfigError for a wrong address, FetchError when the
    server does not answer as it should.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("imaps", "imap") or not parts.hostname or not parts.username:
        raise ConfigError(f"{name}: expected imaps://user@host/Folder")
    if parts.scheme == "imap" and parts.hostname not in _LOOPBACK:
        raise ConfigError(f"{name}: imap without TLS only to this machine")
    try:
        with _connected(parts.scheme, parts.hostname, parts.port) as box:
            box.login(unquote(parts.username), password)
            folder = unquote(parts.path.strip("/")) or "INBOX"
            if box.select(f'"{folder}"', readonly=True)[0] != "OK":
                raise FetchError(name, f"no folder {folder!r}")
            yield from _after(box, cursor, max_bytes)
    except (imaplib.IMAP4.error, OSError) as error:
        raise FetchError(name, f"IMAP: {str(error)[:200]}") from error


@contextlib.contextmanager
def _connected(scheme: str, host: str, port: int | None) -> Iterator[imaplib.IMAP4]:
    box: imaplib.IMAP4
    if scheme == "imaps":
        context = ssl.create_default_context()
        box = imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=_TIMEOUT_S)
    else:
        box = imaplib.IMAP4(host, port or 143, timeout=_TIMEOUT_S)
    try:
        yield box
    finally:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            box.logout()


def _after(box: imaplib.IMAP4, cursor: str, max_bytes: int) -> Iterator[Mail]:
    validity = _number(box.response("UIDVALIDITY")[1])
    known, _, last = cursor.partition(":")
    start = int(last) + 1 if known == str(validity) and last.isdigit() else 1
    _, found = box.uid("search", f"UID {start}:*")
    uids = sorted(int(uid) for uid in (found[0] or b"").split() if int(uid) >= start)
    for uid in uids[:_MAX_MAILS]:
        _, parts = box.uid("fetch", str(uid), f"(BODY.PEEK[]<0.{max_bytes}>)")
        payload = next((part[1] for part in parts if isinstance(part, tuple)), b"")
        yield Mail(payload, f"{validity}:{uid}")


def _number(values: list[object] | None) -> int:
    text = str(values[0]) if values and values[0] else "0"
    match = re.search(r"\d+", text)
    return int(match.group()) if match else 0
