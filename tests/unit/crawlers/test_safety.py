"""Which addresses are asked at all, and what robots.txt allows."""

# ruff: noqa: E501

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.answers import Answer
from crawlers.lanes import HostPace
from crawlers.robots import RobotsRules, robots_url
from crawlers.safety import AddressRefused, check_url, is_allowed, is_public_address
from crawlers.starter import check_source
from langnghe.source import Source, SourceKind

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/",
        "http://0177.0.0.1/", "http://0/", "http://10.1.2.3/", "http://172.16.0.1/",
        "http://192.168.1.1/", "http://169.254.169.254/latest", "http://100.64.0.1/",
        "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://[fd00::1]/", "http://[fe80::1]/",
        "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://224.0.0.1/",
        "http://localhost/", "http://a.localhost/", "http://db.internal/", "http://may-in.local/",
        "ftp://bao.vn/", "file:///etc/passwd", "data:text/html,x", "//bao.vn", "bao.vn",
        "http://user:pass@bao.vn/", "http://bao.vn:99999/", "http://" + "a" * 3000,
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url)


@pytest.mark.parametrize(
    "url", ["https://bao.vn/a", "http://8.8.8.8/", "https://báo.vn/", "http://bao.vn:8080/x?y=1"]
)
def test_a_public_address_is_accepted(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    ("kind", "url", "options"),
    [
        (SourceKind.FEED, "http://127.0.0.1:8000/rss", ()),
        (SourceKind.SECTION, "http://10.0.0.4/", ()),
        (SourceKind.BLUESKY, "https://bsky.app/", (("pds", "http://192.168.1.2:2583"),)),
    ],
)
def test_a_source_inside_the_network_is_no_source(
    kind: SourceKind, url: str, options: tuple[tuple[str, str], ...]
) -> None:
    source = Source("x", "x", "x", kind, url, options=options)
    with pytest.raises(AddressRefused):
        check_source(source, "test")


def test_a_port_that_a_replay_opened_and_a_mailbox_may_be_inside() -> None:
    check_source(Source("x", "x", "x", SourceKind.FEED, "http://127.0.0.1:8000/"), "test", (8000,))
    check_source(Source("x", "x", "x", SourceKind.MAILBOX, "imaps://u@127.0.0.1/INBOX"), "test")


def test_a_name_is_judged_by_what_it_resolves_to() -> None:
    """The reactor's guard sees the address after resolution, whatever the name was."""
    assert is_allowed("93.184.216.34", 80, ())
    assert not is_allowed("127.0.0.1", 80, ())
    assert not is_allowed("127.0.0.1", 80, (8080,))
    assert is_allowed("127.0.0.1", 8080, (8080,))
    assert is_allowed("::1", 8080, (8080,))
    assert not is_allowed("10.0.0.1", 8080, (8080,))
    assert not is_allowed("not-an-address", 80, ())
    assert not is_public_address("::ffff:127.0.0.1")


def test_every_hostile_address_of_the_list_is_refused_or_a_name(shared_dir: Path) -> None:
    lines = (shared_dir / "data" / "hostile" / "ssrf-urls.txt").read_text("utf-8").splitlines()
    private = ("127.", "169.254", "192.168", "10.", "0x", "[::", "[0", "2130706433", "localhost")
    for line in lines:
        host = line.partition("://")[2].partition("/")[0]
        if host.startswith(private) and "!" not in host:
            with pytest.raises(AddressRefused):
                check_url(line)


ROBOTS = b"User-agent: *\nDisallow: /kin/\nAllow: /kin/mo\nCrawl-delay: 7\n\nUser-agent: LangNghe\nDisallow: /rieng/\n"


def rules(status: int, body: bytes = ROBOTS, agent: str = "KhacBot/1") -> RobotsRules:
    found = RobotsRules(agent)
    found.learn("https://bao.vn/x", status, body, NOW)
    return found


def test_robots_txt_decides_for_its_own_site() -> None:
    found = rules(200)

    assert found.allows("https://bao.vn/tin/1")
    assert not found.allows("https://bao.vn/kin/1")
    assert found.allows("https://bao.vn/kin/mo")
    assert not found.allows("http://bao.vn/tin/1"), "another origin has not answered"
    assert found.delay_s("https://bao.vn/") == 7
    assert robots_url("https://Bao.vn:8443/a?b") == "https://bao.vn:8443/robots.txt"


def test_our_own_name_in_robots_txt_is_ours() -> None:
    found = rules(200, agent="LangNghe/0.1 (+https://vp.vn)")

    assert not found.allows("https://bao.vn/rieng/1")
    assert found.allows("https://bao.vn/kin/1")


@pytest.mark.parametrize(
    ("status", "is_open"),
    [(404, True), (403, True), (410, True), (500, False), (503, False), (0, False), (429, False)],
)
def test_no_rules_open_a_site_and_no_answer_closes_it(status: int, is_open: bool) -> None:
    assert rules(status, b"").allows("https://bao.vn/x") is is_open
    assert rules(status, b"").is_closed("https://bao.vn/x") is not is_open


def test_answers_are_kept_a_day_at_most_and_across_processes(tmp_path: Path) -> None:
    path = tmp_path / "robots.json"
    first = RobotsRules("x", path)
    first.learn("https://bao.vn/", 200, ROBOTS, NOW)
    first.learn("https://sap.vn/", 500, b"", NOW)
    first.save(NOW)
    second = RobotsRules("x", path)

    assert second.is_known("https://bao.vn/y", NOW + timedelta(hours=23))
    assert not second.is_known("https://bao.vn/y", NOW + timedelta(hours=24))
    assert not second.is_known("https://sap.vn/y", NOW + timedelta(hours=2))
    assert not second.allows("https://bao.vn/kin/1")
    path.write_text("{broken")
    assert not RobotsRules("x", path).is_known("https://bao.vn/", NOW)


def test_a_host_s_pace_is_kept_across_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 120.0)
    path = tmp_path / "hosts.json"
    pace = HostPace(5.0, path)
    pace.started("bao.vn", 100.0)
    pace.heed(Answer("https://khac.vn/rss", 429, {}, b""))
    pace.heed(Answer("https://on.vn/rss", 200, {}, b""))
    pace.save()
    later = HostPace(5.0, path)

    assert later.wait_s("bao.vn", 102.0) == 3.0
    assert later.wait_s("bao.vn", 106.0) == 0.0
    assert later.wait_s("khac.vn", 120.0) == 30.0
    assert later.wait_s("on.vn", 120.0) == 0.0
    assert later.wait_s("moi.vn", 0.0) == 0.0
    later.heed(Answer("https://bao.vn/rss", 429, {"retry-after": "10000"}, b""))
    assert later.wait_s("bao.vn", 120.0) == 120.0, "no rest is endless"
