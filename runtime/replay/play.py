"""Plays a recorded stream: its feeds on loopback and, by default, the whole service on them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from langnghe.clock import ReplayClock
from langnghe.document import DocumentKind
from langnghe.errors import ConfigError
from langnghe.settings import load_settings
from langnghe.source import OutletKind, Source, SourceKind
from runtime.replay.site import ReplayServer
from runtime.replay.stream import Outlet, Stream
from runtime.supervisor import child_environ, require_free
from runtime.wiring import open_runtime

_MARKER = ".phat-lai"
_LEAD_IN = timedelta(minutes=2)
_START_PAUSE = timedelta(seconds=4)
_HOST_DELAY_S = 5.0


@dataclass(frozen=True)
class OutletFacts:
    """What the recording's maker knows of an outlet beyond its name."""

    outlet_kind: OutletKind = OutletKind.NATIONAL
    province: str = ""
    weight: float = 1.0


@dataclass(frozen=True)
class Plan:
    """A stream to play, how fast, and whose office watches it."""

    stream: Stream
    speed: float = 60.0
    port: int = 0
    profile: Path | None = None
    tail: timedelta = timedelta(minutes=5)
    """How long the clock stays fast after the last item, so that quiet sources are read too."""
    outlets: Mapping[str, OutletFacts] = field(default_factory=dict)

    def clock(self, real_now: datetime) -> ReplayClock:
        """Return the clock that plays the stream from ``real_now`` on."""
        return ReplayClock(
            recorded_start=self.stream.start - _LEAD_IN,
            real_start=real_now,
            speed=self.speed,
            recorded_end=self.stream.end + self.tail,
        )


def serve_feeds(plan: Plan, stop: Event, say: Callable[[str], object]) -> None:
    """Serve only the feeds until ``stop`` is set."""
    server = _server(plan, plan.clock(datetime.now(UTC)))
    say(f"Trang nguồn: http://127.0.0.1:{server.port}/")
    for outlet in server.site.outlets:
        say(f"  {outlet.name}: {server.site.feed_url(outlet)}")
    stop.wait()
    server.close()


def run_service(
    plan: Plan,
    stop: Event,
    say: Callable[[str], object],
    *,
    data_dir: Path | None = None,
    web_port: int | None = None,
) -> None:
    """Serve the feeds and run the whole service on them, in a data directory made anew."""
    folder = data_dir or load_settings().data_dir.with_name("langnghe-phat-lai")
    wanted = {"LANGNGHE_WEB_PORT": str(web_port)} if web_port else {}
    require_free(load_settings(child_environ({**wanted, "LANGNGHE_DATA_DIR": str(folder)})))
    _renew(folder)
    clock = plan.clock(datetime.now(UTC) + _START_PAUSE)
    server = _server(plan, clock)
    try:
        environ = {
            **_environ(plan, clock, server.port),
            "LANGNGHE_DATA_DIR": str(folder),
            **wanted,
        }
        runtime = open_runtime(child_environ(environ), migrate=True)
        # The ledger is open only now, and these need it.
        from ledger import sources
        from runtime import firstrun, profiling, service

        if plan.profile is not None:
            profiling.install_profile(plan.profile, runtime.profile_file)
        sources.seed_sources(replay_sources(plan, server), runtime.clock.now())
        firstrun.prepare(runtime)
        firstrun.welcome(runtime, say)
        service.serve(runtime, stop, say, environ=environ)
    finally:
        server.close()


def replay_sources(plan: Plan, server: ReplayServer) -> list[Source]:
    """Return each outlet's feed on the loopback site as a source."""
    return [_source(plan, server, outlet) for outlet in server.site.outlets]


def _source(plan: Plan, server: ReplayServer, outlet: Outlet) -> Source:
    is_social = outlet.kind is not DocumentKind.ARTICLE
    known = plan.outlets.get(outlet.name, OutletFacts())
    return Source(
        id=outlet.slug,
        name=outlet.name,
        outlet=outlet.name,
        kind=SourceKind.FEED,
        url=server.site.feed_url(outlet),
        outlet_kind=OutletKind.SOCIAL if is_social else known.outlet_kind,
        province=known.province,
        weight=known.weight,
        document_kind=outlet.kind,
        fetch_pages=not is_social and plan.stream.has_texts,
    )


def _server(plan: Plan, clock: ReplayClock) -> ReplayServer:
    return ReplayServer(plan.stream, clock, port=plan.port, speed=plan.speed).start()


def _environ(plan: Plan, clock: ReplayClock, port: int) -> dict[str, str]:
    end = clock.recorded_end
    return {
        "LANGNGHE_REPLAY_RECORDED_START": clock.recorded_start.isoformat(),
        "LANGNGHE_REPLAY_REAL_START": clock.real_start.isoformat(),
        "LANGNGHE_REPLAY_RECORDED_END": end.isoformat() if end else "",
        "LANGNGHE_REPLAY_SPEED": str(plan.speed),
        "LANGNGHE_LOOPBACK_PORTS": str(port),
        "LANGNGHE_HOST_DELAY_S": str(_HOST_DELAY_S / max(plan.speed, 1.0)),
        "LANGNGHE_FETCH_PAGES": str(plan.stream.has_texts),
        # What a recording brings goes nowhere but into this folder.
        "LANGNGHE_SMTP_HOST": "",
        "LANGNGHE_DATABASE_URL": "",
        "LANGNGHE_ELASTICSEARCH_URL": "",
    }


def _renew(folder: Path) -> None:
    """Empty the folder of an earlier play; never touches a folder that is something else."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARKER).exists():
            raise ConfigError(f"{folder} holds other data; choose another --data-dir")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARKER).touch()
