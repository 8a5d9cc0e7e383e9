"""Which rules' queries find a document; the language and its engine are langnghe.query's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.model import Rule
from langnghe.analysis import AnalysedDocument
from langnghe.query import RuleSet, parse


class RuleMatcher:
    """All queries of a rule set, tried at once against one document."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._ids = [rule.id for rule in rules if rule.query.strip()]
        self._set = RuleSet([parse(rule.query) for rule in rules if rule.query.strip()])

    def match(self, item: AnalysedDocument, now: datetime) -> tuple[str, ...]:
        """Return the ids of the rules whose query finds ``item``."""
        if not self._ids:
            return ()
        return tuple(self._ids[index] for index in self._set.match(item, now))
