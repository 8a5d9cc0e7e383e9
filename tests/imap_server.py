"""A small IMAP server on loopback: as much of RFC 3501 as reading a folder needs."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Imap(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._send("* OK ready")
        while line := self.rfile.readline().decode():
            tag, command, *rest = line.strip().split(" ", 2)
            self.server.commands.append(line.strip())  # type: ignore[attr-defined]
            if not self._answer(tag, command.upper(), rest[0] if rest else ""):
                return

    def _answer(self, tag: str, command: str, rest: str) -> bool:
        mails: dict[int, bytes] = self.server.mails  # type: ignore[attr-defined]
        if command == "CAPABILITY":
            self._send("* CAPABILITY IMAP4rev1")
        elif command == "LOGIN" and "mat-khau" not in rest:
            self._send(f"{tag} NO wrong password")
            return True
        elif command in ("SELECT", "EXAMINE"):
            self._send(f"* {len(mails)} EXISTS")
            self._send(f"* OK [UIDVALIDITY {self.server.validity}] ok")  # type: ignore[attr-defined]
            self._send(f"{tag} OK [READ-ONLY] done")
            return True
        elif command == "UID" and rest.upper().startswith("SEARCH"):
            start = int(re.search(r"UID (\d+)", rest).group(1))  # type: ignore[union-attr]
            # A server answers "n:*" with the last mail even when nothing is new.
            found = [uid for uid in mails if uid >= start] or [max(mails, default=0)]
            self._send("* SEARCH " + " ".join(map(str, found)))
        elif command == "UID":
            uid = int(rest.split()[1])
            payload = mails[uid]
            self._send(f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(payload)}}}")
            self.wfile.write(payload)
            self._send(")")
        elif command == "LOGOUT":
            self._send(f"* BYE\r\n{tag} OK done")
            return False
        self._send(f"{tag} OK done")
        return True

    def _send(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class ImapServer(socketserver.ThreadingTCPServer):
    """A mailbox by uid whose password is "mat-khau"; ``commands`` is what it was asked."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, mails: dict[int, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Imap)
        self.mails = mails
        self.validity = 7
        self.commands: list[str] = []


@contextmanager
def imap_server(mails: dict[int, bytes]) -> Iterator[ImapServer]:
    """Serve ``mails`` until the end of the block."""
    server = ImapServer(mails)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
