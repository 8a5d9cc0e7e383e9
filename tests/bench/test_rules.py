"""Ten thousand rules against one document at a time, beside Lucene Monitor in the same run."""

from __future__ import annotations

import gzip
import os
import re
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from langnghe.analysis import AnalysedDocument
from langnghe.items import read_items
from langnghe.query import RuleSet, parse
from langnghe.query.words import ExactWords, ItemWords
from tests.bench.stream import stream_file

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

DOCUMENTS = int(os.environ.get("LANGNGHE_TEST_BENCH_RULE_DOCUMENTS", "2000"))
FROM = int(os.environ.get("LANGNGHE_TEST_BENCH_RULE_FROM", "60000"))
NOW = datetime(2026, 4, 30, tzinfo=UTC)


def test_exact_rules_beside_lucene_monitor(shared_dir: Path, tmp_path: Path) -> None:
    peer = shared_dir / "peers" / "lucene-monitor"
    lines = gzip.decompress((peer / "rules-10k.txt.gz").read_bytes()).decode().splitlines()
    docs = list(islice(read_items(stream_file(shared_dir)), FROM, FROM + DOCUMENTS))
    items = [AnalysedDocument(doc) for doc in docs]

    started = time.perf_counter()
    rules = RuleSet([parse(line, is_exact=True) for line in lines])
    loaded_s = time.perf_counter() - started
    matches, rate, cpu_rate = _best_round(rules, items, ExactWords)
    tolerant = RuleSet([parse(line) for line in lines])
    tolerant_matches, tolerant_rate, tolerant_cpu_rate = _best_round(tolerant, items, ItemWords)

    (tmp_path / "rules").write_text("\n".join(lines) + "\n", "utf-8")
    texts = [" ".join(f"{doc.title} . {doc.lead}".splitlines()) for doc in docs]
    (tmp_path / "documents").write_text("\n".join(texts) + "\n", "utf-8")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = subprocess.run(
        [str(peer / "run"), str(tmp_path / "rules"), str(tmp_path / "documents")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    peer_cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    rounds = re.findall(r"(\d+) matches, load [\d.]+ s, (\d+) documents/s", answer)
    peer_rate = max(int(found) for _, found in rounds)
    sys.stderr.write(
        f"\n{len(lines)} rules, {DOCUMENTS} documents, loaded in {loaded_s:.1f} s\n"
        f"  exact: {matches} matches, {rate:.0f} documents/s ({cpu_rate:.0f} a processor second)\n"
        f"  tolerant: {tolerant_matches} matches, {tolerant_rate:.0f} documents/s"
        f" ({tolerant_cpu_rate:.0f} a processor second)\n"
        f"  Lucene Monitor: {rounds}, ours is {rate / peer_rate:.0f} times as fast;"
        f" {len(rounds) * DOCUMENTS / peer_cpu_s:.0f} a processor second (loading included),"
        f" ours {cpu_rate * peer_cpu_s / len(rounds) / DOCUMENTS:.0f} times; load"
        f" {os.getloadavg()[0]:.1f}\n"
    )
    assert {int(found) for found, _ in rounds} == {matches}


def _best_round(
    rules: RuleSet, items: list[AnalysedDocument], read: type[ItemWords]
) -> tuple[int, float, float]:
    best = best_cpu = 0.0
    matches = 0
    for _ in range(3):
        started, cpu = time.perf_counter(), time.process_time()
        matches = sum(len(rules.match_words(read(item), NOW)) for item in items)
        best = max(best, len(items) / (time.perf_counter() - started))
        best_cpu = max(best_cpu, len(items) / (time.process_time() - cpu))
    return matches, best, best_cpu
