"""From the characters of a query to lexemes, each with its position."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from langnghe.errors import QueryError
from langnghe.query.fields import ALL_FIELDS, PUBLISHED, like_field

MOST_CHARACTERS = 20_000
MOST_DISTANCE = 100
DEFAULT_DISTANCE = 10

_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}
_CHUNK = re.compile(r"[^\s()\"“”„«»^]+|\^")
_FIELD = re.compile(r"([^\W\d]\w*):")
_NEAR = re.compile(r"(O?NEAR)(?:/(\d+))?")
_NEAR_LIKE = re.compile(r"O?NEAR/\S*|o?near/\d+")
_BOOST = re.compile(r"\^(\d{1,3}(?:\.\d{1,3})?)(?!\w|\.\d)")
_RANGE = re.compile(r"\[([^\[\]]*)\]|([<>]=?|)([^\s()\"\[\]]+)")
_SINCE = re.compile(r"now-\d{1,5}[hdw]", re.IGNORECASE)
_UNBRACKETED = re.compile(r"\s+(?P<to>TO)\s+(?:now|\*|\d)")
_SPACES = re.compile(r"\s*")
_SCHEMES = frozenset({"http", "https"})


class Kind(Enum):
    """What a lexeme is."""

    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    NEAR = auto()
    FIELD = auto()
    RANGE = auto()
    PHRASE = auto()
    WORD = auto()
    BOOST = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One piece of a query; ``number`` is the distance of NEAR or the weight of a boost."""

    kind: Kind
    text: str
    position: int
    number: float = 0.0
    is_ordered: bool = False


_OPERATORS = {
    "AND": Kind.AND,
    "&&": Kind.AND,
    "OR": Kind.OR,
    "||": Kind.OR,
    "NOT": Kind.NOT,
}


def lex(text: str) -> list[Lexeme]:
    """Return the lexemes of ``text``, ending with one END; raises QueryError."""
    if len(text) > MOST_CHARACTERS:
        raise QueryError(
            f"a query has at most {MOST_CHARACTERS} characters",
            MOST_CHARACTERS,
            "Câu tìm dài quá 20.000 ký tự; hãy tách thành nhiều câu.",
        )
    return _Lexer(text).run()


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: list[Lexeme] = []

    def run(self) -> list[Lexeme]:
        text = self.text
        while self.at < len(text):
            char = text[self.at]
            if char.isspace():
                self.at += 1
            elif char in "()":
                self._add(Kind.OPEN if char == "(" else Kind.CLOSE, char, 1)
            elif char in _QUOTES:
                self._phrase(char)
            elif char == "^":
                self._boost()
            else:
                self._chunk()
        self._add(Kind.END, "", 0)
        return self.found

    def _add(self, kind: Kind, text: str, size: int, number: float = 0.0) -> None:
        self.found.append(Lexeme(kind, text, self.at, number))
        self.at += size

    def _phrase(self, opening: str) -> None:
        start = self.at + 1
        ends = [self.text.find(c, start) for c in {_QUOTES[opening], '"', "”"}]
        end = min((e for e in ends if e >= 0), default=-1)
        if end < 0:
            raise QueryError(
                "quotation mark is never closed",
                self.at,
                'Thiếu dấu ngoặc kép đóng: viết "học phí".',
            )
        self._add(Kind.PHRASE, self.text[start:end], end + 1 - self.at)
        if self.text[self.at : self.at + 1] == "~":
            raise QueryError(
                "no ~ after a phrase",
                self.at,
                "Không dùng ~ sau cụm từ; muốn hai từ đứng gần nhau hãy viết: học NEAR/5 phí.",
            )

    def _boost(self) -> None:
        match = _BOOST.match(self.text, self.at)
        if match is None:
            raise QueryError(
                "^ without a number",
                self.at,
                "Sau ^ là hệ số từ 0 đến 999, ví dụ: học^2; muốn tìm chính dấu ^ thì bỏ nó đi vì "
                "dấu câu không được tìm.",
            )
        self._add(Kind.BOOST, match.group(), match.end() - self.at, float(match.group(1)))

    def _chunk(self) -> None:
        match = _CHUNK.match(self.text, self.at)
        if match is None:  # a closing quotation mark without an opening one
            self.at += 1
            return
        chunk = match.group()
        near = _NEAR.fullmatch(chunk)
        if chunk in _OPERATORS:
            self._add(_OPERATORS[chunk], chunk, len(chunk))
        elif near is not None:
            self._near(near)
        elif _NEAR_LIKE.fullmatch(chunk):
            raise QueryError(
                f"not a NEAR: {chunk}",
                self.at,
                "NEAR và ONEAR viết hoa, sau dấu / là số từ, ví dụ: trường NEAR/5 phí. "
                f'Muốn tìm chính chữ này hãy đặt trong ngoặc kép: "{chunk}".',
            )
        elif chunk[0] in "-!" and self._excludes(chunk):
            self._add(Kind.NOT, chunk[0], 1)
        elif _SINCE.fullmatch(chunk):
            self._add(Kind.FIELD, PUBLISHED, 0)
            self._add(Kind.RANGE, chunk, len(chunk))
        elif not self._field(chunk):
            self._add(Kind.WORD, chunk, len(chunk))

    def _excludes(self, chunk: str) -> bool:
        """Whether the sign before ``chunk`` says NOT, and is no dash or exclamation of a text."""
        if len(chunk) == 1:
            return self.text[self.at + 1 : self.at + 2] in {"(", *_QUOTES}
        return any(char.isalnum() for char in chunk)

    def _near(self, match: re.Match[str]) -> None:
        distance = int(match.group(2)[:9]) if match.group(2) else DEFAULT_DISTANCE
        if distance > MOST_DISTANCE:
            raise QueryError(
                f"NEAR reaches at most {MOST_DISTANCE} words",
                self.at,
                f"NEAR chỉ nhận khoảng cách từ 0 đến {MOST_DISTANCE} từ, ví dụ: NEAR/5.",
            )
        size = len(match.group())
        is_ordered = match.group(1) == "ONEAR"
        self.found.append(Lexeme(Kind.NEAR, match.group(), self.at, distance, is_ordered))
        self.at += size

    def _field(self, chunk: str) -> bool:
        match = _FIELD.match(chunk)
        if match is None:
            return False
        name = match.group(1).lower()
        if name not in ALL_FIELDS:
            if name in _SCHEMES or match.end() == len(chunk):
                return False
            raise QueryError(f"unknown field {name!r}", self.at, _unknown_field(name))
        self._add(Kind.FIELD, name, match.end())
        if name == PUBLISHED:
            self._range()
        elif self.text.startswith("[", self.at):
            raise QueryError(
                f"{name} takes no range",
                self.at,
                f"Chỉ published: nhận khoảng [… TO …]; sau {name}: là một giá trị, "
                f'ví dụ: {name}:"…".',
            )
        return True

    def _range(self) -> None:
        self.at = _SPACES.match(self.text, self.at).end()  # type: ignore[union-attr]
        match = _RANGE.match(self.text, self.at)
        if match is None and self.text.startswith("[", self.at):
            raise QueryError(
                "missing ]",
                self.at,
                "Dấu ngoặc vuông mở ở đây chưa có dấu ] đóng lại: "
                "published:[2025-10-01 TO 2025-10-31].",
            )
        if match is None:
            raise QueryError(
                "a time is missing after published:",
                self.at,
                "Sau published: là thời gian, ví dụ: published:[2025-10-01 TO 2025-10-31], "
                "published:01/10/2025 hoặc published:now-7d.",
            )
        self._add(Kind.RANGE, match.group(), match.end() - self.at)
        between = _UNBRACKETED.match(self.text, self.at)
        if between is not None:
            raise QueryError(
                "a range needs brackets",
                between.start("to"),
                "Khoảng thời gian đặt trong ngoặc vuông: published:[2025-10-01 TO 2025-10-31].",
            )


def _unknown_field(name: str) -> str:
    if name in {"author", "byline", "user", "by", "tacgia", "tác_giả"}:
        return (
            "LangNghe không tìm theo người viết (quy tắc sử dụng có trách nhiệm). "
            "Hãy tìm theo nội dung, nguồn (outlet:) hoặc cơ quan (agency:)."
        )
    meant = like_field(name)
    if meant:
        return (
            f"Không có trường “{name}”; hãy viết {meant}: … "
            f'Muốn tìm nguyên văn có dấu hai chấm thì đặt trong ngoặc kép: "{name}:…".'
        )
    return (
        f"Không có trường “{name}”. Các trường: {', '.join(sorted(ALL_FIELDS))}. "
        f'Muốn tìm nguyên văn có dấu hai chấm thì đặt trong ngoặc kép: "{name}:…".'
    )
