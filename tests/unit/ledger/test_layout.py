"""The shape of the ledger itself: what may never be asked of it (responsible-use.md 1 and 3)."""

from __future__ import annotations

import django
import pytest
from django.apps import apps

FORBIDDEN = ("politic", "religion", "ethnic", "sexual", "gender", "follower", "friend", "score_of")


@pytest.fixture(scope="module")
def columns() -> list[tuple[str, str, bool]]:
    """(table, column, is the first of an index) of every table of ours."""
    django.setup()
    found = []
    for model in apps.get_app_config("ledger").get_models():
        first = {index.fields[0].lstrip("-") for index in model._meta.indexes if index.fields}
        for field in model._meta.get_fields():
            if hasattr(field, "column"):
                is_first = field.name in first or getattr(field, "db_index", False)
                found.append((model.__name__, field.name, is_first))
    return found


def test_authors_are_a_pseudonym_on_the_document_alone(
    columns: list[tuple[str, str, bool]],
) -> None:
    about = {(table, column) for table, column, _ in columns if "author" in column}
    assert about == {("DocumentRow", "author_key")}


def test_there_is_no_index_to_look_an_author_up(columns: list[tuple[str, str, bool]]) -> None:
    assert not [c for c in columns if c[1] in ("author_key", "byline") and c[2]]


def test_no_column_infers_what_must_not_be_inferred(columns: list[tuple[str, str, bool]]) -> None:
    assert not [c for c in columns if any(word in c[1] for word in FORBIDDEN)]
