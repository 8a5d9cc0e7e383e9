"""The 300 labelled sentences, and how units and bodies found in them are scored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from langnghe.analysis import AgencyMention, PlaceMention
from langnghe.profile import Profile
from langnghe.text import normalize
from nlp.agencies import AgencyFinder
from nlp.places.find import PlaceFinder
from nlp.training.gold import read_stream

LABELS = Path(__file__).parent / "data" / "sentences.tsv"


@dataclass(frozen=True, slots=True)
class Mark:
    """One labelled span; ``kind`` is the unit's level or the body's kind."""

    start: int
    end: int
    kind: str
    status: str = ""
    code: str = ""


@dataclass
class Sentence:
    """A sentence of one item with its marks; the finder reads the whole item, as the product."""

    id: str
    start: int
    end: int
    text: str = ""
    marks: dict[str, list[Mark]] = field(default_factory=dict)

    def of(self, what: str) -> list[Mark]:
        return self.marks.get(what, [])

    def holds(self, start: int) -> bool:
        return self.start <= start < self.end


@dataclass
class Count:
    """True and false answers over sentences; ``alike`` those whose further fields hold too."""

    hits: int = 0
    alike: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        return 2 * self.hits / (2 * self.hits + len(self.missed) + len(self.wrong))

    def __str__(self) -> str:
        return f"F1 {self.f1:.3f} ({self.hits} right, {len(self.missed)} missed, \
{len(self.wrong)} wrong; {self.alike} alike)"


def read_sentences(data_dir: Path, half: str) -> list[Sentence]:
    """The sentences of ``half`` (A or B) with the texts of their items."""
    found: list[Sentence] = []
    for line in LABELS.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        of, id, start, end, what, kind, status, code = line.split("\t")
        if of != half:
            continue
        if what == "sentence":
            found.append(Sentence(id, int(start), int(end)))
        else:
            mark = Mark(int(start), int(end), kind, status, code)
            found[-1].marks.setdefault(what, []).append(mark)
    wanted = {sentence.id for sentence in found}
    texts = {
        id: f"{normalize(item.title)}\n{normalize(item.lead)}"
        for id, item in read_stream(data_dir)
        if id in wanted
    }
    for sentence in found:
        sentence.text = texts[sentence.id]
    return found


def score_units(sentences: Iterable[Sentence]) -> Count:
    """A unit is found when its span and level are right; alike: its time and code too."""
    finder = PlaceFinder()
    count = Count()
    for sentence in sentences:
        located = [hit for hit in finder.locate(sentence.text) if sentence.holds(hit[0])]
        wanted = sentence.of("unit")
        spans = {(mark.start, mark.end, mark.kind): mark for mark in wanted}
        seen = set()
        for start, place in located:
            key = (start, start + len(place.text), place.level)
            if key in spans:
                seen.add(key)
                count.hits += 1
                count.alike += _is_alike(place, spans[key])
            elif not _touches(start, place, sentence.of("unit?")):
                count.wrong.append(f"{place.text} ({place.level}) in {sentence.id}")
        count.missed += [
            f"{sentence.text[mark.start : mark.end]} ({mark.kind}) in {sentence.id}"
            for key, mark in spans.items()
            if key not in seen
        ]
    return count


def score_bodies(sentences: Iterable[Sentence]) -> Count:
    """A body is found when a mention of its kind overlaps it; alike: the whole span too."""
    places, finder = PlaceFinder(), AgencyFinder(Profile())
    count = Count()
    for sentence in sentences:
        located = finder.locate(sentence.text, places.locate(sentence.text))
        left = list(sentence.of("agency"))
        for start, body in located:
            if not sentence.holds(start):
                continue
            mark = next((mark for mark in left if _is_body(start, body, mark)), None)
            if mark is not None:
                left.remove(mark)
                count.hits += 1
                count.alike += (start, start + len(body.text)) == (mark.start, mark.end)
            elif not _touches(start, body, sentence.of("agency?")):
                count.wrong.append(f"{body.text} ({body.kind}) in {sentence.id}")
        count.missed += [
            f"{sentence.text[mark.start : mark.end]} ({mark.kind}) in {sentence.id}"
            for mark in left
        ]
    return count


def _is_alike(place: PlaceMention, mark: Mark) -> bool:
    if mark.code == "open":
        return place.code == "" or bool(place.valid_until)
    status = "old" if place.valid_until else "today"
    return (place.code, status) == (mark.code, mark.status)


def _is_body(start: int, body: AgencyMention, mark: Mark) -> bool:
    is_over = start < mark.end and mark.start < start + len(body.text)
    return is_over and body.kind == mark.kind


def _touches(start: int, mention: PlaceMention | AgencyMention, marks: Sequence[Mark]) -> bool:
    end = start + len(mention.text)
    return any(start < mark.end and mark.start < end for mark in marks)
