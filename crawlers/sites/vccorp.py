"""Papers on VCCorp's IMS: the Government's news, Tuổi Trẻ, Thanh Niên, CafeF and many more.

One structure: data-role="title", "sapo", "content", "publishdate", "cate-name".
"""

from __future__ import annotations

from crawlers.sites.rule import SiteRule

RULE = SiteRule(
    domains=(
        "baochinhphu.vn",
        "cafef.vn",
        "cafebiz.vn",
        "genk.vn",
        "kenh14.vn",
        "nld.com.vn",
        "soha.vn",
        "thanhnien.vn",
        "toquoc.vn",
        "tuoitre.vn",
        "vneconomy.vn",
        "xaydungchinhsach.chinhphu.vn",
    ),
    body="[data-role=content]",
    lead="[data-role=sapo]",
    drop=".VCSortableInPreviewMode, .link-source-wrapper, .kbwcb, .tindnd",
    date="[data-role=publishdate]",
    byline="[data-role=author]",
    section="[data-role=cate-name]",
)
