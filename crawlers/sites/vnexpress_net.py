"""VnExpress: eCMS of FPT Online."""

from __future__ import annotations

from crawlers.sites.rule import SiteRule

RULE = SiteRule(
    domains=("vnexpress.net",),
    body="article.fck_detail, div.fck_detail",
    lead="p.description",
    drop="p.Image, .author_mail, .author_top, .box_embed_video, .item_slide_show .desc_cation",
    date="span.date",
    byline="p.author_mail strong, p.Normal[style*='text-align:right'] strong",
    section="ul.breadcrumb li a",
    links="h2.title-news a, h3.title-news a",
)
