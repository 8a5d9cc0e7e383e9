"""Which rules' queries find a document; the language and its engine are langnghe.query's."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from alerts.model import Rule
from langnghe.analysis import AnalysedDocument
from langnghe.errors import QueryError
from langnghe.query import Query, RuleSet, parse

logger = logging.getLogger(__name__)


class RuleMatcher:
    """All queries of a rule set, tried at once against one document.

    A stored query that a later version no longer understands finds nothing and is logged; it must
    not keep the other rules from alerting.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        parsed = list(_parsed(rules))
        self._ids = [rule_id for rule_id, _ in parsed]
        self._set = RuleSet([query for _, query in parsed])

    def match(self, item: AnalysedDocument, now: datetime) -> tuple[str, ...]:
        """Return the ids of the rules whose query finds ``item``."""
        if not self._ids:
            return ()
        return tuple(self._ids[index] for index in self._set.match(item, now))


def _parsed(rules: Sequence[Rule]) -> Iterator[tuple[str, Query]]:
    for rule in rules:
        if not rule.query.strip():
            continue
        try:
            yield rule.id, parse(rule.query)
        except QueryError as error:
            logger.warning("rule %s finds nothing until its query is mended: %s", rule.id, error)
