"""``langnghe alerts replay`` prints each alert with its size against usual."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.crisis import scale_from
from alerts.engine import AlertEngine
from langnghe.document import Document
from runtime.cli import alerts as cli
from tests.contract.ledger.samples import NOW, analysis, article
from tests.unit.alerts.made import JUDGE, rule

# A scale of the test's own: the shipped one may change with every training.
GRAVE = scale_from(
    {"weights": {"bias": 0.0, "attention_max": 1.0}, "levels": {"vua": [0.0, 1.5, 9.0]}}
)


class FixedPipeline:
    """Gives every document the same analysis."""

    def analyse(self, batch: list[Document], now: Any) -> list[Any]:
        return [analysis(doc) for doc in batch]


def test_the_reasons_end_with_the_sector_s_size_against_usual(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    days = [
        article(n, title=f"Tin thường {n}", first_seen_at=at, fetched_at=at, published_at=at)
        for n, at in enumerate((NOW - k * timedelta(days=1) for k in range(16, 0, -1)), 1)
    ]
    grave = article(90, title="Ngộ độc ở trường học, 40 học sinh nhập viện, 2 em chết")

    def engine(rules: Any, profile: Any) -> AlertEngine:
        return AlertEngine([rule()], profile, judge=JUDGE, scale=GRAVE)

    monkeypatch.setenv("LANGNGHE_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(cli, "AlertEngine", engine)
    monkeypatch.setattr(cli, "open_pipeline", lambda settings: FixedPipeline())
    monkeypatch.setattr(cli, "open_pair_reader", lambda settings: None)
    monkeypatch.setattr(cli, "read_items", lambda items: iter([*days, grave]))
    cli.replay("-")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (told,) = [row for row in rows if "doc-0090" in row["items"]]
    assert told["reasons"][-1] == (
        "Cả lĩnh vực Môi trường, thiên tai: 1 tin trong 24 giờ, thường ngày khoảng 1"
    )
