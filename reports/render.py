"""A digest as a mail: HTML of 600 px that also reads in the dark, and the same in plain text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from langnghe.clock import to_local
from langnghe.wording import ALERT_LEVEL_LABELS, TONE_LABELS, TOPIC_LABELS
from reports.charts import chart_alt, volume_chart
from reports.digest import Digest, grouped

CHART_ID = "bieu-do"

_environment = Environment(
    loader=PackageLoader("reports"),
    autoescape=select_autoescape(("html.j2", "html")),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _time(moment: datetime) -> str:
    return f"{to_local(moment):%H:%M %d/%m}"


_environment.filters.update(time=_time, number=grouped)
_environment.globals.update(
    level_labels=ALERT_LEVEL_LABELS, tone_labels=TONE_LABELS, topic_labels=TOPIC_LABELS
)


@dataclass(frozen=True)
class RenderedDigest:
    """A digest's subject, HTML and text; ``chart_png`` is the inline picture ``cid:bieu-do``."""

    subject: str
    html: str
    text: str
    chart_png: bytes


def render_digest(digest: Digest) -> RenderedDigest:
    """Return the mail of ``digest``; headline, snippet and link only, never a full text."""
    values = {"digest": digest, "facts": digest.facts, "chart_alt": chart_alt(digest.facts.days)}
    return RenderedDigest(
        subject=" ".join(digest.subject.split())[:180],
        html=_environment.get_template("digest.html.j2").render(values),
        text=_environment.get_template("digest.txt.j2").render(values),
        chart_png=volume_chart(digest.facts.days) if digest.facts.days else b"",
    )
