"""How the figures of stories are learned: states, what would be told of, the table that is kept."""

from __future__ import annotations

import tomllib
from datetime import timedelta

from alerts.crisis import scale_from
from alerts.training import stories
from alerts.training.labels import Level
from alerts.training.stories import State
from langnghe.story import StoryChange, StoryLink
from tests.unit.alerts.made import JUDGE, NOON, item

DEADLY = "Sập cầu, 12 người chết"
SERIOUS = "attention_mean"


def levels(**given: int) -> dict[str, Level]:
    return {name: Level(level, 1.0, name) for name, level in given.items()}


def value(state: State, name: str) -> float:
    return state.values.get(name, 0.0)


def test_a_story_has_a_state_for_each_crawl_that_touches_it():
    later = NOON + timedelta(hours=2)
    batches = [
        (NOON, [item("a", DEADLY)], StoryChange()),
        (
            later,
            [item("b", DEADLY, outlet="Báo Hai"), item("c", "Hội chợ", story="s2")],
            StoryChange(),
        ),
    ]
    found = stories.states_of(batches, levels(a=1, b=2), JUDGE)
    assert [(s.story, s.documents, s.level) for s in found] == [
        ("s1", ("a",), 1),
        ("s1", ("a", "b"), 2),
        ("s2", ("c",), None),
    ]
    assert value(found[0], "log_reports") == 0.0 < value(found[1], "log_reports")
    assert value(found[0], "sign_many_dead") == 1.0


def test_states_follow_what_clustering_moves_and_merges():
    batches = [
        (NOON, [item("a", DEADLY), item("b", DEADLY, story="s2")], StoryChange()),
        (NOON, [], StoryChange(merged=(("s2", "s1"),))),
        (NOON, [], StoryChange(links=(StoryLink("b", "s3", 1.0),))),
    ]
    found = stories.states_of(batches, {}, JUDGE)
    assert [(s.story, s.documents) for s in found[2:]] == [("s1", ("a", "b")), ("s3", ("b",))]


def state(story: str, score: float, level: int | None = None, *documents: str) -> State:
    return State(story, {SERIOUS: score}, documents or (story,), level)


WEIGHTS = {"bias": 0.0, SERIOUS: 1.0}


def test_a_story_and_a_part_cut_out_of_it_are_told_of_once():
    week = [
        state("s1", 2.0, None, "a", "b"),
        state("s1", 3.0, None, "a", "b", "c"),
        state("s2", 3.0, None, "a", "b"),
        state("s3", 0.5),
    ]
    assert stories.told(week, WEIGHTS, 1.0) == [week[0]]


def test_the_bias_lets_as_many_stories_a_day_through_as_were_asked_for():
    week = [state(f"s{k}", k / 10) for k in range(100)]
    anchored = stories.anchored([week], WEIGHTS, a_day=2.0)
    assert len(stories.told(week, anchored, stories.CUT)) == 14


def test_what_was_serious_in_the_weeks_weighs_and_what_is_kept_can_be_read_again(tmp_path):
    week = [state(f"s{k}", k % 7, 2 if k % 7 > 4 else 0) for k in range(140)]
    weights = stories.fit([week])
    assert weights[SERIOUS] > 0.5
    path = tmp_path / "story.toml"
    path.write_text("version = 1\n\n[weights]\nbias = 9\n\n[levels]\nvua = [1, 2, 3]\n", "utf-8")
    stories.save(weights, path)
    scale = scale_from(tomllib.loads(path.read_text("utf-8")))
    assert scale.bias == weights["bias"]
    assert dict(scale.weights) == {SERIOUS: weights[SERIOUS]}
    assert [list(row) for row in scale.levels.values()] == [[1, 2, 3]]
