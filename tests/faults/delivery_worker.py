"""A deliverer that kills itself with SIGKILL at a named point; run as a module by the tests.

Arguments: data directory, SMTP port, point ("" = live), seconds that have passed on its clock.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from alerts.channels.email import MailIdentity, SmtpChannel, SmtpServer
from alerts.deliver import deliver_due
from langnghe.settings import load_settings
from ledger import boot
from tests.unit.alerts.made import NOON

POINTS = ("before-claim", "after-claim", "before-send", "after-send", "before-mark", "after-mark")


def main() -> None:
    data_dir, port, point, seconds = sys.argv[1:]
    now = NOON + timedelta(seconds=float(seconds))
    boot.setup(load_settings({}, data_dir=Path(data_dir)))
    from ledger.deliveries import LedgerOutbox

    def die_at(here: str) -> None:
        if here == point:
            os.kill(os.getpid(), signal.SIGKILL)

    class Outbox(LedgerOutbox):
        def claim(self, limit, at):
            die_at("before-claim")
            claimed = super().claim(limit, at)
            die_at("after-claim")
            return claimed

        def mark_sent(self, delivery, at):
            die_at("before-mark")
            super().mark_sent(delivery, at)
            die_at("after-mark")

    class Channel(SmtpChannel):
        def send(self, message, recipient):
            die_at("before-send")
            super().send(message, recipient)
            die_at("after-send")

    server = SmtpServer("127.0.0.1", int(port), security="none")
    channel = Channel(server, MailIdentity("LangNghe <langnghe@vd.vn>"))
    deliver_due(Outbox(), {"email": channel}, lambda: now)


if __name__ == "__main__":
    main()
