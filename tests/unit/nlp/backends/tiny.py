"""A linear model learnt from a dozen sentences of our own, for tests that need a real one."""

from __future__ import annotations

import numpy as np

from langnghe.document import DocumentKind
from nlp.backends.base import NEWS_TASKS, SOCIAL_TASKS, TextInput
from nlp.backends.linear import LinearBackend, LinearModel
from nlp.backends.reading import pair
from nlp.training import linear

PRESS = [
    ("Bệnh viện tỉnh lần đầu ghép thận thành công", "y_te", "pos", "pos"),
    ("Bệnh viện tỉnh cứu sống ca đột quỵ nặng", "y_te", "pos", "pos"),
    ("Người dân bức xúc vì bệnh viện quá tải kéo dài", "y_te", "neg", "neg"),
    ("Phụ huynh bức xúc vì trường lạm thu đầu năm", "giao_duc", "neg", "neg"),
    ("Trường tiểu học thu sai quy định, phụ huynh bức xúc", "giao_duc", "neg", "neg"),
    ("Sở Giáo dục công bố lịch thi lớp 10", "giao_duc", "neu", "neu"),
    ("Sở Giáo dục công bố kế hoạch tuyển sinh", "giao_duc", "neu", "neu"),
    ("Năm lợi ích của đạp xe mỗi sáng", "doi_song", "pos", "na"),
    ("Cách nấu canh chua ngon tại nhà", "doi_song", "neu", "na"),
    ("Mẹo chọn trái cây ngon ngày hè", "doi_song", "neu", "na"),
]
SOCIAL = [
    ("đường ngập cả tuần mà không ai xử lý, quá tệ", "neg", "complaint", "neg"),
    ("gọi điện cả tuần không ai nghe máy, bực mình", "neg", "complaint", "neg"),
    ("cảm ơn các bác sĩ đã cứu cháu bé", "pos", "praise", "pos"),
    ("tuyệt vời quá, cảm ơn mọi người", "pos", "praise", "na"),
    ("cho hỏi nộp hồ sơ ở đâu vậy ạ", "neu", "question", "neu"),
    ("cho hỏi mấy giờ mở cửa ạ", "neu", "question", "na"),
    ("nên lắp thêm đèn ở ngã tư này", "neu", "suggestion", "neu"),
    ("theo tôi nên cấm xe tải giờ cao điểm", "neu", "suggestion", "neu"),
    ("hôm nay trời mát ghê", "neu", "other", "na"),
]


def article(title: str, lead: str = "", text: str = "") -> TextInput:
    """A press item."""
    return TextInput(DocumentKind.ARTICLE, title, lead, text)


def post(text: str, parent_title: str = "") -> TextInput:
    """A public post."""
    return TextInput(DocumentKind.POST, "", "", text, parent_title)


def news_model() -> LinearModel:
    """Topic, tone and stance of the sentences above."""
    tasks = {
        "topic": ("y_te", "giao_duc", "doi_song"),
        "tone": NEWS_TASKS["tone"],
        "stance": NEWS_TASKS["stance"],
    }
    rows = [(pair(article(title)), *labels) for title, *labels in PRESS]
    return _train(rows, tasks, social=False)


def social_model() -> LinearModel:
    """Tone, intent and stance of the posts above."""
    rows = [(pair(post(text)), *labels) for text, *labels in SOCIAL]
    return _train(rows, SOCIAL_TASKS, social=True)


def backend() -> LinearBackend:
    """Both models together."""
    return LinearBackend(news_model(), social_model())


def _train(rows, tasks, *, social):
    lessons = linear.Lessons(
        [row[0] for row in rows],
        {task: [row[1 + place] for row in rows] for place, task in enumerate(tasks)},
        np.ones(len(rows)),
    )
    return linear.train(lessons, lessons, tasks, social=social, keep=2000, penalty=0.3)
