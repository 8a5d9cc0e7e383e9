"""One article is one address."""

import pytest

from langnghe.url import canonical_url, host_of, identity_url, is_web_url, typed_url


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("HTTPS://VnExpress.NET:443/a.html#binh-luan", "https://vnexpress.net/a.html"),
        ("https://a.vn/b?utm_source=fb&id=7&fbclid=x&zarsrc=30", "https://a.vn/b?id=7"),
        ("https://a.vn/b?gidzl=q&vn_term=z", "https://a.vn/b"),
        ("https://a.vn/b.aspx?tabid=2&ItemID=1", "https://a.vn/b.aspx?tabid=2&ItemID=1"),
        ('https://a.vn/b?f=/tin/1&q=Huế%20"x"&', "https://a.vn/b?f=/tin/1&q=Hu%E1%BA%BF%20%22x%22"),
        ("http://a.vn", "http://a.vn/"),
        ("https://a.vn//x//y.html", "https://a.vn/x/y.html"),
        ("https://a.vn/bài viết.html", "https://a.vn/b%C3%A0i%20vi%E1%BA%BFt.html"),
        ("https://a.vn/b%C3%A0i.html", "https://a.vn/b%C3%A0i.html"),
        ("https://báo.vn/x", "https://xn--bo-mia.vn/x"),
    ],
)
def test_canonical_form(given: str, canonical: str) -> None:
    assert canonical_url(given) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize("given", ["javascript:alert(1)", "ftp://a.vn/x", "/bai", "https://", ""])
def test_only_web_addresses_are_accepted(given: str) -> None:
    assert not is_web_url(given)
    with pytest.raises(ValueError, match="not a web address"):
        canonical_url(given)


def test_hosts_are_compared_without_www() -> None:
    assert host_of("https://WWW.Baolamgiang.example.vn/a") == "baolamgiang.example.vn"
    assert host_of("http://[broken") == ""


@pytest.mark.parametrize(
    "other",
    [
        "https://m.bao.vn/a.html",
        "https://amp.bao.vn/a.html?utm_source=x",
        "https://bao.vn/a.html/amp",
    ],
)
def test_mobile_and_amp_forms_are_the_same_article(other: str) -> None:
    assert identity_url(other) == identity_url("https://bao.vn/a.html")


def test_the_order_of_parameters_makes_no_other_article() -> None:
    one, two = "https://bao.vn/x.aspx?tabid=2&ItemID=%31", "https://bao.vn/x.aspx?ItemID=1&tabid=2"
    assert identity_url(one) == identity_url(two) == two


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" vnexpress.net ", "https://vnexpress.net"),
        ("baolamgiang.vn/rss", "https://baolamgiang.vn/rss"),
        ("http://bao.example/", "http://bao.example/"),
        ("báo.vn", "https://báo.vn"),
    ],
)
def test_an_address_may_be_typed_without_its_scheme(typed: str, address: str) -> None:
    assert typed_url(typed) == address


@pytest.mark.parametrize("typed", ["", "xyz", "không phải", "ftp://bao.example/", "https://[", "."])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not a web address"):
        typed_url(typed)
