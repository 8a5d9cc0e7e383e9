"""Which reports of a story tell of one happening: the parts that a loose tie put into one cluster.

Clustering asks whether reports belong together on average, so that a second matter of the same kind
(another trial, another inspection) may join a story of which somebody was told before. For a
message that is a matter of its own. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from alerts.signals import Report

TIED = 0.65
"""How likely a report must tell of the same happening as an earlier one to be of its part."""
LARGEST = 12
"""Of how many reports a story may consist to be told apart: in a great one loose ties are many."""


def parts_of(reports: Sequence[Report]) -> list[list[Report]]:
    """Return ``reports`` part by part, each in their order; the first report's part comes first.

    A report is of the part of the earlier one that it is most alike to, or begins a part of its
    own; one that is alike to none before it (held together by a great disaster's theme, or by a
    person) stands with the first. A large story is one part.
    """
    if len(reports) > LARGEST:
        return [list(reports)]
    part_of: dict[str, list[Report]] = {}
    parts: list[list[Report]] = []
    for report in reports:
        nearest = part_of.get(report.near)
        if not parts or (nearest is not None and report.near_score < TIED):
            parts.append(part := [])
        else:
            part = nearest or parts[0]
        part.append(report)
        part_of[report.document_id] = part
    return parts
