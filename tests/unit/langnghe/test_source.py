"""Sources of one name are told apart."""

from __future__ import annotations

from langnghe.source import Source, SourceKind, beside_names


def source(number: int, name: str, url: str) -> Source:
    return Source(f"s{number}", name, name, SourceKind.FEED, url)


def test_the_host_stands_beside_a_name_that_occurs_twice_and_the_address_where_that_is_no_help():
    found = [
        source(1, "Báo A", "https://bao-a.example/rss"),
        source(2, "báo a", "https://khac.example/rss"),
        source(3, "Báo B", "https://b.example/1.rss"),
        source(4, "Báo B", "https://b.example/2.rss"),
        source(5, "Báo C", "https://c.example/rss"),
    ]
    assert beside_names(found) == {
        "s1": "bao-a.example",
        "s2": "khac.example",
        "s3": "b.example/1.rss",
        "s4": "b.example/2.rss",
    }
