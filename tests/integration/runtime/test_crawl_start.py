"""A crawl batch is a process of its own every few seconds: what it loads, it loads each time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_BATCH = """
import sys
import runtime.child
from runtime.wiring import open_runtime
opened = open_runtime()
import runtime.crawl_child
runtime.crawl_child.run_batch([], None, runtime.crawl_child.crawl_options(opened))
print(*sys.modules)
"""


def test_a_batch_loads_no_models_index_page_parser_or_web_server(tmp_path: Path) -> None:
    environ = {
        **os.environ,
        "LANGNGHE_DATA_DIR": str(tmp_path),
        "LANGNGHE_AUTHOR_KEY_FILE": str(tmp_path / "author.key"),
    }
    environ.pop("DJANGO_SETTINGS_MODULE", None)

    batch = subprocess.run(
        [sys.executable, "-c", _BATCH], env=environ, capture_output=True, text=True, check=True
    )

    loaded = set(batch.stdout.split())
    assert {"scrapy.core.engine", "crawlers.session", "ledger.ingest"} <= loaded
    assert loaded.isdisjoint(
        {"numpy", "nlp.pipeline", "indexer.open", "trafilatura", "feedparser", "aiohttp"}
    )
