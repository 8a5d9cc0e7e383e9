"""Access tokens of API sources: one file a source, in a folder apart from the data."""

from __future__ import annotations

from pathlib import Path

from langnghe.errors import ConfigError

_MAX_BYTES = 10_000


def load_secrets(folder: Path) -> dict[str, str]:
    """Return source id → token from the files ``<source id>`` in ``folder``; {} without one.

    Raises ConfigError naming a file that cannot be read or is too large to be a token.
    """
    if not folder.is_dir():
        return {}
    found: dict[str, str] = {}
    for file in sorted(folder.iterdir()):
        if not file.is_file() or file.name.startswith("."):
            continue
        try:
            if file.stat().st_size > _MAX_BYTES:
                raise ConfigError(f"{file}: too large for an access token")
            found[file.name] = file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{file}: {error}") from error
    return found


def save_secret(folder: Path, source_id: str, secret: str) -> None:
    """Keep the token of a source, readable by the service alone; raises ConfigError."""
    path = folder / source_id
    if path.parent != folder or source_id.startswith("."):
        raise ConfigError(f"no file name: {source_id!r}")
    if len(secret.encode()) > _MAX_BYTES:
        raise ConfigError(f"{path}: too large for an access token")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".{source_id}.new"
        draft.touch(mode=0o600)
        draft.write_text(secret, "utf-8")
        draft.replace(path)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
