"""What stands around an article's text, told line by line: title, dates, links, captions."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from crawlers.dates import parse_date
from langnghe.text import fold

_LABEL_LENGTH = 60
_FRAME_LENGTH = 120
_PROSE_LENGTH = 160
_SENTENCE_END = re.compile(r"""[.!?…:;,)"”»'’\]。！？」]\s*$""")
_FULL_STOP = re.compile(r"""[.!?…]["”»'’)\]]*\s*$""")
_BLANKS = re.compile(r"\s+")
# Below on folded text: lower case, no marks.
_DATE_LABEL = re.compile(
    r"(?:ngay |thoi gian |gio )?(?:dang|cap nhat|xuat ban|tao|dua)\b|ngay\b|chu nhat\b|[(\[]?\d|"
    r"thu (?:hai|ba|tu|nam|sau|bay|[2-7])\b"
)
# A day and a clock at the end of a line, and what may stand before them.
_TAIL = re.compile(
    r"(?:(?:Thứ|T[2-7]|Chủ nhật|CN)\b[^.]{0,20})?\d{1,4}[/:-]\d{1,2}(?=.*\d:\d\d)[^.]{0,30}?\d"
    r"(?: *(?:AM|PM|SA|CH|\(?GMT ?\+ ?0?7(?::00)?\)?))?$",
    re.I,
)
_BEFORE_STAMP = re.compile(r"(?:^|[-–|•,)]|\bon)\s*$")
_OTHERS = re.compile(
    r"(?:(?:cac |nhung )?(?:tin|bai)(?: (?:viet|bai|tuc))?|xem)"
    r" (?:khac|lien quan|cung (?:chuyen muc|chu de|loai)|moi hon|cu hon|da dua|them|doc nhieu|"
    r"moi nhat)(?: khac)?[ :»>]*$|(?:y kien|binh luan)(?: ban doc)?\s*(?:\(\d+\))?$"
)
_INVITATION = re.compile(
    r">>|»|(?:xem|doc) them\s*:|(?:tin|bai)(?: viet)? lien quan\s*:|"
    r"(?:kinh )?moi (?:ban|quy vi|(?:quy )?doc gia|quy khan gia)\b.{0,60}\b(?:xem|doc|theo doi)\b|"
    r"(?:(?:moi|hay) )?(?:(?:quy vi|ban|quy|doc gia|ban doc) )*(?:theo doi|dong hanh cung)\b"
    r".{0,60}\b(?:google news|zalo|facebook|tiktok|youtube)|"
    r"(?:quang cao|advertisement)$"
)
_PATH = re.compile(r"(?:trang chu|trang nhat|home)\s*(?:[»›>/|]|\w{2,}.*\d{4}$)")
_MAYBE_INVITATION = re.compile(
    r">>|»|xem|đọc|liên quan|theo dõi|đồng hành|quảng cáo|advertisement", re.I
)
# Behind the text: tags, rights, stars.
_FOOT = re.compile(
    r"(?:tu khoa|tags?|the|nguon(?: tin)?|tac gia(?: bai viet)?)\s*:|"
    r"(?:©|\(c\)|ban quyen (?:thuoc|cua)\b)|\d(?:[.,]\d)?/5 - \(\d+ |"
    r"(?:tong so diem|danh gia) (?:cua )?bai viet\b|"
    r"click de danh gia bai viet"
)
_COMMENTS = re.compile(
    r"(?:(?:y kien|binh luan) (?:cua )?ban doc|binh luan \(\d+\))\s*(?:\(\d+\))?$"
)
# How many marks a line may have more than its key.
_STOPS = 8
_ENOUGH_TEXT = 140
_BULLETS = "*•-–+ 👉☞✅►➤🔴📌"
_TABLE_RULE = re.compile(r"\|?(?:\s*:?-{3,}:?\s*\|)+\s*:?-*:?\s*\|?")


def line_key(text: str) -> str:
    """Return ``text`` as lines are compared: lower case, single blanks, no stop at the end."""
    return _BLANKS.sub(" ", text).strip().lower().rstrip(" .…")


def is_signature(line: str) -> bool:
    """Whether a line is the name of an author, a source or a part, not a sentence."""
    return len(line) <= _LABEL_LENGTH and len(line.split()) <= 6 and not _SENTENCE_END.search(line)


def is_heading_of_others(line: str) -> bool:
    """Whether a line is the heading over links to other articles."""
    return len(line) <= _LABEL_LENGTH and bool(_OTHERS.match(fold(line)))


def is_date(line: str) -> bool:
    """Whether a line only says when the article appeared or was changed."""
    return (
        6 <= len(line) <= _FRAME_LENGTH
        and bool(_DATE_LABEL.match(fold(line)))
        and not _FULL_STOP.search(line)
        and parse_date(line.strip("()[] ")) is not None
        and (len(line) <= _LABEL_LENGTH or "|" in line)
    )


def is_stamp(line: str) -> bool:
    """Whether a line says who wrote when and no more: "Hải Thử - Thứ Hai, 16/03/2026 08:15"."""
    if is_date(line):
        return True
    if len(line) > _FRAME_LENGTH or _FULL_STOP.search(line) or not (found := _TAIL.search(line)):
        return False
    return (
        bool(_BEFORE_STAMP.search(line[: found.start()])) and parse_date(found.group()) is not None
    )


def without_frame(lines: Sequence[str], title: str, section: str) -> list[str]:
    """Return the lines from the first to the last of the article itself."""
    found = _from_title(list(lines), line_key(title))
    while found and len(found[0]) <= _FRAME_LENGTH and _PATH.match(fold(found[0])):
        found = found[1:]
    while found and (
        line_key(found[0]) in (line_key(title), line_key(section)) or is_stamp(found[0])
    ):
        found = found[1:]
    found = _to_others(_to_comments(found))
    while len(found) > 1 and len(found[-1]) <= _PROSE_LENGTH and _FOOT.match(fold(found[-1])):
        found = found[:-1]
    # After a line that is no sentence it is a cell or a row of a table.
    if len(found) > 3 and is_signature(found[-1]) and _SENTENCE_END.search(found[-2]):
        found = found[:-1]
    return found


def without_boxes(lines: Sequence[str], captions: Collection[str]) -> list[str]:
    """Return the lines without captions and invitations to other articles; rows of tables as
    words."""
    shown = {line_key(caption) for caption in captions}
    longest = max(map(len, captions), default=-1)
    found = []
    for line in lines:
        if line.startswith("|"):
            if _TABLE_RULE.fullmatch(line):
                continue
            line = " ".join(line.replace("|", " ").split())
        is_caption = len(line) <= longest and line_key(line) in shown
        if line and not is_caption and not _is_invitation(line):
            found.append(line)
    return found


def _is_invitation(line: str) -> bool:
    # To fold a line takes long, and few lines have such a word.
    if len(line) > _PROSE_LENGTH or not _MAYBE_INVITATION.search(line):
        return False
    return bool(_INVITATION.match(fold(line).lstrip(_BULLETS)))


def _from_title(lines: list[str], title: str) -> list[str]:
    """Cut what stands before the title, or the page's head where it was put behind the text."""
    place = next((i for i, line in enumerate(lines) if _is_title(line, title)), None)
    if place is None or not title:
        return lines
    before, after = lines[:place], lines[place + 1 :]
    if all(map(_is_label, before)) and _length(after) > _length(before):
        return after
    if len(after) <= 4 and _length(after) * 3 < _length(before):
        return before
    return lines


def _is_title(line: str, title: str) -> bool:
    return abs(len(line) - len(title)) <= _STOPS and line_key(line) == title


def _to_comments(lines: list[str]) -> list[str]:
    """Cut what readers wrote below the text, under its heading."""
    for place, line in enumerate(lines):
        is_heading = len(line) <= _LABEL_LENGTH and _COMMENTS.match(fold(line))
        if is_heading and _length(lines[:place]) >= _ENOUGH_TEXT:
            return lines[:place]
    return lines


def _to_others(lines: list[str]) -> list[str]:
    """Cut the list of other articles that follows the text: under its heading, or with dates."""
    for place, line in enumerate(lines[1:], 1):
        if is_heading_of_others(line) and all(map(_is_label, lines[place + 1 :])):
            return lines[:place]
    start = len(lines)
    while start > 1 and (_is_label(lines[start - 1]) or is_date(lines[start - 1])):
        start -= 1
    tail = lines[start:]
    return lines[:start] if sum(map(is_date, tail)) >= 2 else lines


def _is_label(line: str) -> bool:
    """Whether a line is a heading, a link or a date rather than prose."""
    return len(line) <= _PROSE_LENGTH and (not _FULL_STOP.search(line) or is_date(line))


def _length(lines: Sequence[str]) -> int:
    return sum(map(len, lines))
