"""Rules are checked before they are used, and never name a private person."""

from __future__ import annotations

import pytest

from alerts.matching import RuleMatcher
from alerts.model import OfficeHolder
from alerts.rules import load_default_rules, load_rules, person_named, problems_of
from langnghe.errors import ConfigError
from tests.unit.alerts.made import NOON, item, rule


def test_the_shipped_rules_are_fine():
    rules = load_default_rules()
    assert len({r.id for r in rules}) == len(rules) >= 10
    assert all(problems_of(r) == () for r in rules)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('id = "X Y"\nname = "a"\ntype = "severity"', "mã quy tắc"),
        ('id = "ab"\nname = "a"\ntype = "nope"', "nope"),
        ('id = "ab"\nname = "a"\ntype = "match"', "câu tìm kiếm"),
        ('id = "ab"\nname = "a"\ntype = "match"\nquery = "(a"', "vị trí"),
        ('id = "ab"\nname = "a"\ntype = "severity"\nlevel = 9', "mức"),
        ('id = "ab"\nname = "a"\ntype = "severity"\nsigma = 3', "sigma"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_fault(tmp_path, line, named):
    path = tmp_path / "rules.toml"
    path.write_text(f"[[rule]]\n{line}\n", "utf-8")
    with pytest.raises(ConfigError, match=named):
        load_rules(path)


def test_two_rules_with_one_id_are_refused(tmp_path):
    path = tmp_path / "rules.toml"
    row = '[[rule]]\nid = "ab"\nname = "a"\ntype = "severity"\n'
    path.write_text(row + row, "utf-8")
    with pytest.raises(ConfigError, match="twice"):
        load_rules(path)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ('"Nguyễn Văn Tí"', "Nguyễn Văn Tí"),
        ("Trần Thị Bưởi AND khởi tố", "Trần Thị Bưởi"),
        ('"nước sạch" AND ô nhiễm', ""),
        ('đường "Lê Lợi"', "Lê Lợi"),
        ("phường Trần Phú", ""),
    ],
)
def test_what_looks_like_a_person_is_seen(query, name):
    assert person_named(query) == name


def test_a_person_may_be_named_only_in_an_office_with_an_approver():
    bare = rule(query='"Nguyễn Văn Tí"')
    assert any("tên người" in p for p in problems_of(bare))
    holder = OfficeHolder("Giám đốc", "Sở Y tế", "truong.phong")
    assert problems_of(rule(query='"Nguyễn Văn Tí"', office_holder=holder)) == ()
    unapproved = OfficeHolder("Giám đốc", "Sở Y tế", "")
    assert problems_of(rule(query='"Nguyễn Văn Tí"', office_holder=unapproved)) != ()


def test_a_query_that_is_no_longer_understood_does_not_silence_the_other_rules(caplog):
    rules = [rule(id="cu", query="lũ near/5"), rule(id="moi", query="lũ")]
    matcher = RuleMatcher(rules)
    assert matcher.match(item("a", "Lũ về Lam Giang"), NOON) == ("moi",)
    assert "rule cu finds nothing" in caplog.text
