"""The scheduler only ticks; what is due is decided by the ledger, so a restart misses nothing."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler

from langnghe.errors import LangNgheError, LedgerUnavailable
from ledger import boot, ingest, retention
from runtime.crawl_child import due_links, open_cursors, open_pushes, open_spool
from runtime.digests import send_due_digests
from runtime.feedback import renew_feedback
from runtime.imports import Imports
from runtime.process import Heartbeat
from runtime.replies import read_replies
from runtime.websub import due_steps
from runtime.wiring import Runtime

logger = logging.getLogger(__name__)

_CRAWL_TICK_S = 2
_DIGEST_TICK_S = 5
_FEEDBACK_TICK_S = 60
_REPLY_TICK_S = 15
_IMPORT_TICK_S = 1
_WEBSUB_TICK_S = 60
_BATCH_LIMIT = timedelta(minutes=15)
_IMPORT_LIMIT = timedelta(hours=2)


def crawl_tick(runtime: Runtime) -> None:
    """Start a crawl batch when a source is due or something waits for the ledger, and wait for its
    end; say when all was well.

    Raises LedgerUnavailable while the ledger is down and the spool is full.
    """
    settings = runtime.settings
    is_due = settings.crawl_enabled and _is_crawl_due(runtime)
    if not is_due or run_batch_child():
        Heartbeat(settings.data_dir / "run", "crawl").beat()


def _is_crawl_due(runtime: Runtime) -> bool:
    now, spool = runtime.clock.now(), open_spool(runtime.settings)
    try:
        has_pushes = open_pushes(runtime.settings).has_waiting()
        is_due = (
            has_pushes or spool.has_waiting() or ingest.has_due(now) or bool(due_links(runtime)[0])
        )
    except LedgerUnavailable:
        is_due = True
    if not is_due or boot.takes_writes():
        return is_due
    if spool.is_full():
        raise LedgerUnavailable("the ledger is down and the spool is full: the crawl pauses")
    return bool(open_cursors(runtime.settings).due(now, 1))


def run_batch_child() -> bool:
    """Read the due sources in a child process and return whether it ended well; one that hangs is
    ended, its sources stay due."""
    return _run_child("crawl", _BATCH_LIMIT)


def _run_child(name: str, limit: timedelta) -> bool:
    command = [sys.executable, "-m", "runtime.child", name]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
        try:
            code = child.wait(limit.total_seconds())
        except subprocess.TimeoutExpired:
            child.kill()
            logger.warning("%s took over %s and was ended", name, limit)
            return False
    if code:
        logger.error("%s ended with %s; what it left stays due", name, code)
    return code == 0


def websub_tick(runtime: Runtime) -> None:
    """Ask the hubs of feeds for pushes, renew or end it, in a child process."""
    if runtime.settings.crawl_enabled and due_steps(runtime):
        _run_child("websub", _BATCH_LIMIT)


def import_tick(runtime: Runtime) -> None:
    """Go on with the files that people import, in a child process; waits for its end."""
    if any(job.is_of_child for job in Imports(runtime.settings.data_dir).jobs()):
        _run_child("import", _IMPORT_LIMIT)


def old_imports_tick(runtime: Runtime) -> None:
    """Delete files that nobody decided on."""
    Imports(runtime.settings.data_dir).drop_old()


def retention_tick(runtime: Runtime) -> None:
    """Delete what is older than the office may keep, from the ledger and then from the index."""
    settings = runtime.settings
    gone = retention.delete_expired(
        runtime.clock.now(), social_days=settings.social_days, press_days=settings.press_days
    )
    if gone:
        runtime.store.delete(gone)
        retention.mark_unindexed(gone, runtime.clock.now())
        logger.info("retention: %d documents deleted", len(gone))


def digest_tick(runtime: Runtime) -> None:
    """Make the digests of the last periods for whoever wants and has not got them yet."""
    made = send_due_digests(runtime)
    if made:
        logger.info("digest: %d made", made)


def feedback_tick(runtime: Runtime) -> None:
    """Group what people complain of, suggest and ask into matters to answer."""
    opened = renew_feedback(runtime)
    if opened:
        logger.info("feedback: %d matters are new or open again", len(opened))


def reply_tick(runtime: Runtime) -> None:
    """Read the replies to alert mails, where the office has a mailbox for them."""
    taken = read_replies(runtime)
    if taken:
        logger.info("replies: %d alerts taken over", taken)


def ticks() -> dict[str, tuple[Callable[[Runtime], None], int]]:
    """Return every tick by name with its period in seconds of the wall clock."""
    return {
        "crawl": (crawl_tick, _CRAWL_TICK_S),
        "digest": (digest_tick, _DIGEST_TICK_S),
        "feedback": (feedback_tick, _FEEDBACK_TICK_S),
        "imports": (import_tick, _IMPORT_TICK_S),
        "old-imports": (old_imports_tick, 3600),
        "replies": (reply_tick, _REPLY_TICK_S),
        "retention": (retention_tick, 3600),
        "websub": (websub_tick, _WEBSUB_TICK_S),
    }


class Guarded:
    """A tick whose expected failure is said once, not on every tick, until it is over."""

    def __init__(self, name: str, tick: Callable[[Runtime], None]) -> None:
        self._name = name
        self._tick = tick
        self._trouble = ""

    def __call__(self, runtime: Runtime) -> None:
        """Tick; anything unexpected is raised and logged by the scheduler."""
        try:
            self._tick(runtime)
            self._trouble = ""
        except LangNgheError as error:
            if self._trouble != str(error):
                self._trouble = str(error)
                logger.warning("%s fails and is tried again: %s", self._name, error)


def main(runtime: Runtime, stop: Event) -> None:
    """Tick as a child of the supervisor until it says stop."""
    heartbeat = Heartbeat(runtime.settings.data_dir / "run", "schedule")
    scheduler = BackgroundScheduler(job_defaults={"coalesce": True, "max_instances": 1})
    for name, (tick, period_s) in ticks().items():
        guarded = Guarded(name, tick)
        scheduler.add_job(guarded, "interval", args=[runtime], seconds=period_s, id=name)
    scheduler.start()
    while not stop.wait(1.0):
        heartbeat.beat()
    scheduler.shutdown(wait=False)
