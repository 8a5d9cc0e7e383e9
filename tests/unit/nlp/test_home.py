"""The name of the office's own province tells nothing about which story a document belongs to."""

from __future__ import annotations

from langnghe.items import document_from
from langnghe.profile import Profile, ProfilePlace
from nlp.stories.features import home_names, traits_of

PROFILE = Profile(
    province="lam-giang",
    places=(ProfilePlace("tỉnh Lam Giang", "province", "lam-giang", aliases=("Lam Giang",)),),
)
DOC = document_from({"title": "Tỉnh Lam Giang công bố kết quả nước máy ở phường Lam Thành"})


def test_the_home_province_is_not_seen_but_its_communes_are() -> None:
    traits = traits_of(DOC, home=home_names(PROFILE))
    assert "lam giang" not in traits.full
    assert "giang" not in traits.title
    assert "lam thành" in traits.full


def test_for_the_whole_country_everything_is_seen() -> None:
    assert home_names(Profile()) is None
    assert "lam giang" in traits_of(DOC).full


def test_a_real_province_is_known_by_its_code() -> None:
    pattern = home_names(Profile(province="15"))
    assert pattern is not None
    assert pattern.sub("", "mưa lớn ở tỉnh Lào Cai") == "mưa lớn ở "
