"""Fits the tables of alerting again: ``python -m runtime.refit DATA [--words]``.

Without ``--words``, after the encoder has changed (minutes on one core): how words and encoder are
mixed (``report.toml``), and how readily stories are told of: the highest bias under which the tuned
weeks, replayed by the engine, keep their budgets of messages a day and about nothing. It is sought
for words alone (``story.toml``) and then, as a shift of the mixture, for words and encoder.
With ``--words``, after labels were added (ten minutes and more): the table of words
(``seriousness.tsv``) and the weights of a story's figures as well. ADR 0140, 0149.

1. The tuned weeks are read by the shipped models and clustered as the service does, words alone.
2. The words are learned from the learned weeks and from single reports.
3. Words and encoder are mixed on the tuned weeks, which neither has learned from.
4. The learned weeks are judged by words that were learned without them, two weeks at a time.
5. A story's figures are fitted on all weeks, and the bias is set on the tuned ones.
"""

from __future__ import annotations

import argparse
import logging
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from alerts.crisis import scale_from
from alerts.rules import load_default_rules
from alerts.severity import Mixture, SeverityJudge, Weights, load_signs, load_weights
from alerts.training import reports, stories, words
from alerts.training.labels import (
    KEY,
    LEARNED,
    TUNED,
    Example,
    Level,
    read_singles,
    read_weeks,
)
from alerts.training.stories import Batch, State
from alerts.training.telling import (
    A_DAY,
    Remembering,
    Told,
    highest_within,
    telling,
)
from langnghe.analysis import AnalysedDocument
from langnghe.document import Document
from langnghe.items import read_items, replay_moment
from langnghe.profile import Profile
from nlp.backends.base import load_backend
from nlp.pipeline import Pipeline
from nlp.stories import StoryIndex
from nlp.stories.weeks import OWN, STREAM, load_week
from runtime.cli.alerts import crawls

RESOURCES = Path(__file__).parent.parent / "alerts/resources"
FOLD = 2
"""How many learned weeks are judged at a time by words that did not learn from them."""
_AT_ONCE = 512
_LOG = logging.getLogger(__name__)


def main() -> None:
    """Fit what the command line asks for and write it into the package."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parser = argparse.ArgumentParser(prog="python -m runtime.refit", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with news/ and gold/")
    parser.add_argument("--words", action="store_true", help="learn words and figures again")
    chosen = parser.parse_args()
    refit(chosen.data, with_words=chosen.words)


def refit(data: Path, *, with_words: bool) -> None:
    """Write the tables of alerting into the package, see the module."""
    folders = (data / "gold", OWN)
    tuned_levels = read_weeks(folders, TUNED)
    tuned = replayed(data, TUNED, Pipeline(load_backend("auto"), profile=Profile()))
    weeks: list[list[State]] = []
    if with_words:
        levels = read_weeks(folders, LEARNED)
        linear = Pipeline(load_backend("linear"), profile=Profile())
        learned = replayed(data, LEARNED, linear)
        singles = {
            key: level
            for key, level in read_singles(OWN / "levels.tsv").items()
            if key not in levels and key not in tuned_levels
        }
        apart = examples(analysed(data, singles, linear), singles)
        language = words.learn_language(words.read_texts(str(data / STREAM)))
        _LOG.info("words of %d single reports and %d weeks", len(apart), len(learned))
        words.save(words.fit([*apart, *_examples(learned, LEARNED, levels)], language), _table())
        weeks = _apart(learned, levels, lambda some: words.fit([*apart, *some], language))
    weights = load_weights()
    mixtures = reports.fit(_examples(tuned, TUNED, tuned_levels), weights)
    judge = SeverityJudge(load_signs(), weights, mixtures)
    tables = tomllib.loads((RESOURCES / "story.toml").read_text("utf-8"))
    if with_words:
        new = [stories.states_of(tuned[week], tuned_levels, judge) for week in TUNED]
        tables["weights"] = stories.anchored(new, stories.fit([*new, *weeks]))
    scale, rules = scale_from(tables), load_default_rules()
    plain = Remembering(SeverityJudge(load_signs(), weights))
    by_words = replayed(data, TUNED, Pipeline(load_backend("linear"), profile=Profile()))

    def words_tell(bias: float) -> Told:
        found = replace(scale, bias=bias)
        return telling(list(by_words.values()), tuned_levels, rules, plain, found)

    bias = _logged("words alone, bias", highest_within(words_tell, A_DAY))

    def both_tell(shift: float) -> Told:
        joint = SeverityJudge(load_signs(), weights, _shifted(mixtures, shift))
        found = replace(scale, bias=bias)
        return telling(list(tuned.values()), tuned_levels, rules, joint, found)

    shift = _logged("with the encoder, shift", highest_within(both_tell, A_DAY))
    stories.save({**tables["weights"], "bias": bias}, RESOURCES / "story.toml")
    reports.save(_shifted(mixtures, shift), RESOURCES / "report.toml")


def _shifted(mixtures: tuple[Mixture, Mixture], shift: float) -> tuple[Mixture, Mixture]:
    watch, attention = (replace(x, bias=round(x.bias + shift, 3)) for x in mixtures)
    return watch, attention


def _logged(what: str, found: tuple[float, Told]) -> float:
    value, told = found
    _LOG.info(
        "%s %.3f: %.1f messages a day, %.1f %% about nothing, recall %.3f",
        what,
        value,
        told.a_day,
        100 * told.on_nothing,
        told.recall,
    )
    return value


def replayed(data: Path, names: Sequence[str], pipeline: Pipeline) -> dict[str, list[Batch]]:
    """Return each week's documents crawl by crawl, understood and clustered by words alone."""
    found = {}
    for name in names:
        index = StoryIndex()
        batches: list[Batch] = []
        for docs in crawls(load_week(data, name).docs):
            now = max(replay_moment(doc) for doc in docs)
            analyses = pipeline.analyse(docs, now)
            pairs = list(zip(docs, analyses, strict=True))
            change = index.assign(pairs, now)
            story_of = {link.document_id: link.story_id for link in change.links}
            items = [AnalysedDocument(doc, a, story_of.get(doc.id, "")) for doc, a in pairs]
            batches.append((now, items, change))
        _LOG.info("%s: %d crawls", name, len(batches))
        found[name] = batches
    return found


def analysed(data: Path, wanted: Mapping[str, Level], pipeline: Pipeline) -> list[AnalysedDocument]:
    """Return the reports of the stream whose key is in ``wanted``, understood."""
    found: list[AnalysedDocument] = []
    waiting: list[Document] = []

    def understand() -> None:
        now = max((replay_moment(doc) for doc in waiting), default=None)
        if now is not None:
            analyses = pipeline.analyse(waiting, now)
            found.extend(map(AnalysedDocument, waiting, analyses))
            waiting.clear()

    for doc in read_items(str(data / STREAM)):
        if doc.id[:KEY] in wanted:
            waiting.append(doc)
        if len(waiting) >= _AT_ONCE:
            understand()
    understand()
    return found


def examples(items: Sequence[AnalysedDocument], levels: Mapping[str, Level]) -> list[Example]:
    """Return the reports among ``items`` whose level is known."""
    return [
        Example(item, known.level, known.weight, known.story)
        for item in items
        if (known := levels.get(item.document.id[:KEY])) is not None
    ]


def _examples(
    weeks: Mapping[str, Sequence[Batch]], names: Sequence[str], levels: Mapping[str, Level]
) -> list[Example]:
    return [
        example
        for name in names
        for _, items, _ in weeks[name]
        for example in examples(items, levels)
    ]


def _apart(
    learned: Mapping[str, Sequence[Batch]],
    levels: Mapping[str, Level],
    learn: Callable[[list[Example]], Weights],
) -> list[list[State]]:
    """Return the states of each learned week as words judge it that never saw it."""
    found = []
    for start in range(0, len(LEARNED), FOLD):
        held_out = LEARNED[start : start + FOLD]
        others = [name for name in LEARNED if name not in held_out]
        judge = SeverityJudge(load_signs(), learn(_examples(learned, others, levels)))
        found += [stories.states_of(learned[name], levels, judge) for name in held_out]
        _LOG.info("%s judged by the other weeks' words", ", ".join(held_out))
    return found


def _table() -> Path:
    return RESOURCES / "seriousness.tsv"


if __name__ == "__main__":
    main()
