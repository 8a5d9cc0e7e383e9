"""Personal data in social text is masked before anything is stored (responsible use, rule 2)."""

from __future__ import annotations

import re
import unicodedata

PHONE = "[số điện thoại]"
EMAIL = "[thư điện tử]"
HANDLE = "[tên tài khoản]"
IDENTITY = "[số định danh]"
PROFILE = "[liên kết cá nhân]"

_URL = re.compile(r"https?://[^\s<>\"']+|www\.[^\s<>\"']+", re.I)
_PROFILE_URL = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)*(?:facebook\.com|fb\.com|fb\.me|m\.me|zalo\.me|t\.me|telegram\.me|"
    r"instagram\.com|tiktok\.com|threads\.net|x\.com|twitter\.com|youtube\.com/(?:@|c/|user/|channel/)|"
    r"linkedin\.com|wa\.me|viber\.click|bsky\.app/profile)(?![\w.-])[^\s<>\"']*",
    re.I,
)
_EMAIL = re.compile(
    r"[\w.+-]+\s?(?:@|\(at\)|\[at\]|＠)\s?[\w-]+(?:\s?(?:\.|\(dot\)|\[dot\])\s?[\w-]+)+", re.I
)
_UPPER = "A-ZĐÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
# A mention; where it begins with a capital, the capitalised words that follow belong to the name.
_HANDLE = re.compile(
    rf"(?<![\w@])@(?:[{_UPPER}]\w*(?:\s[{_UPPER}]\w*){{1,4}}|\w(?:[\w.\-·]{{0,60}}\w)?)"
)
_SEPARATOR = r"[\s.\-–—_\u00a0]{0,2}"
# 0xxxxxxxxx (9–11 digits), +84…, 0084…, 84…; the letters o/O often stand for zero.
_PHONE = re.compile(
    rf"(?<![\w/])(?:\(?\+?\s?84\)?{_SEPARATOR}\(?0?\)?|\(?00\s?84\)?{_SEPARATOR}|\(?[0oO]){_SEPARATOR}"
    rf"(?:[2-9]|[oO](?=\d))(?:{_SEPARATOR}\)?{_SEPARATOR}[\doO]){{7,9}}(?![\d])"
)
_HOTLINE = re.compile(rf"(?<![\w/])1[89]00{_SEPARATOR}\d(?:{_SEPARATOR}\d){{3,5}}(?!\d)")
_SPACED_IDENTITY = re.compile(r"(?<!\d)0\d{2}[\s.\-]?\d{3}[\s.\-]?\d{3}[\s.\-]?\d{3}(?!\d)")
_LONG_NUMBER = re.compile(
    r"(?<![\d.,])\d{9,19}(?![\d])(?!\s*(?:đ|d|đồng|dong|vnđ|vnd|usd|tỷ|triệu|tr)\b)", re.I
)
_PASSPORT = re.compile(r"(?<!\w)[A-Z]\d{7,8}(?!\w)")
_DATE_NUMBER = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")


def mask(text: str) -> str:
    """Return ``text`` with telephone, identity and account numbers, addresses and handles replaced.

    Public hotlines (1800, 1900) and numbers inside addresses of ordinary web pages stay; links to
    personal profiles go. Digits in other scripts count as digits.
    """
    text = _plain_digits(text)
    parts: list[str] = []
    position = 0
    for match in _URL.finditer(text):
        parts.append(_mask_words(text[position : match.start()]))
        url = match.group()
        parts.append(PROFILE if _PROFILE_URL.match(url) or "@" in url else url)
        position = match.end()
    parts.append(_mask_words(text[position:]))
    return "".join(parts)


def _mask_words(text: str) -> str:
    text = _PROFILE_URL.sub(PROFILE, text)
    text = _EMAIL.sub(EMAIL, text)
    text = _HANDLE.sub(HANDLE, text)
    text = _SPACED_IDENTITY.sub(IDENTITY, text)
    text = _PHONE.sub(_if_telephone, text)
    text = _PASSPORT.sub(IDENTITY, text)
    return _LONG_NUMBER.sub(_unless_date, text)


def _if_telephone(match: re.Match[str]) -> str:
    found = match.group()
    digits = sum(char.isdigit() for char in found)
    return PHONE if digits >= 4 and not _HOTLINE.fullmatch(found) else found


def _unless_date(match: re.Match[str]) -> str:
    return match.group() if _DATE_NUMBER.fullmatch(match.group()) else IDENTITY


def _plain_digits(text: str) -> str:
    """Return ``text`` with digits of any script as ASCII and without invisible marks."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(char)) if ord(char) > 127 and char.isdecimal() else char
        for char in text
        if unicodedata.category(char) != "Cf"
    )
