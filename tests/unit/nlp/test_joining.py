"""How threads join the stories of the press."""

from __future__ import annotations

from nlp.stories.joining import join_threads


def edges(*pairs: tuple[str, str, float]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {id: {} for id in "abcdxyzw"}
    for one, other, likeness in pairs:
        found[one][other] = found[other][one] = likeness
    return found


def test_a_comment_under_an_article_belongs_to_its_story() -> None:
    found = join_threads([["a"], ["b"]], [["b", "x"]], edges(("x", "a", 0.9)))
    assert found == [["a"], ["b", "x"]]


def test_a_thread_joins_where_several_documents_are_like_it() -> None:
    near = edges(("x", "a", 0.4), ("x", "b", 0.3), ("y", "a", 0.1), ("x", "d", 0.5))
    assert join_threads([["a", "b", "c"], ["d"]], [["x", "y"]], near) == [
        ["a", "b", "c", "x", "y"],
        ["d"],
    ]


def test_one_chance_likeness_does_not_carry_a_thread() -> None:
    assert join_threads([["a"]], [["x"]], edges(("x", "a", 0.55))) == [["a"], ["x"]]


def test_threads_that_no_story_takes_find_each_other() -> None:
    near = edges(("x", "y", 0.6), ("y", "z", 0.1))
    assert join_threads([["a"]], [["x"], ["y"], ["z"], ["w"]], near) == [
        ["a"],
        ["x", "y"],
        ["z"],
        ["w"],
    ]
