"""The twelve rule types as people read them: what each looks at, and its numbers in words.

A number that an evaluator reads stands here with the same default; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alerts.model import RuleType


@dataclass(frozen=True)
class Parameter:
    """A number of a rule type. ``scale`` turns the stored number into the shown one (a share into
    per cent); ``choices`` give words instead of a number; bounds are of the stored number."""

    name: str
    label: str
    help: str
    default: float
    least: float
    most: float
    unit: str = ""
    scale: int = 1
    choices: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class RuleKind:
    """A rule type: its name, what it looks at, what of a rule it uses, and its numbers.

    ``query`` is "needed", "optional" or "" (it looks at no document). ``counterpart`` names what
    ElastAlert 2 calls the like. ``sensitivity`` and ``window`` say what these change here.
    """

    type: RuleType
    name: str
    explanation: str
    counterpart: str
    parameters: tuple[Parameter, ...] = ()
    query: str = "optional"
    sensitivity: str = ""
    window: str = ""


_LEVEL = "Càng nhạy thì cùng một vụ việc càng dễ được xếp mức cao."
_CHANCE = "Càng nhạy thì mức lệch nhỏ hơn so với thường ngày cũng đủ để báo."
_ANEW = "Sau chừng ấy giờ, cùng một vụ việc mà còn đạt điều kiện thì được báo lại như việc mới."
_ONCE = "Trong chừng ấy giờ, cùng một chuyện chỉ báo một lần."
_GOES_ON = (
    Parameter(
        "repeat_hours",
        "Nhắc lại khi vụ việc còn tiếp diễn, sau",
        "Vụ việc đã báo mà vẫn có thêm tin thì nhắc lại sau chừng ấy giờ.",
        24,
        1,
        168,
        "giờ",
    ),
    Parameter(
        "repeat_documents",
        "… và khi có thêm ít nhất",
        "Ít tin mới hơn thì không nhắc lại.",
        8,
        1,
        1000,
        "tin",
    ),
)


def _score(default: float) -> Parameter:
    return Parameter(
        "least_score",
        "Vụ việc phải đáng lo đến đâu",
        "Chấm từ nội dung, ý phê bình, số báo và tốc độ lan của vụ việc.",
        default,
        -5,
        5,
        choices=(
            (-2.0, "Chuyện nhẹ cũng tính"),
            (-1.0, "Hơi đáng lo trở lên"),
            (0.0, "Đáng theo dõi trở lên"),
            (1.2, "Chỉ việc đáng chú ý"),
        ),
    )


def _count(name: str, label: str, help_: str, default: float, unit: str = "tin") -> Parameter:
    return Parameter(name, label, help_, default, 1, 1_000_000, unit)


def _hours(default: float, most: float = 72) -> Parameter:
    return Parameter(
        "hours", "Tính trong", "Đếm tin của chừng ấy giờ gần nhất.", default, 1, most, "giờ"
    )


def _share(name: str, label: str, help_: str, default: float) -> Parameter:
    return Parameter(name, label, help_, default, 0, 1, "%", 100)


KINDS: Mapping[RuleType, RuleKind] = {
    kind.type: kind
    for kind in (
        RuleKind(
            RuleType.SEVERITY,
            "Nội dung nghiêm trọng",
            "Báo ngay từ tin đầu tiên khi nội dung nghiêm trọng: có người chết, cán bộ bị khởi tố, "
            "ngộ độc ở trường học, dịch vụ công ngừng trệ.",
            "any",
            (
                _count(
                    "people",
                    "Nếu chưa có báo nào đưa, cần ít nhất",
                    "Một bài của một người là góp ý để trả lời; nhiều người cùng nói mới là vụ "
                    "việc.",
                    3,
                    "người viết",
                ),
                *_GOES_ON,
            ),
            sensitivity=_LEVEL,
            window=_ANEW,
        ),
        RuleKind(
            RuleType.MATCH,
            "Khớp câu tìm",
            "Báo khi có tin khớp câu tìm, viết như trong ô tìm tin bài.",
            "blacklist, whitelist, frequency",
            (
                _count("documents", "Vụ việc có ít nhất", "Để 1 thì báo ngay từ tin đầu tiên.", 1),
                *_GOES_ON,
            ),
            query="needed",
            sensitivity=_LEVEL,
            window=_ANEW,
        ),
        RuleKind(
            RuleType.FAST_STORY,
            "Vụ việc lan nhanh",
            "Báo khi một vụ việc có tin xấu tăng nhanh trên nhiều báo hoặc ở nhiều người viết.",
            "frequency, cardinality",
            (
                _count("floor", "Trong 6 giờ có ít nhất", "Tin của cùng một vụ việc.", 5),
                _count("outlets", "Trên ít nhất", "Hoặc có từ 10 người viết.", 2, "báo"),
                _share(
                    "negative_share",
                    "Phần tin xấu ít nhất",
                    "Tin vui lan nhanh thì không cần báo.",
                    0.34,
                ),
                _score(-1.0),
                *_GOES_ON,
            ),
            sensitivity=_LEVEL,
            window=_ANEW,
        ),
        RuleKind(
            RuleType.STANCE_GROWTH,
            "Ý kiến phê bình tăng",
            "Báo khi ý phê bình một dịch vụ công dồn lại trong một vụ việc: đó là việc cần trả "
            "lời.",
            "percentage_match",
            (
                _count("floor", "Có ít nhất", "Tin có ý phê bình, và tin mới trong 24 giờ.", 5),
                _share("share", "Phần tin phê bình ít nhất", "Trong mọi tin của vụ việc.", 0.5),
                *_GOES_ON,
            ),
            sensitivity=_LEVEL,
            window=_ANEW,
        ),
        RuleKind(
            RuleType.CROSS_CHANNEL,
            "Từ mạng xã hội lên báo",
            "Báo khi chuyện người dân nói trên mạng xã hội được báo chí đưa.",
            "cardinality",
            (
                _count("posts", "Trước đó có ít nhất", "Bài đăng, bình luận.", 3, "bài"),
                _score(-2.0),
                *_GOES_ON,
            ),
            sensitivity=_LEVEL,
            window=_ANEW,
        ),
        RuleKind(
            RuleType.REACH,
            "Lượng tiếp cận lớn",
            "Báo khi một vụ việc tới được nhiều người, theo số xem mà nguồn cho biết.",
            "metric_aggregation",
            (
                _count("floor", "Tới ít nhất", "Tổng lượt của các tin.", 50_000, "lượt"),
                _score(-1.0),
                *_GOES_ON,
            ),
            sensitivity=_LEVEL,
            window=_ANEW,
        ),
        RuleKind(
            RuleType.CLAIM_REPEATED,
            "Thông tin cần kiểm chứng lặp lại",
            "Báo khi điều đã được đính chính (có ghi sổ và dẫn nguồn) được nhắc lại.",
            "blacklist, frequency",
            (
                _count("floor", "Trong 24 giờ có ít nhất", "Tin của cùng một vụ việc.", 3),
                *_GOES_ON,
            ),
            sensitivity=_LEVEL,
            window=_ANEW,
        ),
        RuleKind(
            RuleType.SPIKE,
            "Lượng tin tăng vọt",
            "Báo khi số tin nhiều bất thường so với cùng giờ các tuần trước. Chưa đủ 14 ngày lịch "
            "sử thì chỉ tính số tin tối thiểu.",
            "spike, spike_aggregation",
            (
                _hours(6),
                _count("floor", "Có ít nhất", "Ít hơn thì không bao giờ báo.", 12),
            ),
            sensitivity=_CHANCE,
            window=_ONCE,
        ),
        RuleKind(
            RuleType.TONE_SHIFT,
            "Sắc thái đổi chiều",
            "Báo khi phần tin xấu tăng hẳn so với thường ngày.",
            "change",
            (
                _hours(6),
                _count("floor", "Có ít nhất", "Ít tin quá thì tỷ lệ không nói lên điều gì.", 15),
                _share("share", "Phần tin xấu tăng ít nhất", "So với thường ngày.", 0.2),
            ),
            sensitivity=_CHANCE,
            window=_ONCE,
        ),
        RuleKind(
            RuleType.NEW_TERM,
            "Từ mới xuất hiện",
            "Báo khi một cụm từ trước đây hầu như không có bỗng xuất hiện trong nhiều tin. Cần đủ "
            "14 ngày lịch sử.",
            "new_term",
            (
                _hours(6),
                _count("floor", "Cụm từ có trong ít nhất", "Tin khác nhau.", 6),
                _count("outlets", "Trên ít nhất", "Một báo nhắc nhiều lần thì chưa đủ.", 2, "báo"),
            ),
            window=_ONCE,
        ),
        RuleKind(
            RuleType.SOURCE_SILENCE,
            "Nguồn im lặng",
            "Báo khi một nguồn tin im lặng lâu so với nhịp của chính nó, hoặc đang lỗi. Trên ba "
            "nguồn cùng lúc thì gộp thành một cảnh báo.",
            "flatline",
            query="",
            window=_ONCE,
        ),
        RuleKind(
            RuleType.ABSENCE,
            "Thông báo không được đưa tin",
            "Báo khi một thông báo trong sổ của cơ quan chưa được báo nào đưa.",
            "flatline",
            (
                Parameter(
                    "hours",
                    "Sau khi công bố",
                    "Chừng ấy giờ mà chưa báo nào đưa thì báo.",
                    24,
                    1,
                    168,
                    "giờ",
                ),
            ),
            query="",
            window="Quá hạn chừng ấy giờ nữa thì thôi không báo về thông báo đó.",
        ),
    )
}


def unit_value(parameter: Parameter, number: float) -> float:
    """Return a stored number as it is shown, without needless decimals."""
    shown = number * parameter.scale
    return round(shown) if abs(shown - round(shown)) < 1e-9 else round(shown, 2)


def described(parameter: Parameter, number: float) -> str:
    """Return a stored number in words: "34 %", "5 tin", "Hơi đáng lo trở lên"."""
    for value, words in parameter.choices:
        if abs(value - number) < 1e-9:
            return words
    return f"{unit_value(parameter, number):,g} {parameter.unit}".replace(",", ".").strip()
