"""Measures the learned tables as the gates do and writes their cards.

Run ``python -m tests.gates.cards`` whenever one of their files changed; name one or more of
stories, claims, marks, alerts to write those alone. The classifiers' cards are made
by ``python -m nlp.training --stages cards``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from langnghe.claim import FactCheck
from langnghe.profile import Profile
from nlp.backends.base import load_backend
from nlp.backends.pairs import load_pair_reader
from nlp.claims import ClaimMatcher
from nlp.claims.train import LEARNED, load_claims
from nlp.pipeline import Pipeline
from nlp.stories.weeks import UNSEEN_WEEKS, load_week
from nlp.training.marks import accuracy
from nlp.training.table_cards import TABLES, make_card, write
from tests.gates import test_alerts, test_claims
from tests.gates.story_weeks import cluster, score

Figures = Mapping[str, Mapping[str, str]]
_NAMES = {
    "asserts": "khẳng định lại: được gợi ý",
    "criticism": "phê bình: bị gợi ý nhầm",
    "refutes": "bác bỏ: bị gợi ý nhầm",
    "unrelated_claim": "thông tin khác cùng đề tài: bị gợi ý nhầm",
}


def share(value: float) -> str:
    """A share in the Vietnamese way of writing."""
    return f"{value:.1%}".replace(".", ",").replace("%", " %")


def stories(shared: Path) -> Figures:
    figures = {}
    for name in UNSEEN_WEEKS:
        week = load_week(shared / "data", name)
        found = score(week, cluster(week, load_pair_reader()))
        figures[f"Tuần giữ lại {name}"] = {
            "B-cubed F1": share(found.f1),
            "độ chính xác / độ phủ": f"{share(found.precision)} / {share(found.recall)}",
            "vụ lớn nhất: giữ được / thuần": f"{share(found.hold)} / {share(found.purity)}",
        }
    return figures


def claims(shared: Path) -> Figures:
    rows = load_claims(shared / "data")[LEARNED:]
    checks = [
        FactCheck(row["id"], row["claim"], row["correction"], date.fromisoformat(row["date"]))
        for row in rows
    ]
    found = test_claims.rates(
        ClaimMatcher(checks, reader=load_pair_reader()), test_claims.posts_of(rows)
    )
    lines = {
        _NAMES[label]: f"{fired} trên {total} ({share(fired / total)})"
        for label, (fired, total) in sorted(found.items())
    }
    return {"50 thông tin mới nhất, chưa từng học": lines}


def alerts(shared: Path) -> Figures:
    documents = test_alerts.documents_of(shared)
    figures = {}
    for backend, name in (("auto", "các mô hình đi kèm"), ("linear", "riêng mô hình tuyến tính")):
        pipeline = Pipeline(load_backend(backend), profile=Profile())
        for week, docs in documents.items():
            found = test_alerts.measure(shared / "data" / "gold", week, docs, pipeline)
            figures[f"Tuần giữ lại events-{week}, phát lại từ đầu với {name}"] = {
                "vụ cần chú ý được báo": share(found.recall),
                "cảnh báo mỗi ngày": f"{found.a_day:.1f}".replace(".", ","),
                "cảnh báo về việc không đáng": share(found.on_nothing),
                "trung vị thời gian chờ, phút": f"{found.minutes:.0f}",
            }
    return figures


def marks(shared: Path) -> Figures:
    right, total = accuracy(shared / "data")
    counted = f"{total:,}".replace(",", ".")
    return {
        "Bình luận giữ lại, bỏ hết dấu rồi thêm lại": {
            f"tiếng đúng cả dấu, trong {counted} tiếng": share(right)
        }
    }


MEASURES: Mapping[str, Callable[[Path], Figures]] = {
    "stories": stories,
    "claims": claims,
    "marks": marks,
    "alerts": alerts,
}


def main() -> None:
    """Measure and write the wanted cards."""
    parser = argparse.ArgumentParser(prog="python -m tests.gates.cards", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TABLES))
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    wanted = parser.parse_args()
    unknown = set(wanted.names) - set(TABLES)
    if unknown:
        parser.error(f"no such card: {', '.join(sorted(unknown))}")
    for name in wanted.names or TABLES:
        card = make_card(name, MEASURES[name](wanted.shared), date.today())
        write(card)
        sys.stderr.write(f"card {name}: {card.version} {dict(card.figures)}\n")


if __name__ == "__main__":
    main()
