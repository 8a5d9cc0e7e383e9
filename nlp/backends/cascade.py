"""The cascade: the linear backend settles what is easy, the encoder reads the rest."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.backends.base import Guesses, TextInput
from nlp.backends.encoder import EncoderBackend

BATCH = 512


def is_settled(item: TextInput, guesses: Guesses, sure_from: float) -> bool:
    """Whether the linear answer may stand.

    Only for news in which no authority is concerned and every answer is at
    least ``sure_from`` sure: what people write themselves and what touches an
    authority is always read by the encoder.
    """
    if item.kind.is_social or guesses.stance.label != "na":
        return False
    least = min(guesses.topic.confidence, guesses.tone.confidence, guesses.stance.confidence)
    return least >= sure_from


class CascadeBackend:
    """Linear where it is sure, encoder elsewhere; ``sure_from`` above 1 means always encoder."""

    name = "cascade"

    def __init__(self, encoder: EncoderBackend, sure_from: float) -> None:
        self.encoder, self.sure_from = encoder, sure_from
        self.version = encoder.version

    def classify(self, inputs: Sequence[TextInput]) -> list[Guesses]:
        """The guesses for each text, in the order of the texts."""
        answers: list[Guesses] = []
        for start in range(0, len(inputs), BATCH):
            batch = inputs[start : start + BATCH]
            first = self.encoder.linear.classify(batch)
            hard = [
                place
                for place, item in enumerate(batch)
                if not is_settled(item, first[place], self.sure_from)
            ]
            refined = self.encoder.refine([batch[i] for i in hard], [first[i] for i in hard])
            for place, guesses in zip(hard, refined, strict=True):
                first[place] = guesses
            answers += first
        return answers
