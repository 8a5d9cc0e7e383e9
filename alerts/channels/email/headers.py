"""Headers in Vietnamese: encoded words that every mail program puts together again.

The standard library's folding of structured headers loses the space where it cuts a long value in
two (one subject in nine of ours); :class:`email.header.Header` cuts as RFC 2047 wants.
"""

from __future__ import annotations

from email.header import Header
from email.policy import EmailPolicy
from typing import Any

_LINE = 75


class VietnameseHeaders(EmailPolicy):
    """The policy of SMTP, but that subjects and names outside ASCII are folded without loss."""

    def fold(self, name: str, value: Any) -> str:
        """Return the header as lines of ASCII."""
        return _folded(name, value, self.linesep) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return the header as lines of ASCII."""
        ours = _folded(name, value, self.linesep)
        return ours.encode("ascii") if ours else super().fold_binary(name, value)


MAIL_POLICY = VietnameseHeaders(linesep="\r\n")


def _folded(name: str, value: Any, line_end: str) -> str:
    """Return a header that needs encoded words, "" for any other."""
    text = str(value)
    if text.isascii():
        return ""
    if name.lower() == "subject":
        return f"{name}: {_words(text, name, line_end)}{line_end}"
    # A name stays on one line: not every program joins the words of a folded one well.
    people = getattr(value, "addresses", ())
    if not people or not all(person.addr_spec.isascii() for person in people):
        return ""
    named = [
        f"{_words(person.display_name, name, '')}{line_end} <{person.addr_spec}>"
        for person in people
    ]
    return f"{name}: {f',{line_end} '.join(named)}{line_end}"


def _words(text: str, name: str, line_end: str) -> str:
    return Header(text, "utf-8", maxlinelen=_LINE, header_name=name).encode(linesep=line_end)
