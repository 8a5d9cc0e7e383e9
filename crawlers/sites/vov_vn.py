"""VOV. Written from the site's known markup; not yet tried on live pages from here."""

from __future__ import annotations

from crawlers.sites.rule import SiteRule

RULE = SiteRule(
    domains=("vov.vn",),
    body=".article-content, .text-long",
    lead=".article-summary, .field--name-field-sapo",
    drop=".article-related, .field--name-field-related",
    date=".article-date, .article-published",
    byline=".article-author",
    section=".breadcrumb-item a",
)
