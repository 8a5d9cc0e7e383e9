"""From the text of a query to its tree: recursive descent over the lexemes.

::

    any    = all (OR all)*
    all    = unary (AND? unary)*
    unary  = (NOT | -) unary | near
    near   = atom (NEAR/n atom)?
    atom   = "(" any ")" | field ":" (value | "(" any ")") | word | word* | "phrase"   [^boost]
"""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from langnghe.errors import QueryError
from langnghe.query.ast import (
    TEXT_FIELDS,
    And,
    Everything,
    Filter,
    Near,
    Node,
    Not,
    Or,
    Query,
    Words,
    all_of,
    any_of,
)
from langnghe.query.fields import (
    PUBLISHED,
    closed_values,
    like_value,
    resolve_value,
    value_label,
)
from langnghe.query.lexer import Kind, Lexeme, lex
from langnghe.query.moments import parse_published
from langnghe.text import has_marks, search_words
from langnghe.text import words as unicode_words

MOST_LEAVES = 1_000
MOST_DEPTH = 20
LEAST_PREFIX = 2

_NO_WORD = ("no word to look for", "Ở đây không có từ nào để tìm.")
_SIDE_HINT = 'Mỗi vế của NEAR là một từ, một "cụm từ" hoặc (từ OR "cụm từ"), không có dấu *.'
_STARTS = frozenset({Kind.OPEN, Kind.FIELD, Kind.PHRASE, Kind.WORD, Kind.NOT})


def parse(text: str, *, is_exact: bool = False) -> Query:
    """Return the query that ``text`` means; "" and * mean everything, signs without any word are
    refused, so that no rule can mean everything by mistake.

    ``is_exact`` reads words as Unicode words that must stand as typed (``rules match --exact``).
    Raises QueryError with the 0-based position and a Vietnamese hint; never anything else.
    """
    parser = _Parser(text, is_exact)
    return Query(parser.run(), text)


class _Parser:
    def __init__(self, text: str, is_exact: bool) -> None:
        self.is_exact = is_exact
        self.split = unicode_words if is_exact else search_words
        lexemes = lex(text)
        self.lexemes = [x for x in lexemes if not self._is_noise(x)]
        self.first = lexemes[0]
        self.at = 0
        self.depth = 0
        self.leaves = 0
        self.field = ""

    def run(self) -> Node:
        if self._next().kind is Kind.END:
            if self.first.kind is not Kind.END:
                self._fail(*_NO_WORD, self.first)
            return Everything()
        node = self._any()
        if self._next().kind is Kind.CLOSE:
            self._fail("unexpected )", "Thừa dấu ngoặc đóng; hãy bỏ nó hoặc thêm dấu ( ở trước.")
        if self._next().kind is not Kind.END:
            self._fail(
                "unexpected " + self._next().text, f"Không hiểu “{self._next().text}” ở đây."
            )
        return node

    def _next(self) -> Lexeme:
        return self.lexemes[self.at]

    def _take(self) -> Lexeme:
        lexeme = self._next()
        self.at += 1
        return lexeme

    def _is_noise(self, lexeme: Lexeme) -> bool:
        """Punctuation that stands alone between words says nothing."""
        if lexeme.kind is not Kind.WORD or "*" in lexeme.text:
            return False
        return not any(char.isalnum() for char in lexeme.text)

    def _fail(
        self, message: str, hint: str, at: Lexeme | None = None, *, offset: int = 0
    ) -> NoReturn:
        raise QueryError(message, (at or self._next()).position + offset, hint)

    def _any(self) -> Node:
        children = [self._all()]
        while self._next().kind is Kind.OR:
            self._take()
            children.append(self._all())
        return any_of(children)

    def _all(self) -> Node:
        children = [self._unary()]
        while True:
            if self._next().kind is Kind.AND:
                self._take()
            elif self._next().kind not in _STARTS:
                return all_of(children)
            children.append(self._unary())

    def _unary(self) -> Node:
        negations = 0
        while self._next().kind is Kind.NOT:
            self._take()
            negations += 1
        node = self._near()
        return Not(node) if negations % 2 else node

    def _near(self) -> Node:
        start = self._next()
        left = self._atom()
        if self._next().kind is not Kind.NEAR:
            return left
        operator = self._take()
        right_start = self._next()
        if right_start.kind not in _STARTS - {Kind.NOT}:
            self._fail(
                "NEAR has no right side", f"Sau {operator.text} còn thiếu một vế. {_SIDE_HINT}"
            )
        right = self._atom()
        sides = (self._side(left, start), self._side(right, right_start))
        fields = {words.field for side in sides for words in side}
        if len(fields) > 1:
            self._fail(
                "both sides of NEAR must be in one field",
                "Hai vế của NEAR phải cùng một trường, ví dụ: title:(học NEAR/5 phí).",
                operator,
            )
        if self._next().kind is Kind.NEAR:
            self._fail(
                "NEAR joins two sides only",
                "NEAR chỉ nối hai vế; hãy viết: (a NEAR/5 b) AND (b NEAR/5 c).",
            )
        is_marked = any(words.is_marked for side in sides for words in side)
        first, second = (tuple(replace(w, is_marked=is_marked) for w in side) for side in sides)
        return Near(first, second, int(operator.number), operator.is_ordered, fields.pop())

    def _side(self, node: Node, start: Lexeme) -> tuple[Words, ...]:
        words = node.children if isinstance(node, Or) else (node,)
        found = tuple(w for w in words if isinstance(w, Words) and not w.is_prefix)
        if len(found) != len(words):
            self._fail(
                "a side of NEAR is a word, a phrase or a choice of them",
                _SIDE_HINT,
                start,
            )
        return found

    def _atom(self) -> Node:
        lexeme = self._take()
        match lexeme.kind:
            case Kind.OPEN:
                node = self._group(lexeme)
            case Kind.FIELD:
                node = self._in_field(lexeme)
            case Kind.PHRASE | Kind.WORD:
                node = self._leaf(lexeme)
            case _:
                self._fail(*_missing(lexeme), lexeme)
        if self._next().kind is Kind.BOOST:
            node = _boosted(node, self._take().number)
        return node

    def _group(self, opening: Lexeme) -> Node:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            self._fail(
                "parentheses are nested too deeply",
                f"Ngoặc lồng nhau quá {MOST_DEPTH} tầng; hãy viết gọn lại.",
                opening,
            )
        node = self._any()
        if self._next().kind is not Kind.CLOSE:
            self._fail("missing )", "Dấu ngoặc mở ở đây chưa có dấu ) đóng lại.", opening)
        self._take()
        self.depth -= 1
        return node

    def _in_field(self, lexeme: Lexeme) -> Node:
        if self.field:
            self._fail(
                "a field inside a field",
                f"Đang ở trong {self.field}:( … ) nên không đặt thêm trường khác bên trong.",
                lexeme,
            )
        if lexeme.text == PUBLISHED:
            time = self._take()
            self._count(time)
            return parse_published(time.text, time.position)
        if self.is_exact and lexeme.text in TEXT_FIELDS:
            self._fail(
                "exact rules read title and lead as one field",
                f"Với --exact, tiêu đề và sa-pô là một trường; hãy bỏ {lexeme.text}:.",
                lexeme,
            )
        self.field = lexeme.text
        try:
            value = self._take()
            if value.kind is Kind.OPEN:
                return self._group(value)
            if value.kind not in (Kind.WORD, Kind.PHRASE):
                self._fail(
                    f"a value is missing after {lexeme.text}:",
                    f'Sau {lexeme.text}: là giá trị, ví dụ: {lexeme.text}:"…".',
                    lexeme,
                )
            return self._leaf(value)
        finally:
            self.field = ""

    def _leaf(self, lexeme: Lexeme) -> Node:
        self._count(lexeme)
        if self.field and self.field not in TEXT_FIELDS:
            return self._filter(lexeme)
        text = lexeme.text
        is_prefix = lexeme.kind is Kind.WORD and text.endswith("*")
        if text == "*" and is_prefix and not self.field:
            return Everything()
        star = text.find("*", 0, len(text) - 1 if is_prefix else None)
        if star >= 0:
            self._fail(
                "* stands only at the end of a word",
                "Dấu * chỉ đặt ở cuối một từ đứng riêng, ví dụ: nghiêm*.",
                lexeme,
                offset=star + (lexeme.kind is Kind.PHRASE),
            )
        words = tuple(self.split(text))
        if not words:
            self._fail(*_NO_WORD, lexeme)
        if is_prefix and (len(words) != 1 or len(words[0]) < LEAST_PREFIX):
            self._fail(
                "a wildcard needs one word of at least two letters",
                f"Trước dấu * cần một từ có ít nhất {LEAST_PREFIX} chữ, ví dụ: ngh*.",
                lexeme,
            )
        is_marked = any(map(has_marks, words))
        return Words(words, self.field, is_marked, is_prefix, is_literal=self.is_exact)

    def _filter(self, lexeme: Lexeme) -> Node:
        value = resolve_value(self.field, lexeme.text)
        if value is None:
            self._fail(
                f"{self.field} has no value {lexeme.text!r}",
                _no_value(self.field, lexeme.text),
                lexeme,
            )
        if lexeme.kind is Kind.WORD and value != "*" and "*" in value:
            self._fail(
                f"{self.field} takes no wildcard",
                f'{self.field}: cần trọn giá trị, không nhận dấu *, ví dụ: {self.field}:"…"; '
                f"{self.field}:* là có giá trị bất kỳ.",
                lexeme,
                offset=lexeme.text.find("*"),
            )
        if not value:
            self._fail("no value", f"Sau {self.field}: cần một giá trị.", lexeme)
        return Filter(self.field, value)

    def _count(self, lexeme: Lexeme) -> None:
        self.leaves += 1
        if self.leaves > MOST_LEAVES:
            self._fail(
                f"a query has at most {MOST_LEAVES} words",
                "Câu tìm có quá 1.000 từ khóa; hãy tách thành nhiều câu.",
                lexeme,
            )


def _missing(lexeme: Lexeme) -> tuple[str, str]:
    if lexeme.kind is Kind.END:
        return "the query ends too early", "Câu tìm còn thiếu một vế ở cuối; hãy viết thêm từ."
    if lexeme.kind is Kind.CLOSE:
        return "nothing before )", "Trước dấu ) chưa có từ nào."
    if lexeme.kind is Kind.BOOST:
        return (
            f"{lexeme.text} weighs nothing",
            f"Hệ số {lexeme.text} đặt ngay sau một từ, cụm từ hoặc ngoặc, ví dụ: "
            f"trường{lexeme.text}.",
        )
    return (
        f"{lexeme.text} has no left side",
        f"Trước {lexeme.text} còn thiếu một từ, ví dụ: trường {lexeme.text} lớp. "
        f'Muốn tìm chính chữ này hãy đặt trong ngoặc kép: "{lexeme.text}".',
    )


def _no_value(field: str, value: str) -> str:
    hint = f"{field}: chỉ nhận một trong: {', '.join(closed_values(field))}."
    meant = like_value(field, value)
    if not meant:
        return hint
    return f'Có phải {field}:{meant} hay {field}:"{value_label(field, meant)}"? {hint}'


def _boosted(node: Node, factor: float) -> Node:
    match node:
        case Words():
            return replace(node, boost=node.boost * factor)
        case And() | Or():
            return replace(node, children=tuple(_boosted(c, factor) for c in node.children))
        case _:
            return node
