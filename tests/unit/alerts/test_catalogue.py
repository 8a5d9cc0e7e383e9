"""The catalogue of rule types says all, and nothing but, what the evaluators read."""

from __future__ import annotations

import inspect
import re

import pytest

from alerts import decide, stream, watch
from alerts.catalogue import KINDS, described, unit_value
from alerts.kinds import STORY_RULES
from alerts.model import RuleType
from alerts.rules import load_default_rules

_READ = re.compile(r'rule\.number\(\s*"(\w+)", (-?[\d_.]+)\s*\)')
_STREAM = {
    RuleType.SPIKE: stream.StreamWatch._spike,
    RuleType.TONE_SHIFT: stream.StreamWatch._tone_shift,
    RuleType.NEW_TERM: stream.StreamWatch._new_terms,
}


def _numbers_read(kind: RuleType) -> dict[str, float]:
    sources = []
    if kind in STORY_RULES:
        sources = [STORY_RULES[kind], decide._is_repeat_due]
    elif kind in _STREAM:
        sources = [_STREAM[kind], stream.StreamWatch.decide]
    elif kind is RuleType.ABSENCE:
        sources = [watch.absence_alerts]
    code = "".join(inspect.getsource(source) for source in sources)
    return {name: float(number) for name, number in _READ.findall(code)}


@pytest.mark.parametrize("kind", list(RuleType))
def test_every_number_that_a_type_reads_is_described_with_its_default(kind):
    described_numbers = {p.name: p.default for p in KINDS[kind].parameters}
    assert described_numbers == _numbers_read(kind)


def test_every_type_is_explained():
    assert set(KINDS) == set(RuleType)
    for kind in KINDS.values():
        assert kind.name and kind.explanation and kind.counterpart and kind.window


def test_the_shipped_rules_set_only_known_numbers_within_bounds():
    for rule in load_default_rules():
        known = {p.name: p for p in KINDS[rule.type].parameters}
        for name, number in rule.parameters.items():
            assert known[name].least <= number <= known[name].most, (rule.id, name)


def test_a_number_is_said_in_words():
    numbers = {p.name: p for p in KINDS[RuleType.FAST_STORY].parameters}
    assert described(numbers["negative_share"], 0.34) == "34 %"
    assert described(numbers["least_score"], -1.0) == "Hơi đáng lo trở lên"
    assert described(numbers["floor"], 50_000) == "50.000 tin"
    assert unit_value(numbers["negative_share"], 0.345) == 34.5
