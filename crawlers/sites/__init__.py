"""What single sites need beyond the generic way: one module per domain, named after it.

To add a site, copy a module (``vnexpress_net.py``), change its RULE and save a page written in
that site's structure beside its test. A rule that does not fit a page (its body selector finds
nothing) changes nothing: the generic way is tried next.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from crawlers.metadata import registrable_domain
from crawlers.sites.rule import SiteRule
from langnghe.url import host_of


def rule_for(url: str) -> SiteRule | None:
    """Return the rule of the site at ``url``, if there is one."""
    rules = site_rules()
    return rules.get(host_of(url)) or rules.get(registrable_domain(url))


@cache
def site_rules() -> dict[str, SiteRule]:
    """Return the rules of all site modules by domain."""
    found: dict[str, SiteRule] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name != "rule":
            rule = importlib.import_module(f"{__name__}.{module.name}").RULE
            found.update(dict.fromkeys(rule.domains, rule))
    return found
