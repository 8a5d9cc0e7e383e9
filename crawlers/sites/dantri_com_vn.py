"""Dân trí."""

from __future__ import annotations

from crawlers.sites.rule import SiteRule

RULE = SiteRule(
    domains=("dantri.com.vn",),
    body=".singular-content, .e-magazine__body, [data-slot=content]",
    lead=".singular-sapo, .e-magazine__sapo, [data-slot=sapo]",
    drop="figure, .news-relation, .dt-news__related",
    date="time.author-time, time",
    links="h3.article-title a, [data-content-name] h3 a",
)
