"""Counts the rows of syllables by which marks are put back (``nlp/accents.py``).

What is counted: titles and leads of the recorded stream, the news of VNTC (MIT licence), real
comments under titles that are not held out, and the posts that we wrote ourselves. The few texts
that sound like posts count more than the many that sound like news. Only counts are kept, and of
pairs and triples only those met often.

Run ``python -m nlp.training.marks DATA`` to write the table and to print how many syllables of
the held-out comments come back right.
"""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from langnghe.text import fold, normalize, unmarked
from nlp.accents import SHIFT, START, STOP, TABLE, likeliest, segments
from nlp.training.gold import COMMENTS, OWN, bucket, read_own_posts, read_own_replies, read_stream

VNTC = "topics/vntc.train.jsonl.gz"
COMMENT_WEIGHT, OWN_WEIGHT = 8, 3
RAREST_WORD, RAREST_PAIR, RAREST_TRIPLE = 3, 3, 6
"""Weighted counts below these are left out of the table."""
_MARKED_SHARE = 0.15

Row = tuple[str, ...]


def rows(texts: Iterable[str]) -> Iterator[Row]:
    """Yield the runs of syllables of ``texts``, lower-cased, as the restorer reads them."""
    for text in texts:
        lowered = normalize(text).lower()
        for segment in segments(lowered):
            yield tuple(token.word for token in segment)


def comments(data: Path, *, held_out: bool) -> Iterator[str]:
    """Yield the real comments under held-out titles, or all the others."""
    with gzip.open(data / COMMENTS, "rt", encoding="utf-8") as lines:
        for line in lines:
            comment = json.loads(line)
            if (bucket(" ".join(comment["title"].split())) < 20) == held_out:
                yield comment["text"]


def _own(data: Path) -> Iterator[str]:
    for example in (*read_own_posts(), *read_own_replies(data)):
        yield example.input.text
    for line in (OWN / "claims.jsonl").read_text("utf-8").splitlines():
        yield from (probe["text"] for probe in json.loads(line)["probes"])


def _news(data: Path) -> Iterator[str]:
    for _, item in read_stream(data):
        yield item.title
        yield item.lead
    with gzip.open(data / VNTC, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def count(data: Path) -> tuple[Counter[str], Counter[Row], Counter[Row]]:
    """Return the weighted counts of words, pairs and triples."""
    found: tuple[Counter[str], Counter[Row], Counter[Row]] = Counter(), Counter(), Counter()
    for texts, weight in (
        (_news(data), 1),
        (comments(data, held_out=False), COMMENT_WEIGHT),
        (_own(data), OWN_WEIGHT),
    ):
        for row in rows(texts):
            whole = (START, *row, STOP)
            for size, counts in enumerate(found):
                for at in range(len(whole) - size):
                    key = whole[at] if size == 0 else whole[at : at + size + 1]
                    counts[key] += weight  # type: ignore[index]
    return found


def pack(data: Path) -> bytes:
    """Return the table: the words, and the packed keys of words, pairs and triples with counts."""
    singles, pairs, triples = count(data)
    kept = sorted((w for w, n in singles.items() if n >= RAREST_WORD), key=lambda w: -singles[w])
    ids = {word: number for number, word in enumerate(kept)}
    assert len(ids) + 1 < 1 << SHIFT, "the number after the last word stands for every other"
    held: dict[Row, int] = {(word,): singles[word] for word in kept}
    held |= {row: n for row, n in pairs.items() if n >= RAREST_PAIR and ids.keys() >= {*row}}
    for row, n in triples.items():
        if n >= RAREST_TRIPLE and row[:2] in held and row[1:] in held:
            held[row] = n
    keys: dict[int, int] = {}
    for row, n in held.items():
        key = 0
        for word in row:
            key = key << SHIFT | (ids[word] + 1)
        keys[key] = n
    order = sorted(keys)
    file = io.BytesIO()
    np.savez_compressed(
        file,
        words=np.frombuffer("\n".join(kept).encode(), dtype=np.uint8),
        keys=np.diff(np.array(order, dtype=np.int64), prepend=0),
        counts=np.array([keys[key] for key in order], dtype=np.int32),
    )
    return file.getvalue()


def accuracy(data: Path) -> tuple[float, int]:
    """Return which share of the syllables of held-out comments comes back, and of how many."""
    right = total = 0
    for row in rows(comments(data, held_out=True)):
        marked = sum(unmarked(word) != word for word in row)
        if marked < _MARKED_SHARE * len(row):
            continue
        for word, guess in zip(row, likeliest([fold(w) for w in row]), strict=True):
            if word.isalpha():
                total += 1
                right += word == guess
    return right / total, total


def main(data: Path) -> None:
    """Write the table and print its accuracy."""
    TABLE.write_bytes(pack(data))
    share, total = accuracy(data)
    sys.stderr.write(f"{share:.4f} of {total} syllables\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
