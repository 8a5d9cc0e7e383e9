"""VietNamNet. Written from the site's known markup; not yet tried on live pages from here."""

from __future__ import annotations

from crawlers.sites.rule import SiteRule

RULE = SiteRule(
    domains=("vietnamnet.vn",),
    body="#maincontent, .maincontent.main-content",
    lead=".content-detail-sapo",
    drop=".vnn-template-noneditable, .article-relate, .inner-article, .box-related",
    date=".bread-crumb-detail__time",
    byline=".article-detail-author__info .name",
    section=".bread-crumb-detail ul li a",
)
