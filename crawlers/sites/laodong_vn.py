"""Lao Động. Written from the site's known markup; not yet tried on live pages from here."""

from __future__ import annotations

from crawlers.sites.rule import SiteRule

RULE = SiteRule(
    domains=("laodong.vn",),
    body=".art-body",
    lead=".chappeau",
    drop=".related-articles, .art-footer, figure",
    date=".f-datetime, time",
    byline=".authors .author, .author",
    section=".breadcrumb a.main-cate-lnk",
)
