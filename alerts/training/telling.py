"""Sets how readily stories are told of: the highest bias with which replayed weeks keep a budget.

What counts is what a mailbox gets, raised levels and further news included, so that the weeks are
replayed by the engine itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from alerts.crisis import Scale
from alerts.engine import AlertEngine
from alerts.model import Action, Rule
from alerts.severity import Seriousness, SeverityJudge
from alerts.training.labels import KEY, Level
from alerts.training.stories import Batch
from langnghe.analysis import AnalysedDocument
from langnghe.profile import Profile

A_DAY = 18.6
"""The messages a day of the tuned weeks, which are about a fifth louder than the weeks of the gate,
which has room for fifteen."""
ON_NOTHING = 0.1
"""The largest share of messages whose read reports are all of level 0."""
LOWEST, HIGHEST, STEPS = -6.0, 4.0, 9


@dataclass(frozen=True)
class Told:
    """What replayed weeks would have told: messages a day, their share about nothing, recall."""

    a_day: float
    on_nothing: float
    recall: float


class Remembering(SeverityJudge):
    """A judge that reads each report once, however often its week is replayed."""

    def __init__(self, judge: SeverityJudge) -> None:
        self._judge = judge
        self._known: dict[str, Seriousness] = {}

    def judge(self, item: AnalysedDocument) -> Seriousness:
        """Return how serious ``item`` is."""
        key = item.document.id
        if key not in self._known:
            self._known[key] = self._judge.judge(item)
        return self._known[key]


def highest_within(told_at: Callable[[float], Told], a_day: float) -> tuple[float, Told]:
    """Return the highest value with at most ``a_day`` messages and ON_NOTHING, and what is told.

    Raises ValueError where none does.
    """
    lowest, highest = LOWEST, HIGHEST
    best: tuple[float, Told] | None = None
    for _ in range(STEPS):
        value = round((lowest + highest) / 2, 3)
        told = told_at(value)
        if told.a_day <= a_day and told.on_nothing <= ON_NOTHING:
            lowest, best = value, (value, told)
        else:
            highest = value
    if best is None:
        raise ValueError("no value keeps the budgets of alerts")
    return best


def telling(
    weeks: Sequence[Sequence[Batch]],
    levels: Mapping[str, Level],
    rules: Sequence[Rule],
    judge: SeverityJudge,
    scale: Scale,
) -> Told:
    """Return what the engine tells over ``weeks`` of seven days, each begun without memory."""
    wanted = {level.story for level in levels.values() if level.level >= 2}
    reached: set[str] = set()
    messages = judged = about_nothing = 0
    for week in weeks:
        for documents in _messages(week, rules, judge, scale):
            messages += 1
            known = [levels[key] for document in documents if (key := document[:KEY]) in levels]
            reached |= {level.story for level in known} & wanted
            judged += bool(known)
            about_nothing += bool(known) and not any(level.level for level in known)
    return Told(
        messages / (7 * len(weeks)), about_nothing / max(judged, 1), len(reached) / len(wanted)
    )


def _messages(
    week: Sequence[Batch], rules: Sequence[Rule], judge: SeverityJudge, scale: Scale
) -> Iterable[tuple[str, ...]]:
    engine = AlertEngine(rules, Profile(), judge=judge, scale=scale)
    for now, items, change in week:
        for intent in engine.observe(items, change, now):
            if intent.action is not Action.HOLD:
                yield intent.alert.document_ids
