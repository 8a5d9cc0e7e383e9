"""Which words of a query count for the relevance of a document."""

from __future__ import annotations

from langnghe.query.ast import And, Node, Or, Words


def scored_words(node: Node) -> list[Words]:
    """Return the words and phrases that count for the score: none below NOT or in a NEAR."""
    if isinstance(node, Words):
        return [node]
    if isinstance(node, And | Or):
        return [leaf for child in node.children for leaf in scored_words(child)]
    return []
