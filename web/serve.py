"""``python -m web.serve``: the room as a child of the supervisor."""

from __future__ import annotations

import logging
import os
import threading

from waitress import create_server

from langnghe.settings import load_settings
from runtime.imports import MAX_BYTES
from runtime.process import Heartbeat, configure_logging, exit_with_parent, stop_event
from runtime.wiring import open_runtime, prepare_settings
from web import room

logger = logging.getLogger(__name__)


def main() -> None:
    """Serve until the supervisor says stop."""
    stop = stop_event()
    exit_with_parent()
    settings = prepare_settings(load_settings())
    configure_logging(settings.log_level, "web", settings.data_dir)
    # The room's Django and everything below must sign with the same key.
    os.environ["LANGNGHE_SECRET_KEY"] = settings.secret_key
    os.environ["DJANGO_SETTINGS_MODULE"] = "web.settings"
    # The first migration here also makes the tables of sessions, lockout and second factor.
    room.use(open_runtime(migrate=True))

    from django.core.wsgi import get_wsgi_application

    server = create_server(
        get_wsgi_application(),
        host=settings.web_host,
        port=settings.web_port,
        threads=settings.web_threads,
        ident="LangNghe",
        trusted_proxy="127.0.0.1",
        trusted_proxy_headers={"x-forwarded-for", "x-forwarded-proto"},
        clear_untrusted_proxy_headers=True,
        max_request_body_size=MAX_BYTES + 1_000_000,
    )
    threading.Thread(target=server.run, name="waitress", daemon=True).start()
    heartbeat = Heartbeat(settings.data_dir / "run", "web")
    logger.info("the room answers at %s", settings.room_url)
    heartbeat.beat()
    while not stop.wait(1.0):
        heartbeat.beat()
    server.close()


if __name__ == "__main__":
    main()
