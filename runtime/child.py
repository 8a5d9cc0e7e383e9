"""``python -m runtime.child NAME``: one process of the service; opens the ledger first."""

from __future__ import annotations

import importlib
import sys

from runtime.process import configure_logging, exit_with_parent, stop_event
from runtime.wiring import open_runtime

_MODULES = {
    "worker": "runtime.worker",
    "schedule": "runtime.schedule",
    "crawl": "runtime.crawl_child",
    "websub": "runtime.websub",
    "import": "runtime.import_child",
}


def main() -> None:
    """Open the ledger, then run the named part until it ends or is told to stop."""
    name = sys.argv[1]
    stop = stop_event()
    exit_with_parent()
    runtime = open_runtime()
    configure_logging(runtime.settings.log_level, name, runtime.settings.data_dir)
    importlib.import_module(_MODULES[name]).main(runtime, stop)


if __name__ == "__main__":
    main()
