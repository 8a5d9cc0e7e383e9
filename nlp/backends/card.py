"""The card of a shipped model: what it is for, how good it is, on what, and where it fails.

A card is a JSON file of facts, made with the weights, and a Vietnamese page
drawn from it. A card whose digests differ from the weights is out of date.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langnghe.errors import ModelUnavailable

SHIPPED_CARDS = Path(__file__).parent.parent / "cards"
PACKAGES = Path(__file__).parents[2]
"""What the files of a card of tables are named from ("alerts/resources/story.toml")."""


@dataclass(frozen=True)
class Card:
    """The facts of one model; ``files`` maps its weight files to their SHA-256."""

    name: str
    version: str
    made_on: str
    task: str
    files: Mapping[str, str]
    data: tuple[Mapping[str, str], ...]
    figures: Mapping[str, Any]
    baseline: Mapping[str, Any]
    speed: Mapping[str, Any]
    limits: tuple[str, ...]


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_card(name: str, cards_dir: Path = SHIPPED_CARDS) -> Card:
    """The card of the named model.

    Raises ModelUnavailable if there is none or it cannot be read.
    """
    path = cards_dir / f"{name}.json"
    try:
        facts = json.loads(path.read_text("utf-8"))
        facts["data"], facts["limits"] = tuple(facts["data"]), tuple(facts["limits"])
        return Card(**facts)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelUnavailable(f"no readable card {path.name}: {error}") from error


def card_names(cards_dir: Path = SHIPPED_CARDS) -> list[str]:
    """The names of all cards."""
    return sorted(path.stem for path in cards_dir.glob("*.json"))


def folder_of(card: Card, models_dir: Path) -> Path:
    """Where a card's files lie: weights in ``models_dir``, learned tables in their packages."""
    return PACKAGES if any("/" in name for name in card.files) else models_dir


def stale_files(card: Card, models_dir: Path) -> list[str]:
    """The weight files that are absent or are not those the card was made for."""
    return [
        name
        for name, wanted in card.files.items()
        if not (models_dir / name).is_file() or digest(models_dir / name) != wanted
    ]
