"""Bytes to text: one wrong byte costs one character, never the page."""

from __future__ import annotations

import codecs
import re

from crawlers.legacy import restored

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The first four bytes of "<?xm" (or "<") in encodings without a byte order mark.
_SIGNATURES = (
    (b"\x3c\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00\x3c", "utf-32-be"),
    (b"\x3c\x00\x3f\x00", "utf-16-le"),
    (b"\x00\x3c\x00\x3f", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_XML_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""")
_META_CHARSET = re.compile(
    rb"""<meta[^>]{0,300}?charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.I
)
_HTTP_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.I)
_HEAD = 4096
# A page may hold this share of undecodable bytes and still count as UTF-8 with wrong bytes.
_WRONG_BYTES_SHARE = 0.02
# Browsers read these labels as their Windows supersets (WHATWG Encoding Standard).
_SUPERSETS = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
# Multi-byte stateful or transforming codecs that Python knows but no text may be declared in.
_XML_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CONTROL_BYTES = bytes(code for code in range(32) if code not in (9, 10, 13))
_REFUSED = {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape"}


def decode(payload: bytes, content_type: str = "") -> tuple[str, str]:
    """Return the text of ``payload`` and the encoding that was used.

    Order: byte order mark, then UTF-8 where (nearly) all bytes agree, then what the document and
    the HTTP header declare, then Windows-1258. Declarations lie more often than bytes: UTF-8
    that decodes is UTF-8 whatever is declared. Wrong bytes become U+FFFD one by one.
    """
    for mark, encoding in _BOMS:
        if payload.startswith(mark):
            return payload[len(mark) :].decode(encoding, "replace"), encoding
    for signature, encoding in _SIGNATURES:
        if payload.startswith(signature):
            return payload.decode(encoding, "replace"), encoding
    try:
        return payload.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    declared = _declared(payload, content_type)
    text = payload.decode("utf-8", "replace")
    if declared == "utf-8" or _is_mostly_utf8(payload, text):
        return text, "utf-8"
    encoding = declared or "cp1258"
    return payload.decode(encoding, "replace"), encoding


def decode_text(payload: bytes, content_type: str = "") -> tuple[str, str]:
    """Return what ``decode`` does, with Vietnamese of the fonts before Unicode put right.

    The way is then named by the font ("tcvn3", "vni"), which is no codec.
    """
    text, encoding = decode(payload, content_type)
    if encoding == "cp1258" or text.count("\ufffd") > _WRONG_BYTES_SHARE * len(text):
        # Nobody declared these bytes, or wrongly: the old fonts stand over Windows-1252.
        found, font = restored(payload.decode("cp1252", "replace"))
        if font:
            return found, font
    text, font = restored(text)
    return text, font or encoding


def is_utf8(payload: bytes, text: str, encoding: str) -> bool:
    """Whether ``payload`` is just ``text`` in UTF-8, which ``decode_text`` made of it."""
    return encoding == "utf-8" and "\ufffd" not in text and not payload.startswith(codecs.BOM_UTF8)


def legal_xml(text: str, payload: bytes = b"") -> tuple[str, bytes]:
    """Return ``text`` without the characters that XML forbids, and the same in UTF-8.

    ``payload`` is ``text`` in UTF-8 where that is known already.
    """
    encoded = payload or text.encode("utf-8", "replace")
    # Much quicker than to search the text, which nearly always holds none.
    if (
        len(encoded.translate(None, _CONTROL_BYTES)) == len(encoded)
        and "\ufffe" not in text
        and "\uffff" not in text
    ):
        return text, encoded
    text = _XML_ILLEGAL.sub("", text)
    return text, text.encode("utf-8", "replace")


def _is_mostly_utf8(payload: bytes, text: str) -> bool:
    """Whether the multi-byte sequences that decode far outnumber the wrong bytes."""
    wrong = text.count("\ufffd")
    high = sum(1 for char in text if char > "\x7f") - wrong
    return wrong <= _WRONG_BYTES_SHARE * len(payload) and high > 2 * wrong


def _declared(payload: bytes, content_type: str) -> str:
    head = payload[:_HEAD]
    candidates = [
        match.group(1).decode("ascii", "replace")
        for match in (_XML_ENCODING.search(head), _META_CHARSET.search(head))
        if match
    ]
    if header := _HTTP_CHARSET.search(content_type):
        candidates.insert(0, header.group(1))
    for name in candidates:
        if encoding := _known(name):
            return encoding
    return ""


def _known(name: str) -> str:
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    if info.name in _REFUSED or not info._is_text_encoding:
        return ""
    return _SUPERSETS.get(info.name, info.name)
