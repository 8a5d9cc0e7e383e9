"""What every classifier offers: texts in, labelled and explained guesses out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from langnghe.analysis import Intent, Stance, Tone, Topic
from langnghe.document import DocumentKind

TOPICS = tuple(topic.value for topic in Topic)
TONES = tuple(tone.value for tone in Tone)
STANCES = tuple(stance.value for stance in Stance)
INTENTS = tuple(intent.value for intent in Intent)

NEWS_TASKS: Mapping[str, tuple[str, ...]] = {"topic": TOPICS, "tone": TONES, "stance": STANCES}
SOCIAL_TASKS: Mapping[str, tuple[str, ...]] = {
    "tone": TONES,
    "intent": INTENTS,
    "stance": STANCES,
}


@dataclass(frozen=True)
class TextInput:
    """What a classifier sees of a document."""

    kind: DocumentKind
    title: str
    lead: str = ""
    text: str = ""
    parent_title: str = ""


@dataclass(frozen=True)
class Guess:
    """One task's answer for one text, with its calibrated confidence.

    ``evidence`` holds the words or short spans that pushed the decision, as
    they stand in the text, the strongest first.
    """

    label: str
    confidence: float
    probabilities: Mapping[str, float]
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Guesses:
    """The answers of all tasks for one text; ``intent`` is None for an article."""

    topic: Guess
    tone: Guess
    stance: Guess
    intent: Guess | None
    importance: tuple[float, float] | None = None
    """How likely the level is at least 1, and at least 2; None where it was not judged."""


class Backend(Protocol):
    """A classifier of Vietnamese news and public posts."""

    name: str
    version: str

    def classify(self, inputs: Sequence[TextInput]) -> list[Guesses]:
        """The guesses for each text, in the order of the texts."""
        ...


SHIPPED_MODELS = Path(__file__).parent.parent / "resources/models"


def load_backend(
    kind: Literal["auto", "linear", "encoder"] = "auto", *, models_dir: Path | None = None
) -> Backend:
    """The wanted backend with the weights in ``models_dir``, by default those that ship.

    "auto" is the cascade where the encoder's weights are present, else the
    linear backend alone. Raises ModelUnavailable where weights are missing.
    """
    # Imported here: each backend is written against the words of this module.
    from nlp.backends.cascade import CascadeBackend
    from nlp.backends.encoder import GRAPH_FILE, EncoderBackend
    from nlp.backends.linear import LinearBackend

    folder = models_dir or SHIPPED_MODELS
    if kind == "linear" or (kind == "auto" and not (folder / GRAPH_FILE).is_file()):
        return LinearBackend.load(folder)
    encoder = EncoderBackend.load(folder)
    return encoder if kind == "encoder" else CascadeBackend(encoder, encoder.encoder.sure_from)
