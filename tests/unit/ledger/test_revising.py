"""What an arrival means for what we hold: every case by hand, none by a database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from langnghe.document import Channel, Document
from ledger.revising import (
    REVISIONS_KEPT,
    Decision,
    Fullness,
    Held,
    Sighting,
    Step,
    changed_parts,
    decide,
    fullness,
    surplus_revisions,
    title_hash,
)
from tests.contract.ledger.samples import article, feed_item

PAGE = article(1)
FEED = feed_item(1)
OTHER_TITLE = replace(FEED, title="Khác")
OTHER_LEAD = replace(FEED, lead="Khác")
HOLDS_PAGE = Held(PAGE.content_hash, PAGE.title, Fullness.PAGE)
HOLDS_FEED = Held(FEED.content_hash, FEED.title, Fullness.FEED)
SAW_FEED = Sighting(FEED.content_hash, title_hash(FEED.title))
SAW_PAGE_ONLY = Sighting("", "")


@pytest.mark.parametrize(
    ("extraction", "expected"),
    [
        ("feed rss", Fullness.FEED),
        ("feed-title", Fullness.FEED),
        ("page trafilatura", Fullness.PAGE),
        ("", Fullness.GIVEN),
        ("api youtube", Fullness.GIVEN),
    ],
)
def test_fullness_is_read_from_the_extraction(extraction: str, expected: Fullness) -> None:
    assert fullness(extraction) is expected


@pytest.mark.parametrize(
    ("held", "sighting", "incoming", "expected"),
    [
        (None, None, FEED, Decision(Step.NEW)),
        (HOLDS_FEED, SAW_FEED, FEED, Decision(Step.UNCHANGED)),
        (HOLDS_FEED, SAW_FEED, PAGE, Decision(Step.ENRICHED)),
        (HOLDS_FEED, SAW_FEED, OTHER_LEAD, Decision(Step.REVISED)),
        (HOLDS_FEED, None, OTHER_TITLE, Decision(Step.SIGHTED)),
        (HOLDS_FEED, SAW_PAGE_ONLY, OTHER_TITLE, Decision(Step.SIGHTED)),
        (HOLDS_PAGE, SAW_PAGE_ONLY, PAGE, Decision(Step.UNCHANGED)),
        (HOLDS_PAGE, SAW_PAGE_ONLY, replace(PAGE, text="Khác"), Decision(Step.REVISED)),
        (HOLDS_PAGE, None, replace(PAGE, source_id="b"), Decision(Step.UNCHANGED)),
        (HOLDS_PAGE, SAW_FEED, FEED, Decision(Step.UNCHANGED)),
        (HOLDS_PAGE, SAW_FEED, OTHER_LEAD, Decision(Step.UNCHANGED, is_page_due=True)),
        (
            HOLDS_PAGE,
            SAW_FEED,
            OTHER_TITLE,
            Decision(Step.REVISED, title_only=True, is_page_due=True),
        ),
        (
            replace(HOLDS_PAGE, title="Khác"),
            SAW_FEED,
            OTHER_TITLE,
            Decision(Step.UNCHANGED, is_page_due=True),
        ),
    ],
)
def test_every_arrival_has_one_meaning(
    held: Held | None, sighting: Sighting | None, incoming: object, expected: Decision
) -> None:
    assert decide(held, sighting, incoming) == expected  # type: ignore[arg-type]


def test_white_space_is_no_change() -> None:
    assert changed_parts(("a b", "c", "d\n\ne"), ("a  b", "c", "d e")) == ()
    assert changed_parts(("a", "b", "c"), ("A", "b", "C")) == ("title", "text")


@pytest.mark.parametrize("count", [1, 23, 24, 25, 40])
def test_the_first_and_the_newest_revisions_stay(count: int) -> None:
    numbers = list(range(1, count + 1))
    kept = [n for n in numbers if n not in surplus_revisions(numbers)]
    assert len(kept) == min(count, REVISIONS_KEPT)
    assert kept[0] == 1
    assert kept[-1] == count


BARE = replace(
    article(1, text="", lead=""),
    title="https://bao-a.example/1",
    channel=Channel.MANUAL,
    extraction="manual",
)


@pytest.mark.parametrize(
    ("held", "incoming", "step"),
    [
        (HOLDS_FEED, BARE, Step.SIGHTED),
        (HOLDS_PAGE, replace(BARE, title="Người khác đặt", text="Dán"), Step.SIGHTED),
        (Held("x", BARE.title, Fullness.GIVEN), replace(BARE, title="Có tên"), Step.ENRICHED),
        (Held("x", BARE.title, Fullness.GIVEN), BARE, Step.SIGHTED),
        (Held("x", BARE.title, Fullness.GIVEN), PAGE, Step.ENRICHED),
    ],
)
def test_a_link_added_by_hand_never_overwrites_better_words(
    held: Held, incoming: Document, step: Step
) -> None:
    assert decide(held, None, incoming).step is step
