"""Which digests one gets: one's own for everybody, a colleague's for administrators."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from tests.web.conftest import HEALTH, WATER, Room

MINE = "/diem-tin/chon/"


def test_somebody_chooses_their_own_and_finds_the_choice_again(room: Room) -> None:
    from ledger import digests

    name = room.member("leader")
    client = room.client(name)
    assert 'value="daily" ' in client.get(MINE).content.decode()
    given = {"kinds": ["noon", "weekly"], "topics": ["y_te"], "places": ["xã Hòa Khê"]}
    assert client.post(MINE, given).status_code == 302
    chosen = digests.choices()[name]
    assert (chosen.kinds, chosen.topics) == (("noon", "weekly"), ("y_te",))
    assert chosen.places == ("xã Hòa Khê",)
    page = client.get(MINE).content.decode()
    assert page.count("checked") == 4


def test_an_unknown_kind_or_a_topic_beyond_one_s_limits_is_refused(room: Room) -> None:
    from ledger import digests

    client = room.as_role("leader", departments=[HEALTH])
    page = client.get(MINE).content.decode()
    assert "Y tế" in page and "Giáo dục" not in page
    for wrong in ({"kinds": ["hourly"]}, {"topics": ["giao_duc"]}):
        assert client.post(MINE, wrong).status_code == 200
    assert digests.choices() == {}


def test_an_administrator_chooses_for_a_colleague_and_nobody_else_does(room: Room) -> None:
    from ledger import audit, digests

    name = room.member("spokesperson")
    url = f"/nguoi-dung/{name}/diem-tin/"
    assert room.as_role("analyst").post(url, {"kinds": ["daily"]}).status_code == 403
    assert digests.choices() == {}
    assert room.as_role("admin").post(url, {"kinds": ["evening"]}).status_code == 302
    assert digests.choices()[name].kinds == ("evening",)
    assert any(entry.action == "digest.choose" for entry in audit.entries(20, None))
    assert room.as_role("admin").get("/nguoi-dung/khong-co/diem-tin/").status_code == 404


def test_each_figure_of_a_chosen_digest_opens_exactly_its_list(stocked: Room) -> None:
    from datetime import timedelta

    from langnghe.links import RoomLinks
    from ledger.digest_facts import digest_facts, interest_in
    from reports.periods import Period

    period = Period("daily", stocked.now - timedelta(days=1), stocked.now + timedelta(hours=1))
    client = stocked.as_role("leader")
    profile, links = stocked.runtime.profile, RoomLinks("https://phong.example")
    for topics, places in (
        (("moi_truong_thien_tai",), ()),
        ((), ("phường Lam Thành",)),
        (("y_te", "giao_duc"), ("phường Lam Thành", "xã Hòa Khê")),
        (("y_te",), ()),
    ):
        facts = digest_facts(period, profile, links, stocked.now, interest_in(topics, places, None))
        figures = {"total": facts.total, **facts.tones, "critical": facts.critical}
        for name, figure in figures.items():
            address = urlsplit(facts.links[name])
            page = client.get(address.path, dict(parse_qsl(address.query)))
            assert page.context["page"].total == figure, (topics, places, name)


def test_limits_are_named_on_the_page(room: Room) -> None:
    page = room.as_role("spokesperson", departments=[WATER]).get(MINE).content.decode()
    assert "phần việc được phân công" in page
