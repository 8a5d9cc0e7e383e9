"""The models' page: every learned thing has its card there, pulled ones and what was taught too."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path

from nlp.backends.base import SHIPPED_MODELS
from nlp.backends.card import card_names, digest, read_card
from nlp.training.card_text import page
from tests.web.conftest import Room


def read(room: Room) -> str:
    return room.as_role("analyst").get("/mo-hinh/").content.decode()


def section(said: str, name: str) -> str:
    """The card named ``name`` on the page."""
    return said.partition(f"<span>{name}</span>")[2].partition("</section>")[0]


def test_every_card_stands_there(room: Room) -> None:
    said = read(room)
    assert {"alerts", "claims", "encoder", "linear", "stories"} <= {*card_names()}
    for name in card_names():
        assert f"<span>{name}</span>" in said
    assert "Gom tin thành vụ việc" in said


def test_what_the_office_taught_is_shown_with_before_and_after(room: Room) -> None:
    own = room.runtime.settings.data_dir / "models"
    shutil.copytree(SHIPPED_MODELS, own)
    facts = {
        "made_on": "2026-11-20",
        "learnt": 212,
        "untouched": 600,
        "taught": ["tone"],
        "before": {"tone": {"texts": 204, "accuracy": 0.828}},
        "after": {"tone": {"texts": 204, "accuracy": 0.861}},
    }
    (own / "office.json").write_text(json.dumps(facts), "utf-8")
    (own / "linear-news.npz").write_bytes(b"taught weights")
    said = read(room)
    assert "học từ 212 văn bản đã sửa" in said
    for words in ("<td>sắc thái</td>", "82,8 %", "86,1 %", "học thêm"):
        assert words in said
    assert "Thẻ khớp" in section(said, "linear")


def test_a_pulled_model_whose_graph_was_changed_is_seen(room: Room, tmp_path: Path) -> None:
    folder = room.runtime.settings.data_dir / "pulled" / "lon-hon"
    folder.mkdir(parents=True)
    (folder / "about.json").write_text("{}", "utf-8")
    (folder / "model.onnx").write_bytes(b"graph")
    facts = asdict(read_card("linear")) | {
        "name": "lon-hon",
        "files": {"model.onnx": digest(folder / "model.onnx")},
    }
    (folder / "lon-hon.json").write_text(json.dumps(facts), "utf-8")
    (folder / "lon-hon.md").write_text(page(read_card("lon-hon", folder)), "utf-8")
    assert "Thẻ khớp" in section(read(room), "lon-hon")
    (folder / "model.onnx").write_bytes(b"another graph")
    assert "Thẻ không khớp" in section(read(room), "lon-hon")
