"""A process that loads the parsers once; the limited workers are forked from it.

To load the parsers takes a third of a second, and a batch has several workers and may lose some.

1. Who asks for the first worker starts the nursery (this module as a program). It loads the
   parsers, tells on its standard error why if it cannot, has one thread and its socket, and never
   sees others' input.
2. For a worker the crawl makes two pipes and sends the worker's ends over the socket. The nursery
   forks, lets go of them and answers with the worker's number.
3. The worker lets go of the socket and serves (crawlers.workers), with nothing but its pipes.
4. A worker that ended stays unburied until the crawl asks how, so that meanwhile its number means
   nobody else and may be killed.
5. The nursery ends when its socket does; the workers end when their pipes do.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

_MESSAGE = struct.Struct("=ci")
_FORK, _STATUS = b"f", b"s"


@dataclass(frozen=True)
class Nursling:
    """A running worker and the crawl's ends of its pipes."""

    number: int
    requests: IO[bytes]
    answers: IO[bytes]


class Nursery:
    """Starts workers that have the parsers loaded; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def fork(self) -> Nursling:
        """Return a new worker; raises OSError where none can be started, which is
        no fault of the input."""
        requests, requested = os.pipe()
        answered, answers = os.pipe()
        try:
            with self._lock:
                self._start()
                number = self._ask(_FORK, 0, [requests, answers])
        except BaseException:
            os.close(requested)
            os.close(answered)
            raise
        finally:
            os.close(requests)
            os.close(answers)
        return Nursling(number, os.fdopen(requested, "wb"), os.fdopen(answered, "rb"))

    def bury(self, worker: Nursling) -> int:
        """Wait for the end of ``worker`` and return its exit code, as Popen gives it."""
        try:
            with self._lock:
                return self._ask(_STATUS, worker.number)
        except ConnectionError:
            return -signal.SIGKILL

    def close(self) -> None:
        """End the nursery; its workers are buried before."""
        with self._lock:
            self._end()

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self._end()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "crawlers.nursery"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
            )
        self._socket = ours

    def _end(self) -> None:
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            self._process.wait()
        self._socket = self._process = None

    def _ask(self, what: bytes, number: int, descriptors: list[int] | None = None) -> int:
        try:
            if self._socket is None:
                raise EOFError
            socket.send_fds(self._socket, [_MESSAGE.pack(what, number)], descriptors or [])
            answer = self._socket.recv(_MESSAGE.size)
            if not answer:
                raise EOFError
        except (OSError, EOFError) as error:
            raise ConnectionError("the parsers' process ended") from error
        return int(_MESSAGE.unpack(answer)[1])


def run(control: socket.socket, serve: Callable[[int, int], None]) -> None:
    """Fork workers that ``serve`` two descriptors, and tell how they ended, until ``control``
    closes."""
    gc.freeze()  # what is loaded stays shared with the workers, and is not looked through again
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _MESSAGE.size, 2)
        if not message:
            return
        what, number = _MESSAGE.unpack(message)
        if what == _FORK:
            number = os.fork()
            if not number:
                with contextlib.suppress(BaseException):
                    _leave(control)
                    serve(*descriptors)
                os._exit(0)
            for descriptor in descriptors:
                os.close(descriptor)
        else:
            with contextlib.suppress(ChildProcessError):
                number = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
        control.send(_MESSAGE.pack(what, number))


def _leave(control: socket.socket) -> None:
    """Let go of the socket, which is the standard input; nothing to read takes its place."""
    control.close()
    os.open(os.devnull, os.O_RDONLY)


def _main() -> None:
    import crawlers.tasks  # noqa: F401 - loaded before the first fork
    from crawlers.workers import serve

    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - the parsers' noise about others' input
        os.dup2(nowhere.fileno(), 2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    run(socket.socket(fileno=0), serve)


if __name__ == "__main__":
    _main()
