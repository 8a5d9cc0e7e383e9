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
