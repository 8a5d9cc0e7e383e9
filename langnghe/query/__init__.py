"""The query language: one parser, one meaning, three evaluators.

``parse`` reads it, ``matches`` and ``RuleSet`` evaluate it in memory (alert rules), the stores in
:mod:`indexer` evaluate it over the whole index. docs/query-language.md is the user's guide.
"""

from langnghe.query.ast import Query
from langnghe.query.evaluate import matches
from langnghe.query.parser import parse
from langnghe.query.ruleset import RuleSet

__all__ = ["Query", "RuleSet", "matches", "parse"]
