"""Which models read the documents: the one place that settings become an nlp pipeline."""

from __future__ import annotations

from typing import Literal, cast

from langnghe.errors import ConfigError
from langnghe.profile import PROFILE_NAME, Profile, load_profile
from langnghe.settings import Settings
from nlp.backends.base import load_backend
from nlp.backends.pairs import PairReader, load_pair_reader
from nlp.pipeline import Pipeline

_KINDS = ("auto", "linear", "encoder")


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
    if kind not in _KINDS:
        raise ConfigError(f"nlp_backend: expected auto, linear or encoder, got {kind!r}")
    whose = profile or load_profile(settings.data_dir / PROFILE_NAME)
    chosen = load_backend(
        cast(Literal["auto", "linear", "encoder"], kind), models_dir=settings.models_folder
    )
    return Pipeline(chosen, profile=whose)
