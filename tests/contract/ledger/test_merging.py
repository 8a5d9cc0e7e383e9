"""Many merges at once end as they would one after another."""

from __future__ import annotations

import pytest

from langnghe.story import StoryChange
from tests.contract.ledger.conftest import Analyse
from tests.contract.ledger.samples import NOW, article, links

pytestmark = pytest.mark.usefixtures("ledger")


def relations() -> dict[tuple[str, str], bool]:
    from ledger.models import StoryRelationRow

    rows = StoryRelationRow.objects.values_list("one_id", "other_id", "is_apart")
    return {(one, other): is_apart for one, other, is_apart in rows}


def test_a_chain_of_merges_in_one_change(analyse: Analyse) -> None:
    from ledger import ingest, stories

    docs = [article(n) for n in range(1, 6)]
    ingest.record_ingest(docs, NOW)
    change = links("s1", docs[:1]).links
    for number, doc in enumerate(docs[1:], 2):
        change += links(f"s{number}", [doc]).links
    analyse(docs, StoryChange(links=change, related=(("s1", "s4"), ("s2", "s3"), ("s3", "s4"))))
    analyse(docs[:1], StoryChange(merged=(("s1", "s2"), ("s2", "s3"), ("s1", "s5"))))
    # s1 lived on as s3 by then, so that the last pair merges s3 and all that came to it.
    assert stories.story("s5").document_count == 4
    assert {stories.story(f"s{n}").id for n in (1, 2, 3, 5)} == {"s5"}
    assert relations() == {("s4", "s5"): False}


def test_merges_of_one_change_heed_what_a_person_split_from_a_part(analyse: Analyse) -> None:
    from ledger import ingest, stories

    docs = [article(n) for n in range(1, 4)]
    ingest.record_ingest(docs, NOW)
    analyse(docs, StoryChange(links=links("s1", docs[:2]).links + links("s3", docs[2:]).links))
    new = stories.split("s1", ["doc-0002"], "an@example.vn", NOW)
    analyse(docs[:1], StoryChange(merged=(("s1", "s3"), ("s3", new))))
    assert stories.story("s1").id == "s3"
    assert stories.story(new).id == new
    assert relations() == {(min("s3", new), max("s3", new)): True}
