"""Writes a clean text the way people type in chat, so that models meet such writing in training.

The table is the project's own and small on purpose: it teaches a model that
spelling varies, it is no dictionary.
"""

from __future__ import annotations

import random
import re

from langnghe.text import fold

CHAT_SPELLINGS: dict[str, tuple[str, ...]] = {
    "không": ("ko", "k", "kg", "hok", "khong"),
    "được": ("dc", "đc", "đk"),
    "người": ("ng", "ngừi"),
    "mọi người": ("mng", "mn"),
    "với": ("vs", "zới"),
    "gì": ("j", "gi"),
    "rồi": ("r", "rùi"),
    "biết": ("bít", "bik"),
    "vậy": ("v", "zậy"),
    "quá": ("wá", "qá"),
    "cũng": ("cg", "cx"),
    "như": ("nhu", "nhừ"),
    "thế": ("thê", "tek"),
    "nhiều": ("nhìu", "nh"),
    "bây giờ": ("bh", "bây h"),
    "giờ": ("h",),
    "trường": ("trg",),
    "bệnh viện": ("bv",),
    "công an": ("ca",),
    "cán bộ": ("cb",),
    "chính quyền": ("cq",),
    "ủy ban": ("ub",),
    "học sinh": ("hs",),
    "giáo viên": ("gv",),
    "bao nhiêu": ("bn", "bnh"),
    "tại sao": ("ts", "tai s"),
    "sao": ("s",),
    "làm": ("lm",),
    "mình": ("mk", "mik"),
    "anh": ("a",),
    "em": ("e",),
    "chị": ("c",),
    "tôi": ("t", "toi"),
    "trời": ("chời", "tr"),
    "luôn": ("lun", "lu"),
    "chứ": ("chớ",),
    "thôi": ("thui",),
    "nữa": ("nx", "nửa"),
    "những": ("nhg", "nhữg"),
    "đường": ("đg",),
    "nước": ("nc",),
    "tiền": ("xiền",),
    "việc": ("vc",),
    "cảm ơn": ("cảm ơn", "cám ơn", "thanks", "tks"),
    "thì": ("thì", "thi"),
    "là": ("la", "lak"),
    "có": ("co", "cs"),
}
_SPELLED = re.compile(
    r"\b(" + "|".join(sorted(map(re.escape, CHAT_SPELLINGS), key=len, reverse=True)) + r")\b",
    re.IGNORECASE,
)


def to_chat(text: str, share: float, rng: random.Random) -> str:
    """``text`` with about ``share`` of the words of the table in a chat spelling."""

    def respell(match: re.Match[str]) -> str:
        if rng.random() >= share:
            return match.group()
        return rng.choice(CHAT_SPELLINGS[match.group().lower()])

    return _SPELLED.sub(respell, text)


def vary(text: str, rng: random.Random, *, chat: float, bare: float) -> str:
    """``text`` respelled as chat with chance ``chat``, without marks with chance ``bare``."""
    draw = rng.random()
    if draw < chat:
        return to_chat(text.lower(), 0.6, rng)
    if draw < chat + bare:
        return fold(text) if rng.random() < 0.5 else bare_words(text)
    return text


def bare_words(text: str) -> str:
    """``text`` without Vietnamese marks, capitals kept."""
    return "".join(
        fold(mark).upper() if mark.isupper() else fold(mark) if mark.isalpha() else mark
        for mark in text
    )
