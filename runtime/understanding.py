"""Which models read the documents: the one place that settings become an nlp pipeline."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Literal, cast

from langnghe.errors import ConfigError
from langnghe.profile import PROFILE_NAME, Profile, load_profile
from langnghe.settings import Settings
from nlp.backends.base import Backend, load_backend
from nlp.backends.pairs import PairReader, load_pair_reader
from nlp.backends.pulled import PulledBackend, PulledModel
from nlp.pipeline import Pipeline

_KINDS = ("auto", "linear", "encoder")
PULLED = "pulled:"
OFFICE_REPORT = "office.json"
"""Beside weights that the office taught: when, on how many corrections, before and after."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")


def open_pair_reader(settings: Settings) -> PairReader | None:
    """Return the reader of pairs for clustering and claims; None for the linear backend alone."""
    if settings.nlp_backend == "linear":
        return None
    return load_pair_reader(settings.models_folder)


def open_pipeline(
    settings: Settings, profile: Profile | None = None, *, backend: str = ""
) -> Pipeline:
    """Return the pipeline of the settings; ``backend`` and ``profile`` win over theirs.

    Raises ModelUnavailable or ConfigError.
    """
    kind = backend or settings.nlp_backend
    whose = profile or load_profile(settings.data_dir / PROFILE_NAME)
    return Pipeline(_backend(settings, kind), profile=whose)


def _backend(settings: Settings, kind: str) -> Backend:
    if kind.startswith(PULLED):
        names = kind.removeprefix(PULLED).split(",")
        models = [PulledModel.load(pulled_folder(settings, name.strip())) for name in names]
        return PulledBackend(load_backend(models_dir=settings.models_folder), models)
    if kind not in _KINDS:
        raise ConfigError(
            f"nlp_backend: expected auto, linear, encoder or pulled:NAME, got {kind!r}"
        )
    return load_backend(
        cast(Literal["auto", "linear", "encoder"], kind), models_dir=settings.models_folder
    )


def pulled_folder(settings: Settings, name: str) -> Path:
    """Return where the pulled model ``name`` lies; raises ConfigError for what is no name."""
    if not _NAME.fullmatch(name):
        raise ConfigError(f"pulled model: {name!r} is no name")
    return settings.data_dir / "pulled" / name


def pulled_names(settings: Settings) -> list[str]:
    """Return the names of the pulled models."""
    found = settings.data_dir.glob("pulled/*/about.json")
    return sorted(path.parent.name for path in found if _NAME.fullmatch(path.parent.name))


def taught_report(settings: Settings) -> dict[str, Any] | None:
    """Return what ``langnghe models train`` wrote beside the weights in use, None if not taught."""
    folder = settings.models_folder
    path = folder / OFFICE_REPORT if folder is not None else None
    if path is None or not path.is_file():
        return None
    facts: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return facts
