"""faults.md A1 for a declared crisis: killed at each commit of its life, it is told of once."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from tests.contract.ledger.samples import NOW
from tests.faults.forked import died, fork
from tests.integration.alerts.test_declared_crisis import HOUR, WATER, opens, subjects
from tests.integration.alerts.test_desk import desk, service

__all__ = ["service"]


def killed_at_each_commit(step: Callable[[], object]) -> int:
    """Take a step again and again, killed before and after each of its commits in turn, until it
    comes to its end; return the kills."""

    def role() -> None:
        step()

    kills = 0
    for number in itertools.count(1):
        deaths = [died(fork(role, (number, moment))) for moment in ("before", "after")]
        kills += sum(deaths)
        if not any(deaths):
            return kills
    raise AssertionError


def test_a_crisis_killed_at_each_commit_is_told_of_once_at_each_turn(service):
    from ledger import audit, crises

    def watch() -> None:
        desk(service).watch()

    def told() -> None:
        assert killed_at_each_commit(watch) >= 4
        desk(service).deliver()

    assert killed_at_each_commit(lambda: crises.declare(WATER, NOW)) >= 2
    (known,) = crises.running_crises(NOW)
    told()
    opens(desk(service))
    service.clock.moment = NOW + 4 * HOUR
    told()
    service.clock.moment += timedelta(minutes=10)
    killed_at_each_commit(lambda: crises.end(known.number, "truong.vp", service.clock.now()))
    told()
    assert Counter(subjects(service)) == {
        "[Khẩn] Khủng hoảng: Sự cố nước Lam Thành": 1,
        "[Khẩn] Diễn biến: Khủng hoảng: Sự cố nước Lam Thành": 1,
        "[Khẩn] Kết thúc: Khủng hoảng: Sự cố nước Lam Thành": 1,
        "[Chú ý] 23 trẻ nhập viện sau bữa trưa": 1,
    }
    done = Counter(entry.action for entry in audit.entries(50))
    assert (done["crisis.declare"], done["crisis.end"]) == (1, 1)
    assert audit.verify().is_intact
