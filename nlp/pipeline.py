"""From documents to analyses: a checked chain of stages over a batch.

Each stage declares which fields of a draft it requires and which it assigns, as spaCy's
components do; the chain is checked once, when the pipeline is built. A stage that fails on a
batch is tried again document by document, so that one bad document never costs another its
answer. A document that a stage cannot read keeps what the other stages found and is told apart
by ``Label.is_unsure`` with confidence 0.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from langnghe.analysis import (
    AgencyMention,
    Analysis,
    Importance,
    Intent,
    Label,
    PlaceMention,
    SentenceStance,
    Stance,
    Tone,
    Topic,
)
from langnghe.document import Document
from langnghe.errors import ConfigError, LangNgheError
from langnghe.profile import Profile
from langnghe.text import normalize, unmarked
from nlp.agencies import OWN, AgencyFinder
from nlp.backends.base import Backend, Guess, Guesses, TextInput
from nlp.language import detect_language
from nlp.places.find import PlaceFinder
from nlp.segment import keywords_of, sentences_about

_LOG = logging.getLogger(__name__)

UNSURE_BELOW = {"topic": 0.45, "tone": 0.50, "stance": 0.50, "intent": 0.45}
"""Calibrated confidences below which the product says "chưa rõ" (the best guess is kept)."""

_HAS_WORD = re.compile(r"[^\W\d_]")
_JUDGING = frozenset({Stance.NEGATIVE, Stance.POSITIVE})
_CLEARLY = 0.5


@dataclass
class Draft:
    """What the stages know so far of one document."""

    doc: Document
    language: str = "vi"
    guesses: Guesses | None = None
    located: tuple[tuple[int, PlaceMention], ...] = ()
    agencies: tuple[AgencyMention, ...] = ()
    sentences: tuple[SentenceStance, ...] = ()
    keywords: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All that the publisher wrote, as one text with stable offsets."""
        return "\n".join((self.doc.title, self.doc.lead, self.doc.text))

    @property
    def places(self) -> tuple[PlaceMention, ...]:
        """The units named, each once, in the order of first mention."""
        unique = {(m.name, m.code, m.valid_until): m for _, m in reversed(self.located)}
        return tuple(reversed(unique.values()))


class Stage(Protocol):
    """One step over a batch of drafts; it writes only the fields that it ``assigns``."""

    name: str
    requires: frozenset[str]
    assigns: frozenset[str]

    def run(self, drafts: Sequence[Draft]) -> None:
        """Fill the assigned fields of every draft."""
        ...


class LanguageStage:
    """Says in which language a document is written."""

    name = "language"
    requires = frozenset({"doc"})
    assigns = frozenset({"language"})

    def run(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            doc = draft.doc
            draft.language = detect_language(f"{doc.title} {doc.lead or doc.text[:400]}")


class ClassifyStage:
    """Asks the backend for topic, tone, stance and intent."""

    name = "classify"
    requires = frozenset({"doc"})
    assigns = frozenset({"guesses"})

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def run(self, drafts: Sequence[Draft]) -> None:
        answers = self._backend.classify([text_input(draft.doc) for draft in drafts])
        for draft, guesses in zip(drafts, answers, strict=True):
            draft.guesses = guesses


class PlacesStage:
    """Finds the units named, with the office's own places and its province as a hint."""

    name = "places"
    requires = frozenset({"doc"})
    assigns = frozenset({"located"})

    def __init__(self, profile: Profile) -> None:
        self._finder = PlaceFinder(profile.places, profile.province)
        self._finder.load()

    def run(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            is_social = draft.doc.kind.is_social
            located = self._finder.locate(
                draft.text, province=draft.doc.province, is_social=is_social
            )
            draft.located = tuple(located)


class AgenciesStage:
    """Finds the public bodies and offices named."""

    name = "agencies"
    requires = frozenset({"doc", "located"})
    assigns = frozenset({"agencies"})

    def __init__(self, profile: Profile) -> None:
        self._finder = AgencyFinder(profile)

    def run(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            is_social = draft.doc.kind.is_social
            draft.agencies = self._finder.find(draft.text, draft.located, is_social=is_social)


class SentenceStanceStage:
    """Reads the sentences of a longer text that name an authority, each for its own stance.

    Where the article as a whole judges, every authority's sentences are read and the one that
    judges most clearly leads the evidence; elsewhere only those about the office's own bodies.
    """

    name = "sentence-stance"
    requires = frozenset({"doc", "guesses", "agencies"})
    assigns = frozenset({"guesses", "sentences"})

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def run(self, drafts: Sequence[Draft]) -> None:
        asked = [
            (draft, sentence, agency)
            for draft in drafts
            for sentence, agency in sentences_about(draft.doc.text, _targets(draft))
            if sentence != draft.doc.text.strip()
        ]
        answers = self._backend.classify(
            [TextInput(draft.doc.kind, "", sentence) for draft, sentence, _ in asked]
        )
        read: defaultdict[int, list[tuple[str, AgencyMention, Guess]]] = defaultdict(list)
        for (draft, sentence, agency), answer in zip(asked, answers, strict=True):
            read[id(draft)].append((sentence, agency, answer.stance))
        for draft in drafts:
            _take_sentences(draft, read[id(draft)])


def _targets(draft: Draft) -> list[AgencyMention]:
    """Return the authorities about which the sentences of a draft are read."""
    if draft.guesses is None:
        return []
    is_judging = draft.guesses.stance.label in _JUDGING
    return [agency for agency in draft.agencies if is_judging or agency.kind == OWN]


def _take_sentences(draft: Draft, read: Sequence[tuple[str, AgencyMention, Guess]]) -> None:
    draft.sentences = tuple(
        SentenceStance(agency.name, guess.label, round(guess.confidence, 4), sentence)
        for sentence, agency, guess in read
        if guess.label != Stance.NONE and guess.confidence >= UNSURE_BELOW["stance"]
    )
    if draft.guesses is None or draft.guesses.stance.label not in _JUDGING:
        return
    stance = draft.guesses.stance
    scores = [(guess.probabilities.get(stance.label, 0.0), sentence) for sentence, _, guess in read]
    score, sentence = max(scores, key=lambda pair: pair[0], default=(0.0, ""))
    if score > _CLEARLY:
        stance = replace(stance, evidence=(sentence, *stance.evidence))
        draft.guesses = replace(draft.guesses, stance=stance)


class KeywordsStage:
    """Picks the telling words of title and lead."""

    name = "keywords"
    requires = frozenset({"doc"})
    assigns = frozenset({"keywords"})

    def run(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            draft.keywords = keywords_of(draft.doc)


def text_input(doc: Document) -> TextInput:
    """Return what a classifier sees of ``doc``."""
    return TextInput(doc.kind, doc.title, doc.lead, doc.text, doc.parent_title)


def check_chain(stages: Sequence[Stage]) -> None:
    """Raise ConfigError where a stage requires a field that no earlier stage assigns."""
    known = {"doc"}
    for stage in stages:
        missing = stage.requires - known
        if missing:
            raise ConfigError(f"stage {stage.name} requires {', '.join(sorted(missing))}")
        known |= stage.assigns


class Pipeline:
    """Analyses batches of documents; deterministic, without state between batches."""

    def __init__(
        self, backend: Backend, *, profile: Profile, stages: Sequence[Stage] | None = None
    ) -> None:
        self._backend = backend
        self._stages = default_stages(backend, profile) if stages is None else tuple(stages)
        check_chain(self._stages)

    @property
    def model(self) -> tuple[str, str]:
        """The name and version that every analysis of this pipeline carries."""
        return self._backend.name, self._backend.version

    def analyse(self, docs: Sequence[Document], now: datetime) -> list[Analysis]:
        """Return one analysis a document, in order; a bad document never fails the batch.

        Raises LangNgheError only where no document can be analysed (ModelUnavailable).
        """
        drafts = [Draft(doc) for doc in docs]
        for stage in self._stages:
            _run_stage(stage, drafts)
        return [self._analysis(draft, now) for draft in drafts]

    def _analysis(self, draft: Draft, now: datetime) -> Analysis:
        topic, tone, stance, intent = _labels(draft)
        return Analysis(
            document_id=draft.doc.id,
            revision=draft.doc.revision,
            topic=topic,
            tone=tone,
            stance=stance,
            intent=intent,
            places=draft.places,
            agencies=draft.agencies,
            language=draft.language,
            model=self._backend.name,
            model_version=self._backend.version,
            analysed_at=now,
            keywords=draft.keywords,
            importance=_importance(draft),
        )


def default_stages(backend: Backend, profile: Profile) -> tuple[Stage, ...]:
    """Return the product's chain for an office with ``profile``."""
    return (
        LanguageStage(),
        ClassifyStage(backend),
        PlacesStage(profile),
        AgenciesStage(profile),
        SentenceStanceStage(backend),
        KeywordsStage(),
    )


def _run_stage(stage: Stage, drafts: Sequence[Draft]) -> None:
    try:
        stage.run(drafts)
        return
    except LangNgheError:
        raise
    except Exception:  # noqa: BLE001 - any fault of a stage is contained
        _LOG.warning("stage %s failed on %d documents: one by one", stage.name, len(drafts))
    for draft in drafts:
        _run_alone(stage, draft)


def _run_alone(stage: Stage, draft: Draft) -> None:
    try:
        stage.run([draft])
    except LangNgheError:
        raise
    except Exception:  # noqa: BLE001 - any fault of a stage is contained
        _LOG.exception("stage %s cannot read document %s", stage.name, draft.doc.id)


def _importance(draft: Draft) -> Importance | None:
    found = draft.guesses.importance if draft.guesses is not None else None
    return None if found is None else Importance(round(found[0], 4), round(found[1], 4))


def _labels(draft: Draft) -> tuple[Label, Label, Label, Label | None]:
    guesses = draft.guesses
    is_social = draft.doc.kind.is_social
    if guesses is None:
        unknown = Label(Intent.OTHER, 0.0, is_unsure=True) if is_social else None
        return (
            Label(Topic.DOI_SONG, 0.0, is_unsure=True),
            Label(Tone.NEUTRAL, 0.0, is_unsure=True),
            Label(Stance.NONE, 0.0, is_unsure=True),
            unknown,
        )
    intent = _label(draft, "intent", guesses.intent) if guesses.intent and is_social else None
    return (
        _label(draft, "topic", guesses.topic),
        _label(draft, "tone", guesses.tone),
        replace(_label(draft, "stance", guesses.stance), sentences=draft.sentences),
        intent,
    )


def _label(draft: Draft, name: str, guess: Guess) -> Label:
    """Return the label of ``guess``, unsure too where there is nothing that the models can read.

    They have learned Vietnamese words: without any word, or in another language, their
    confidence says nothing.
    """
    is_readable = draft.language == "vi" and _HAS_WORD.search(draft.text) is not None
    is_unsure = not is_readable or guess.confidence < UNSURE_BELOW[name]
    confidence = round(guess.confidence, 4)
    evidence = tuple(dict.fromkeys(as_written(words, draft.doc) for words in guess.evidence))
    return Label(guess.label, confidence, evidence, is_unsure)


def as_written(words: str, doc: Document) -> str:
    """Return evidence as it stands in ``doc``: without the marks that were put back to read it.

    Marks are put back in social text alone.
    """
    if not doc.kind.is_social:
        return words
    fields = (doc.title, doc.lead, doc.text, doc.parent_title)
    written = " ".join(" ".join(normalize(field).split()) for field in fields)
    bare = unmarked(words)
    return bare if words not in written and bare in written else words
