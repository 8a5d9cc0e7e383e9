"""faults.md A1 for mails: killed at each point of sending, nothing is lost, at most one repeat."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.delivery_worker import POINTS
from tests.integration.alerts.conftest import post  # noqa: F401 - the fixture
from tests.integration.alerts.test_outbox import intent, open_

ROOT = Path(__file__).resolve().parents[2]
LEASE_IS_OVER_S = 300


def deliver(settings, port, point, seconds):
    environ = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "tests.faults.delivery_worker"]
    arguments = [str(settings.data_dir), str(port), point, str(seconds)]
    return subprocess.run([*command, *arguments], cwd=ROOT, env=environ, check=False).returncode


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_loses_nothing_and_repeats_at_most_once(ledger_sqlite, post, point):  # noqa: F811
    from ledger.deliveries import outbox_health

    box, port = post
    open_(intent())
    assert deliver(ledger_sqlite, port, point, 0) == -signal.SIGKILL
    assert deliver(ledger_sqlite, port, "", LEASE_IS_OVER_S) == 0
    repeated = point in ("after-send", "before-mark")
    assert len(box.mails) == 1 + repeated
    assert len({mail["Message-ID"] for mail in box.mails}) == 1
    assert (outbox_health().waiting, outbox_health().dead) == (0, 0)


@pytest.mark.faults
def test_a_hundred_random_kills(ledger_sqlite, post):  # noqa: F811
    box, port = post
    dice = random.Random(7)
    alerts = 25
    open_(*(intent(id=f"a{k}", story_id=f"s{k}") for k in range(alerts)))
    kills = 0
    for run in range(100):
        point = dice.choice(POINTS)
        kills += deliver(ledger_sqlite, port, point, run * LEASE_IS_OVER_S) != 0
    for run in range(100, 110):
        deliver(ledger_sqlite, port, "", run * LEASE_IS_OVER_S)
    ids = [mail["Message-ID"] for mail in box.mails]
    assert len(set(ids)) == alerts
    assert len(ids) - alerts <= kills
