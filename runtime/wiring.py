"""The composition root: which implementation stands behind each port, decided once.

Index and models are imported where they are asked for: a crawl batch, a process of its own every
few seconds, needs neither.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from langnghe.clock import Clock, ReplayClock, SystemClock, parse_moment
from langnghe.errors import ConfigError, DataDirUnusable
from langnghe.profile import PROFILE_NAME, Profile, load_profile
from langnghe.settings import Settings, load_settings
from ledger import boot

if TYPE_CHECKING:
    from indexer.store import Store
    from nlp.pipeline import Pipeline


@dataclass(frozen=True)
class Runtime:
    """The service's parts as the settings choose them; the ledger is open once this exists."""

    settings: Settings
    clock: Clock

    @cached_property
    def profile(self) -> Profile:
        """The office's profile, read from the data directory."""
        return load_profile(self.profile_file)

    @property
    def profile_file(self) -> Path:
        """Where the office's profile lies."""
        return self.settings.data_dir / PROFILE_NAME

    @cached_property
    def store(self) -> Store:
        """The search index of the settings."""
        from indexer.open import open_store

        return open_store(self.settings)

    @cached_property
    def pipeline(self) -> Pipeline:
        """The nlp pipeline with the backend of the settings."""
        from runtime.understanding import open_pipeline

        return open_pipeline(self.settings, self.profile)


def open_runtime(
    environ: Mapping[str, str] | None = None,
    *,
    data_dir: Path | None = None,
    migrate: bool = False,
) -> Runtime:
    """Return the service's parts with the ledger open, migrated first if wanted.

    Makes the data directory and the room's secret key on first use. Raises ConfigError.
    """
    settings = prepare_settings(load_settings(environ, data_dir=data_dir))
    boot.setup(settings)
    if migrate:
        boot.migrate()
    return Runtime(settings, open_clock(settings))


def prepare_settings(settings: Settings) -> Settings:
    """Return ``settings`` with the data directory made and a secret key present."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        secret = settings.secret_key or _kept_secret(settings.data_dir / "secret.key")
    except OSError as error:
        raise DataDirUnusable(f"{settings.data_dir}: {error}") from error
    return replace(settings, secret_key=secret)


def open_clock(settings: Settings) -> Clock:
    """Return the machine's clock, or the recorded stream's where a replay is set."""
    if not settings.replay_recorded_start:
        return SystemClock()
    try:
        end = settings.replay_recorded_end
        return ReplayClock(
            recorded_start=parse_moment(settings.replay_recorded_start),
            real_start=parse_moment(settings.replay_real_start),
            speed=settings.replay_speed,
            recorded_end=parse_moment(end) if end else None,
        )
    except ValueError as error:
        raise ConfigError(f"replay clock: {error}") from error


def author_key(settings: Settings) -> bytes:
    """Return the key of the authors' pseudonyms; it lies apart from the data and is made once."""
    default = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    path = Path(settings.author_key_file or default / "langnghe" / "author.key")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _kept_secret(path).encode()
    except OSError as error:
        raise ConfigError(f"author_key_file {path}: {error}") from error


def _kept_secret(path: Path) -> str:
    """Return the secret in ``path``, made on first use; two processes agree on one secret."""
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            secret = secrets.token_urlsafe(48)
            file.write(secret)
            return secret
    except FileExistsError:
        return path.read_text("ascii").strip()
