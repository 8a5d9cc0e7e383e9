"""How serious one single report is: signs as data, plus a small linear model over words and labels.

A third of the stories that matter have one or two items, so a report must be judged on its own.
The model answers two questions, both as log-odds: is this worth watching (level 1 or more), and
does it need attention (level 2 or more)? Its weights are a readable table, ``seriousness.tsv``;
how they were made is in :mod:`alerts.training` and ADR 0061. It judges matters, never people or
viewpoints: the signs are deaths, failing services, misconduct in office; no author is seen.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from langnghe.analysis import AnalysedDocument
from langnghe.text import normalize, words

TELLING = 6.0
"""The inverse document frequency from which a word may stand as a reason: "người dân" says
nothing."""
_HARM = r"(?:thiệt hại về người|thương vong|người chết|tử vong|thiệt mạng|bị thương|mất tích)"
_FILLER = r"(?:thêm|nào|ai|người|nạn nhân|trường hợp|ca|thông tin|thiệt hại|về|bị|gì|hay|hoặc|và)"
_NO_HARM = re.compile(
    r"\b(?:không|chưa) (?:có|ai|gây|làm|ghi nhận|xảy ra|để lại)"
    rf"(?: {_FILLER}| {_HARM}){{0,5}} {_HARM}\b"
)
"""Harm denied: between the denial and the harm stands nothing else, for "không có rào chắn làm 5
người chết" denies a barrier."""
LEAD_WORDS = 60
"""How many words of the text stand in for a missing lead."""


@dataclass(frozen=True)
class Sign:
    """A pattern group of ``serious_words.toml`` with the reason it gives."""

    id: str
    reason: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Seriousness:
    """What one report weighs: log-odds of level ≥ 1 and ≥ 2, the signs found and their reasons."""

    watch: float
    attention: float
    signs: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Weights:
    """One row a feature: its inverse document frequency and its weight for both questions."""

    table: Mapping[str, tuple[float, float, float]]
    bias: tuple[float, float]


@dataclass(frozen=True)
class Mixture:
    """How the log-odds of words and encoder become one: a weighted sum with a bias."""

    words: float
    encoder: float
    bias: float

    def of(self, words: float, chance: float) -> float:
        """Return the joint log-odds; ``chance`` is the encoder's, from 0 to 1."""
        sure = min(max(chance, 1e-4), 1 - 1e-4)
        return self.words * words + self.encoder * math.log(sure / (1 - sure)) + self.bias


def load_signs() -> tuple[Sign, ...]:
    """Return the signs of seriousness that ship with the package."""
    data = tomllib.loads((files("alerts") / "resources/serious_words.toml").read_text("utf-8"))
    return tuple(
        Sign(row["id"], row["reason"], re.compile("|".join(f"(?:{p})" for p in row["patterns"])))
        for row in data["sign"]
    )


def load_weights() -> Weights:
    """Return the weights that ship with the package."""
    table: dict[str, tuple[float, float, float]] = {}
    text = (files("alerts") / "resources/seriousness.tsv").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, idf, watch, attention = line.split("\t")
        table[name] = (float(idf), float(watch), float(attention))
    _, *bias = table.pop("@bias")
    return Weights(table, (bias[0], bias[1]))


@cache
def default_judge() -> SeverityJudge:
    """Return the judge of the shipped signs and weights."""
    return SeverityJudge(load_signs(), load_weights(), load_mixtures())


def load_mixtures() -> tuple[Mixture, Mixture]:
    """Return how words and encoder are mixed for "watch" and for "attention"."""
    data = tomllib.loads((files("alerts") / "resources/report.toml").read_text("utf-8"))
    return Mixture(**data["watch"]), Mixture(**data["attention"])


class SeverityJudge:
    """Judges reports one by one; stateless."""

    def __init__(
        self,
        signs: Sequence[Sign],
        weights: Weights,
        mixtures: tuple[Mixture, Mixture] | None = None,
    ) -> None:
        self._signs = tuple(signs)
        self._weights = weights
        self._mixtures = mixtures

    def judge(self, item: AnalysedDocument) -> Seriousness:
        """Return how serious ``item`` is, judged alone."""
        head = headline_text(item)
        hits = signs_in(head, self._signs)
        values = dict(word_values(without_provinces(head), self._weights.table))
        values.update(dict.fromkeys((f"@sign:{sign.id}" for sign, _ in hits), 1.0))
        values.update(label_values(item))
        watch, attention = self._weights.bias
        pushes: dict[str, float] = {}
        for name, value in values.items():
            row = self._weights.table.get(name)
            if row is not None:
                watch += row[1] * value
                attention += row[2] * value
                pushes[name] = (row[1] + row[2]) * value
        importance = item.analysis.importance if item.analysis is not None else None
        if importance is not None and self._mixtures is not None:
            watch = self._mixtures[0].of(watch, importance.watch)
            attention = self._mixtures[1].of(attention, importance.attention)
        return Seriousness(
            watch,
            attention,
            tuple(sign.id for sign, _ in hits),
            tuple(
                sign.reason.format(hit=found[:60])
                for sign, found in hits
                if pushes.get(f"@sign:{sign.id}", 1.0) > 0
            )
            or self._words_reason(pushes),
        )

    def _words_reason(self, pushes: Mapping[str, float]) -> tuple[str, ...]:
        """Return the rare pairs and words that weigh most, where no sign explains a report."""
        table = self._weights.table
        words = [
            name
            for name, push in pushes.items()
            if push > 0 and not name.startswith("@") and table[name][0] >= TELLING
        ]
        words.sort(key=lambda name: (" " not in name, -pushes[name], name))
        if not words:
            return ()
        return ("từ ngữ đáng chú ý: " + ", ".join(f"“{word}”" for word in words[:3]),)


def signs_in(head: str, signs: Sequence[Sign]) -> list[tuple[Sign, str]]:
    """Return the signs found in a lower-cased headline text, each with its words.

    Harm that the text says did not happen ("không có thương vong") is no sign.
    """
    told = _NO_HARM.sub(" ", head)
    return [(sign, hit.group().strip()) for sign in signs if (hit := sign.pattern.search(told))]


def headline_text(item: AnalysedDocument) -> str:
    """Return the lower-cased title and lead (or the text's beginning) that are judged."""
    doc = item.document
    lead = doc.lead or " ".join(doc.text.split()[:LEAD_WORDS])
    return normalize(f"{doc.title} . {lead}").lower()


def without_provinces(text: str) -> str:
    """Return the lower-cased ``text`` with every province's name as one word that tells nothing.

    A syllable of a name may be a telling word elsewhere ("cà" of "cà phê" in "Cà Mau"), and a
    warning must not depend on which province it is about (responsible-use 7).
    """
    return _provinces().sub("provincename", text)


@cache
def _provinces() -> re.Pattern[str]:
    lines = (files("alerts") / "resources/provinces.txt").read_text("utf-8").splitlines()
    names = [normalize(line).lower() for line in lines if line and not line.startswith("#")]
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def ngrams(text: str) -> Iterator[str]:
    """Yield the one- and two-word terms of ``text``."""
    tokens = words(text)
    for size in (1, 2):
        for start in range(len(tokens) - size + 1):
            yield " ".join(tokens[start : start + size])


def word_values(
    text: str, table: Mapping[str, tuple[float, float, float]]
) -> Iterator[tuple[str, float]]:
    """Yield the known terms of ``text`` with their values: sublinear tf × idf, length 1."""
    counts = Counter(term for term in ngrams(text) if term in table)
    values = {term: (1 + math.log(n)) * table[term][0] for term, n in counts.items()}
    length = math.sqrt(sum(value * value for value in values.values())) or 1.0
    for term, value in values.items():
        yield term, value / length


def label_values(item: AnalysedDocument) -> Iterator[tuple[str, float]]:
    """Yield the labels of ``item`` as features, each with its confidence."""
    analysis = item.analysis
    yield f"@kind:{item.document.kind.value}", 1.0
    if analysis is None:
        return
    for name in ("topic", "tone", "stance"):
        label = getattr(analysis, name)
        corrected = name in analysis.corrected
        yield f"@{name}:{analysis.value_of(name)}", 1.0 if corrected else label.confidence
    bodies = {agency.kind for agency in analysis.agencies}
    for kind in bodies:
        yield f"@agency:{kind}", 1.0
    if bodies:
        yield "@agency", 1.0
    if analysis.places:
        yield "@place", 1.0
