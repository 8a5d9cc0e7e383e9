"""Papers on ePi's MasterCMS: Nhân Dân, VietnamPlus, Pháp Luật TP.HCM, SGGP and others.

Written from the system's known markup (article__…, cms-…); not yet tried on live pages from here.
"""

from __future__ import annotations

from crawlers.sites.rule import SiteRule

RULE = SiteRule(
    domains=(
        "baodautu.vn",
        "baoquangninh.vn",
        "hanoimoi.vn",
        "nhandan.vn",
        "plo.vn",
        "qdnd.vn",
        "sggp.org.vn",
        "tienphong.vn",
        "vietnamplus.vn",
        "znews.vn",
    ),
    body=".article__body, .cms-body, .the-article-body, .post-content",
    lead=".article__sapo, .cms-desc, .the-article-summary, .post-summary",
    drop=".article__tag, .article__story, .notebox, .inner-article, table.picture, .article-relate",
    date=".article__meta time, .the-article-publish, time",
    byline=".article__author .name, .cms-author, .the-article-author",
    section=".article__breadcrumb a, .the-article-category a",
)
