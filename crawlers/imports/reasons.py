"""Why a row of a file was not taken, in words for the person who sent the file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crawlers.masking import mask
from langnghe.errors import InvalidDocument

_LONGEST_DETAIL = 120


class Reason(StrEnum):
    """What is wrong with a row."""

    NO_WORDS = "no-words"
    NO_OUTLET = "no-outlet"
    BAD_URL = "bad-url"
    BAD_DATE = "bad-date"
    BAD_KIND = "bad-kind"
    NOT_JSON = "not-json"
    NOT_OBJECT = "not-object"
    BAD_CELLS = "bad-cells"
    REFUSED = "refused"


SENTENCES: dict[Reason, str] = {
    Reason.NO_WORDS: "Không có tít lẫn nội dung",
    Reason.NO_OUTLET: "Không rõ báo hoặc kênh nào: điền cột này, hoặc ghi một tên chung cho cả tệp",
    Reason.BAD_URL: "Địa chỉ không phải địa chỉ trang web",
    Reason.BAD_DATE: "Không hiểu ngày giờ đăng",
    Reason.BAD_KIND: "Không hiểu loại tin (bài báo, bài đăng hay bình luận)",
    Reason.NOT_JSON: "Dòng không phải JSON đúng cú pháp",
    Reason.NOT_OBJECT: "Dòng JSON không phải một đối tượng {…}",
    Reason.BAD_CELLS: "Không tách được các ô của dòng (ô quá dài hoặc dấu nháy sai)",
    Reason.REFUSED: "Sổ cái không nhận tin này; bản gốc được giữ ở mục Giữ riêng",
}


class BadRow(InvalidDocument):
    """A row that makes no document."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__("", f"{reason}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class RowError:
    """One row that was not taken, and why; ``row`` counts as the file's own program does.

    ``detail`` is the wrong value, masked like everything that people wrote.
    """

    row: int
    reason: Reason
    detail: str = ""

    @property
    def sentence(self) -> str:
        """The reason in Vietnamese, with the wrong value where there is one."""
        return f"{SENTENCES[self.reason]}: “{self.detail}”" if self.detail else self.words

    @property
    def words(self) -> str:
        """The reason alone."""
        return SENTENCES[self.reason]


def row_error(row: int, reason: Reason, detail: str = "") -> RowError:
    """Return the error of a row with its detail masked and shortened."""
    flat = " ".join(mask(detail).split())
    return RowError(
        row, reason, flat[:_LONGEST_DETAIL] + ("…" if len(flat) > _LONGEST_DETAIL else "")
    )
