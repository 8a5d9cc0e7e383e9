"""Parsers in worker processes with limits: hostile input costs one worker, never the crawl.

How a task runs:

1. A thread of the crawl takes a free slot and, if needed, starts its worker: a fork of a process
   that has the parsers loaded, with no descriptors but its pipes (crawlers.nursery).
2. The request goes over the pipe: the task's name, its arguments and its limits.
3. The worker sets its address space limit and a CPU timer whose signal ends it (SIGPROF with its
   default action works inside C code, where a Python handler would wait), then runs the task.
4. The answer comes back; or the pipe ends, and the exit status tells which limit was met.
5. A dead worker is replaced at the next task in its slot.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import resource
import select
import signal
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from crawlers.nursery import Nursery, Nursling
from langnghe.errors import LangNgheError

_HEADER = struct.Struct(">Q")
_PAGE = resource.getpagesize()
_RECYCLE_AFTER = 3000


@dataclass(frozen=True)
class Limits:
    """What one task may use beyond what the idle worker holds."""

    cpu_s: float = 5.0
    wall_s: float = 20.0
    memory_bytes: int = 400_000_000


FEED_LIMITS = Limits(cpu_s=2.0, wall_s=15.0, memory_bytes=100_000_000)
PAGE_LIMITS = Limits(cpu_s=5.0, wall_s=20.0, memory_bytes=400_000_000)


class WorkerLimit(LangNgheError):
    """A task met a limit and its worker was ended; the input is to be quarantined."""

    code = "invalid-document"


class Workers:
    """A fixed number of limited worker processes; thread-safe; a context manager."""

    def __init__(self, count: int) -> None:
        self._nursery = Nursery()
        self._slots: queue.Queue[_Worker] = queue.Queue()
        for _ in range(max(1, count)):
            self._slots.put(_Worker(self._nursery))
        self._count = max(1, count)

    def run(self, task: str, limits: Limits, *args: Any, **options: Any) -> Any:
        """Return what ``task`` (a key of TASKS) answers; blocks.

        Raises the LangNgheError that the task raised, or WorkerLimit.
        """
        worker = self._slots.get()
        try:
            return worker.run(task, limits, args, options)
        finally:
            self._slots.put(worker)

    def close(self) -> None:
        """End all workers."""
        for _ in range(self._count):
            self._slots.get().stop()
        self._nursery.close()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Worker:
    """One slot and the process that fills it at the moment."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self._process: Nursling | None = None
        self._served = 0

    def run(self, task: str, limits: Limits, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        process = self._started()
        try:
            _send(process.requests, (task, limits, args, options))
            answer = _receive(process.answers.fileno(), time.monotonic() + limits.wall_s)
        except (EOFError, BrokenPipeError, ConnectionError):
            raise WorkerLimit(self._obituary(limits)) from None
        except TimeoutError:
            self.stop()
            raise WorkerLimit(f"stopped after {limits.wall_s:g} s") from None
        is_ok, value = answer
        if is_ok:
            return value
        if isinstance(value, MemoryError):
            self.stop()
            raise WorkerLimit(f"needs more than {limits.memory_bytes // 1_000_000} MB")
        raise value

    def stop(self) -> None:
        """End the worker, whatever it does."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.number, signal.SIGKILL)
            self._bury()

    def _started(self) -> Nursling:
        if self._process is not None and (
            self._served >= _RECYCLE_AFTER or _has_ended(self._process)
        ):
            self.stop()
        if self._process is None:
            self._served = 0
            self._process = self._nursery.fork()
        self._served += 1
        return self._process

    def _bury(self) -> int:
        process, self._process = self._process, None
        assert process is not None
        for pipe in (process.requests, process.answers):
            with contextlib.suppress(OSError):
                pipe.close()
        return self._nursery.bury(process)

    def _obituary(self, limits: Limits) -> str:
        status = self._bury()
        if status == -signal.SIGPROF:
            return f"stopped after {limits.cpu_s:g} s of CPU"
        if status in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV):
            return f"parser ended by {signal.Signals(-status).name}: too large or broken input"
        return f"parser ended with status {status}"


def _has_ended(process: Nursling) -> bool:
    """Whether an idle worker is gone: nothing but the end can wait in its pipe."""
    return bool(select.select([process.answers], [], [], 0)[0])


def _send(pipe: IO[bytes], message: Any) -> None:
    payload = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    pipe.write(_HEADER.pack(len(payload)))
    pipe.write(payload)
    pipe.flush()


def _receive(descriptor: int, deadline: float | None = None) -> Any:
    size = _HEADER.unpack(_read(descriptor, _HEADER.size, deadline))[0]
    return pickle.loads(_read(descriptor, size, deadline))  # noqa: S301 - our own worker


def _read(descriptor: int, size: int, deadline: float | None) -> bytes:
    """Read exactly ``size`` bytes; raises EOFError or TimeoutError."""
    parts = []
    while size > 0:
        if deadline is not None:
            wait = max(0.0, deadline - time.monotonic())
            if not select.select([descriptor], [], [], wait)[0]:
                raise TimeoutError
        part = os.read(descriptor, min(size, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def serve(requests: int, answers: int) -> None:
    """Answer what comes over ``requests`` until it closes: the worker's side."""
    from crawlers.tasks import TASKS

    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(answers, "wb") as pipe:
        while True:
            try:
                task, limits, args, options = _receive(requests)
            except EOFError:
                return
            _send(pipe, _limited(TASKS[task], limits, args, options))


def _limited(
    task: Callable[..., Any], limits: Limits, args: tuple[Any, ...], options: dict[str, Any]
) -> tuple[bool, Any]:
    with open("/proc/self/statm") as statm:  # noqa: PTH123 - a hot path
        held = int(statm.read().split()[0]) * _PAGE
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (held + limits.memory_bytes, hard))
    signal.setitimer(signal.ITIMER_PROF, limits.cpu_s)
    try:
        return True, task(*args, **options)
    except MemoryError:
        return False, MemoryError()
    except LangNgheError as error:
        return False, error
    except Exception as error:  # noqa: BLE001 - hostile input may raise anything in a parser
        return False, WorkerLimit(f"{type(error).__name__}: {str(error)[:200]}")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
