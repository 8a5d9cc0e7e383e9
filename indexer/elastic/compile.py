"""From a query to Elasticsearch's query DSL, built piece by piece; never query_string."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from indexer.elastic.mapping import index_word, word_field
from indexer.value_words import filter_words
from langnghe.query import Query
from langnghe.query.ast import (
    And,
    Everything,
    Filter,
    Near,
    Node,
    Not,
    Or,
    Published,
    Words,
)
from langnghe.query.evaluate import FIELD_WEIGHTS, bounds
from langnghe.query.forms import Form, NearForm, forms, near_forms
from langnghe.query.scoring import scored_words
from langnghe.query.words import text_fields

Clause = dict[str, Any]


def compile_query(query: Query, now: datetime) -> Clause:
    """Return the DSL that finds the documents of ``query`` at ``now``, without scores."""
    return {"bool": {"filter": [_clause(query.root, now)]}}


def compile_scored(query: Query, now: datetime) -> Clause:
    """Return the DSL of ``query`` with the score of :func:`langnghe.query.evaluate.score`."""
    scored = [
        {
            "dis_max": {
                "queries": [
                    {
                        "constant_score": {
                            "filter": _any(_form(f, name) for f in forms(leaf)),
                            "boost": leaf.boost * FIELD_WEIGHTS[name],
                        }
                    }
                    for name in text_fields(leaf.field)
                ]
            }
        }
        for leaf in scored_words(query.root)
        if leaf.boost > 0
    ]
    return {"bool": {"filter": [_clause(query.root, now)], "should": scored}}


def _clause(node: Node, now: datetime) -> Clause:
    match node:
        case Words():
            fields = text_fields(node.field)
            return _any(_form(form, name) for form in forms(node) for name in fields)
        case Near():
            return _any(
                _near(form, name, node)
                for form in near_forms(node)
                for name in text_fields(node.field)
            )
        case Filter():
            return {"terms": {"x": list(filter_words(node))}}
        case Published():
            low, high = bounds(node, now)
            limits = {"gte": low, "lte": high}
            return {"range": {"second": {k: v for k, v in limits.items() if v is not None}}}
        case And():
            wanted = [c for c in node.children if not isinstance(c, Not)]
            unwanted = [c.child for c in node.children if isinstance(c, Not)]
            clause: Clause = {"filter": [_clause(c, now) for c in wanted]}
            if unwanted:
                clause["must_not"] = [_clause(c, now) for c in unwanted]
            return {"bool": clause}
        case Or():
            return _any(_clause(child, now) for child in node.children)
        case Not():
            return {"bool": {"must_not": [_clause(node.child, now)]}}
        case Everything():
            return {"match_all": {}}


def _any(clauses: Iterable[Clause]) -> Clause:
    found = list(clauses)
    if len(found) == 1:
        return found[0]
    return {"bool": {"should": found, "minimum_should_match": 1}}


def _form(form: Form, text_field: str) -> Clause:
    field = word_field(form.space, text_field)
    words = [index_word(word) for word in form.words]
    if form.is_prefix:
        return {"prefix": {field: {"value": words[0]}}}
    if len(words) == 1:
        return {"term": {field: {"value": words[0]}}}
    return {"match_phrase": {field: {"query": " ".join(words)}}}


def _near(form: NearForm, text_field: str, node: Near) -> Clause:
    field = word_field(form.space, text_field)
    return {
        "span_near": {
            "clauses": [_span(field, form.left), _span(field, form.right)],
            "slop": node.distance,
            "in_order": node.is_ordered,
        }
    }


def _span(field: str, words: tuple[str, ...]) -> Clause:
    terms: list[Clause] = [{"span_term": {field: {"value": index_word(word)}}} for word in words]
    if len(terms) == 1:
        return terms[0]
    return {"span_near": {"clauses": terms, "slop": 0, "in_order": True}}
