"""Counts of a played stream at each step, which must add up.

``python -m tests.bench.count_steps FILE SINCE UNTIL DATA_DIR`` for a data directory that
``langnghe replay FILE --since SINCE --until UNTIL --data-dir DATA_DIR`` filled. Only reads.
"""

from __future__ import annotations

import sys
from pathlib import Path

from langnghe.clock import parse_moment
from langnghe.items import read_items, replay_moment
from langnghe.settings import load_settings
from ledger import boot


def counts(data_dir: Path) -> dict[str, object]:
    """Return what the ledger of ``data_dir`` holds of each step."""
    boot.setup(load_settings({}, data_dir=data_dir))
    from collections import Counter

    from ledger import queries, work
    from ledger.models import AlertEventRow, AlertRow, DeliveryRow, DigestRow

    figures = queries.counters()
    backlog = {stage.value: waiting for stage, waiting in work.backlog().items()}
    mails = Counter(
        ("digest" if key else "alert", state)
        for key, state in DeliveryRow.objects.values_list("digest_key", "state")
    )
    return {
        "collected": figures.collected,
        "analysed": figures.analysed,
        "indexed": figures.indexed,
        "still to match": backlog["match"],
        "set aside": figures.quarantined,
        "stories": figures.stories,
        "alerts by level": sorted(
            Counter(AlertRow.objects.values_list("level", flat=True)).items()
        ),
        "events of alerts": sorted(
            Counter(AlertEventRow.objects.values_list("kind", flat=True)).items()
        ),
        "digests": DigestRow.objects.count(),
        "mails": sorted(mails.items()),
        "mail files": len(list((data_dir / "outbox").rglob("*.eml"))),
    }


def main() -> None:
    """Print the counts."""
    file, since, until, data_dir = sys.argv[1:]
    first, last = parse_moment(since), parse_moment(until)
    items = sum(1 for item in read_items(file) if first <= replay_moment(item) < last)
    print(f"{'items in the file':18}{items}")  # noqa: T201
    for name, value in counts(Path(data_dir)).items():
        print(f"{name:18}{value}")  # noqa: T201


if __name__ == "__main__":
    main()
