"""The table of rows of syllables: what it can hold."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from nlp.training import marks


@pytest.mark.parametrize(("words", "fits"), [(6, True), (7, False)])
def test_the_number_of_the_unknown_word_must_fit_too(
    monkeypatch: pytest.MonkeyPatch, words: int, fits: bool
) -> None:
    singles = Counter({f"w{n}": marks.RAREST_WORD for n in range(words)})
    monkeypatch.setattr(marks, "SHIFT", 3)
    monkeypatch.setattr(marks, "count", lambda _: (singles, Counter(), Counter()))
    if fits:
        assert marks.pack(Path())
    else:
        with pytest.raises(AssertionError, match="stands for every other"):
            marks.pack(Path())
