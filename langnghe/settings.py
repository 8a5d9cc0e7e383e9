"""One frozen :class:`Settings`, read once from the environment and one TOML file.

Order: defaults < ``langnghe.toml`` < ``LANGNGHE_*`` < ``LANGNGHE_*_FILE`` (secrets). An unknown
``LANGNGHE_`` variable or key is a :class:`~langnghe.errors.ConfigError`; ``LANGNGHE_TEST_*``
belongs to the tests. Functions receive values, never a global.
"""

from __future__ import annotations

import os
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from langnghe.errors import ConfigError

CONFIG_NAME = "langnghe.toml"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# The least and the greatest value of each number that has such.
_RANGES: dict[str, tuple[float, float]] = {
    "web_port": (1, 65_535),
    "web_threads": (1, 256),
    "idle_minutes": (1, 24 * 60),
    "smtp_port": (1, 65_535),
    "digest_hour": (0, 23),
    "digest_minute": (0, 59),
    "digest_noon_hour": (0, 23),
    "digest_evening_hour": (0, 23),
    "digest_weekday": (0, 6),
    "clock_initial_statement_hours": (1, 24 * 30),
    "clock_opinion_affected_hours": (1, 24 * 30),
    "clock_press_request_days": (1, 365),
    "clock_forwarded_opinion_working_days": (1, 250),
    "clock_feedback_working_days": (1, 250),
    "host_delay_s": (0, 3_600),
    "crawl_concurrency": (1, 256),
    "page_max_bytes": (1_000, 100_000_000),
    "feed_max_bytes": (1_000, 100_000_000),
    "spool_max_bytes": (1_000_000, 100_000_000_000),
    "social_days": (1, 36_500),
    "press_days": (1, 36_500),
    "replay_speed": (1e-6, 1e6),
}


def default_data_dir(environ: Mapping[str, str]) -> Path:
    """Return where data lives unless told otherwise: the XDG data folder."""
    base = environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "langnghe"


@dataclass(frozen=True)
class Settings:
    """All settings; each name is a key of ``langnghe.toml`` and, upper-cased, a variable.

    Units stand in the names; addresses are ``host:port`` or URLs.
    """

    data_dir: Path
    config_file: Path

    # The ledger: "" = SQLite in the data directory, else postgresql://user:password@host/name
    database_url: str = ""
    # The search index: "" = embedded (SQLite FTS5), else https://host:9200
    elasticsearch_url: str = ""
    elasticsearch_api_key: str = ""
    elasticsearch_ca_file: str = ""
    elasticsearch_index: str = "langnghe"

    # The room
    web_host: str = "127.0.0.1"
    web_port: int = 8642
    web_threads: int = 8
    public_url: str = ""
    secret_key: str = ""
    idle_minutes: int = 30

    # Mail; smtp_host "" = .eml files in the outbox folder
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_security: str = "starttls"
    mail_from: str = "LangNghe <langnghe@localhost>"
    mail_to: str = ""
    # Replies to alerts: imaps://user@host/Folder ("" = not read), and their address where it is
    # another one than mail_from's
    reply_mailbox: str = ""
    reply_password: str = ""
    reply_address: str = ""
    digest_hour: int = 7
    digest_minute: int = 0
    digest_noon_hour: int = 12
    digest_evening_hour: int = 18
    # The day of the weekly digest, Monday = 0
    digest_weekday: int = 0

    # Response clocks: the lengths of today's regulations (alerts/clocks.py names them); have them
    # confirmed by the office's lawyers
    clock_initial_statement_hours: int = 24
    clock_opinion_affected_hours: int = 24
    clock_press_request_days: int = 30
    clock_forwarded_opinion_working_days: int = 15
    clock_feedback_working_days: int = 10

    # Crawling
    contact: str = ""
    crawl_enabled: bool = True
    fetch_pages: bool = True
    host_delay_s: float = 5.0
    crawl_concurrency: int = 16
    loopback_ports: str = ""
    page_max_bytes: int = 10_000_000
    feed_max_bytes: int = 10_000_000
    # Hubs of feeds may push to public_url (WebSub); only where the hubs can reach it
    websub_enabled: bool = False
    # What is read while the ledger is down waits on the disk, up to this much
    spool_max_bytes: int = 256_000_000

    # Understanding
    nlp_backend: str = "auto"
    models_dir: str = ""

    # Pseudonyms: the key lies apart from the data ("" = a file in the configuration folder)
    author_key_file: str = ""

    # Retention, in days
    social_days: int = 90
    press_days: int = 730

    # Times of the recorded stream that a replay or the demo follows ("" = the machine's clock)
    replay_recorded_start: str = ""
    replay_real_start: str = ""
    replay_recorded_end: str = ""
    replay_speed: float = 1.0

    log_level: str = "INFO"

    @property
    def sqlite_path(self) -> Path:
        """The embedded ledger."""
        return self.data_dir / "ledger.sqlite3"

    @property
    def models_folder(self) -> Path | None:
        """The configured weights, else those taught by the office, else None: those that ship."""
        if self.models_dir:
            return Path(self.models_dir)
        own = self.data_dir / "models"
        return own if own.is_dir() else None

    @property
    def index_path(self) -> Path:
        """The embedded search index."""
        return self.data_dir / "index.sqlite3"

    @property
    def outbox_dir(self) -> Path:
        """Where mails land as .eml files without SMTP."""
        return self.data_dir / "outbox"

    @property
    def room_url(self) -> str:
        """The address of the room as people reach it."""
        return self.public_url or f"http://{self.web_host}:{self.web_port}"

    @property
    def open_ports(self) -> tuple[int, ...]:
        """The loopback ports that demo, replay or a test opened for reading; ConfigError for what
        is no port."""
        return tuple(_port(text) for text in self.loopback_ports.split(",") if text.strip())


def load_settings(
    environ: Mapping[str, str] | None = None, *, data_dir: Path | None = None
) -> Settings:
    """Return the settings of ``environ`` and the TOML file that it names.

    The file is ``LANGNGHE_CONFIG_FILE``, else ``langnghe.toml`` in the data directory; a missing
    file is fine. Raises ConfigError naming the unknown or malformed key.
    """
    environ = os.environ if environ is None else environ
    folder = data_dir or Path(environ.get("LANGNGHE_DATA_DIR") or default_data_dir(environ))
    config = Path(environ.get("LANGNGHE_CONFIG_FILE") or folder / CONFIG_NAME)
    settings = Settings(data_dir=folder.expanduser(), config_file=config.expanduser())
    settings = _apply(settings, _read_file(settings.config_file), str(settings.config_file))
    settings = _apply(settings, _read_environ(environ), "environment")
    _check(settings)
    return settings if data_dir is None else replace(settings, data_dir=data_dir)


def _check(settings: Settings) -> None:
    for name, (least, most) in _RANGES.items():
        value = getattr(settings, name)
        if not least <= value <= most:
            raise ConfigError(f"{name}: expected {least:g} to {most:g}, got {value:g}")
    if settings.log_level.upper() not in LOG_LEVELS:
        raise ConfigError(f"log_level: expected {', '.join(LOG_LEVELS)}: {settings.log_level!r}")
    _ = settings.open_ports


def _port(text: str) -> int:
    least, most = _RANGES["web_port"]
    try:
        port = int(text)
    except ValueError as error:
        raise ConfigError(f"loopback_ports: expected numbers, got {text!r}") from error
    if not least <= port <= most:
        raise ConfigError(f"loopback_ports: expected {least:g} to {most:g}, got {port}")
    return port


def _read_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error


def _read_environ(environ: Mapping[str, str]) -> dict[str, object]:
    known = {f.name for f in fields(Settings)}
    values: dict[str, object] = {}
    for name, value in environ.items():
        if not name.startswith("LANGNGHE_") or name.startswith("LANGNGHE_TEST_"):
            continue
        key = name.removeprefix("LANGNGHE_").lower()
        if key in known:
            values[key] = value
        elif key.endswith("_file") and key.removesuffix("_file") in known:
            try:
                secret = Path(value).read_text("utf-8").strip()
            except OSError as error:
                raise ConfigError(f"{name}: {error}") from error
            values[key.removesuffix("_file")] = secret
        else:
            raise ConfigError(f"unknown environment variable {name}")
    return values


def _apply(settings: Settings, values: Mapping[str, object], origin: str) -> Settings:
    types_of = typing.get_type_hints(Settings)
    changes: dict[str, typing.Any] = {}
    for key, value in values.items():
        if key not in types_of:
            raise ConfigError(f"{origin}: unknown setting {key!r}")
        changes[key] = _convert(value, types_of[key], f"{origin}: {key}")
    return replace(settings, **changes)


def _convert(value: object, wanted: type | types.UnionType, where: str) -> object:
    if wanted is bool:
        text = str(value).strip().lower()
        if text in {"1", "true", "yes", "on"}:
            return True
        if text in {"0", "false", "no", "off", ""}:
            return False
        raise ConfigError(f"{where}: expected true or false, got {value!r}")
    try:
        if wanted is int:
            return int(str(value))
        if wanted is float:
            return float(str(value))
    except ValueError as error:
        raise ConfigError(f"{where}: expected a number, got {value!r}") from error
    if wanted is Path:
        return Path(str(value)).expanduser()
    return str(value)
