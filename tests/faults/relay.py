"""A loopback relay before a database server, which a test may cut without touching the server."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Relay:
    """Passes connections on to ``server``; cut, it has ended all of them and refuses new ones."""

    def __init__(self, server: tuple[str, int]) -> None:
        self._server = server
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._commits_left: int | None = None
        self.port = 0
        self.restore()

    @property
    def is_cut(self) -> bool:
        return self._listener is None

    def restore(self) -> None:
        """Take connections (again), on the same port."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """End all connections and refuse new ones."""
        with self._lock:
            listener, self._listener = self._listener, None
            ended, self._open = self._open, set()
        for one in (*ended, *((listener,) if listener else ())):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def cut_at_commit(self, number: int) -> None:
        """Cut once the ``number``-th commit from now has gone to the server, before its answer."""
        self._commits_left = number

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
                server = socket.create_connection(self._server)
            except OSError:
                return
            with self._lock:
                self._open |= {client, server}
            for pair in ((client, server), (server, client)):
                threading.Thread(
                    target=self._pump, args=(*pair, pair[0] is client), daemon=True
                ).start()

    def _pump(self, come: socket.socket, go: socket.socket, is_request: bool) -> None:
        with contextlib.suppress(OSError):
            while part := come.recv(1 << 16):
                if is_request and self._is_last_commit(part):
                    self._lose_the_answer(go, part)
                    return
                go.sendall(part)
        for end in (come, go):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _is_last_commit(self, part: bytes) -> bool:
        if self._commits_left is None or b"COMMIT" not in part:
            return False
        self._commits_left -= 1
        return self._commits_left <= 0

    def _lose_the_answer(self, server: socket.socket, part: bytes) -> None:
        """Let the server commit, and its client never hear of it."""
        self._commits_left = None
        with self._lock:
            self._open.discard(server)
        self.cut()
        with server:
            server.sendall(part)
            server.shutdown(socket.SHUT_WR)
            server.settimeout(10)
            while server.recv(1 << 16):  # until the server has done it and closed
                continue


@contextmanager
def relayed(host: str, port: int) -> Iterator[Relay]:
    """Run a relay before a server."""
    relay = Relay((host, port))
    try:
        yield relay
    finally:
        relay.cut()
