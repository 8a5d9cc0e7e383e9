"""A message as HTML: jinja2 with autoescape, made for narrow mail readers and dark mode."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from alerts.drills import drill_sentence
from alerts.message import REPLY_HINT, local_time
from alerts.model import Message
from langnghe.wording import ALERT_LEVEL_LABELS

_COLOURS = {1: "#3b6ea5", 2: "#b86e00", 3: "#b3261e"}


def html(message: Message) -> str:
    """Return the HTML body: the message's own where it brings one, else the alert's template."""
    if message.html:
        return message.html
    return _template().render(
        message=message,
        colour=_COLOURS.get(message.level, _COLOURS[1]),
        level_labels=ALERT_LEVEL_LABELS,
        colours=_COLOURS,
        level_label=ALERT_LEVEL_LABELS.get(message.level, "Thông báo"),
        local_time=local_time,
        reply_hint=REPLY_HINT,
        drill_sentence=drill_sentence(bool(message.headlines)),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("alerts", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["begun"] = _begun
    return environment.get_template("alert.html.j2")


def _begun(sentence: str) -> str:
    """Return a reason with a capital, as a line of a list begins."""
    return sentence[:1].upper() + sentence[1:]
