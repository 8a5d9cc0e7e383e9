"""What a person is asked for to add a network, a forum or a mailbox, and the source it makes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from crawlers.safety import AddressRefused
from crawlers.social import NETWORKS, UNPROVEN
from crawlers.starter import check_source
from langnghe.document import DocumentKind
from langnghe.errors import ConfigError
from langnghe.source import OutletKind, Source, SourceKind
from langnghe.text import fold
from langnghe.url import is_web_url
from langnghe.wording import ERROR_SENTENCES

_MAX_ID = 60
# The questions whose answers may lead to a server of the person's own choice.
_ADDRESSES = ("url", "server", "pds")


class WrongAnswer(ConfigError):
    """What a person gave for ``field`` cannot be; ``sentence`` says so in Vietnamese."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence


@dataclass(frozen=True)
class Question:
    """One thing to fill in."""

    name: str
    label: str
    help: str = ""


@dataclass(frozen=True)
class Made:
    """What the answers come to: the address, the options, and words for the source's id."""

    url: str
    options: tuple[tuple[str, str], ...]
    words: str


@dataclass(frozen=True)
class Way:
    """One way to add a source beside the search: how it is called, asked for and made.

    ``token`` names the secret that it needs, "" for none; ``note`` is what one must know first.
    """

    key: str
    title: str
    kind: SourceKind
    note: str
    questions: tuple[Question, ...]
    make: Callable[[Mapping[str, str]], Made]
    token: str = ""

    @property
    def is_proven(self) -> bool:
        """Whether it was tried on the real service or on answers recorded from it."""
        network = NETWORKS.get(self.kind)
        return network is None or network.is_proven

    @property
    def warning(self) -> str:
        """What the room says of a way that nobody tried, "" of the others."""
        return "" if self.is_proven else UNPROVEN


def source_of(
    way: Way, name: str, given: Mapping[str, str], loopback_ports: Collection[int] = ()
) -> Source:
    """Return the source that the answers describe; raises WrongAnswer.

    One that nobody tried on its real service is switched off.
    """
    cleaned = {q.name: given.get(q.name, "").strip() for q in way.questions}
    made = way.make(cleaned)
    words = re.sub(r"[^a-z0-9]+", "-", fold(f"{way.key} {made.words}")).strip("-")
    source = Source(
        id=words[:_MAX_ID].strip("-"),
        name=name.strip(),
        outlet=name.strip(),
        kind=way.kind,
        url=made.url,
        outlet_kind=OutletKind.SOCIAL,
        document_kind=DocumentKind.POST,
        fetch_pages=False,
        is_enabled=way.is_proven,
        options=made.options,
    )
    try:
        check_source(source, way.key, loopback_ports)
    except AddressRefused as error:
        field = next(q.name for q in way.questions if q.name in _ADDRESSES)
        raise WrongAnswer(field, ERROR_SENTENCES[error.code]) from error
    return source


def _youtube(given: Mapping[str, str]) -> Made:
    match = re.search(r"UC[\w-]{22}(?![\w-])", given["channel"])
    if match is None:
        raise WrongAnswer("channel", "Mã kênh gồm UC và 22 ký tự (ở trang Giới thiệu kênh).")
    channel = match.group()
    return Made(f"https://www.youtube.com/channel/{channel}", (("channel", channel),), channel)


def _facebook(given: Mapping[str, str]) -> Made:
    text = given["page"]
    page = urlsplit(text).path.strip("/").rpartition("/")[2] if is_web_url(text) else text
    if not re.fullmatch(r"[\w.-]{3,80}", page):
        raise WrongAnswer("page", "Cần mã số hoặc tên của trang, ví dụ 102030405060708.")
    return Made(f"https://www.facebook.com/{quote(page)}", (("page", page),), page)


def _bluesky(given: Mapping[str, str]) -> Made:
    actor = given["actor"].removeprefix("https://bsky.app/profile/").strip("/@ ").lower()
    if not re.fullmatch(r"did:[a-z]+:[\w.:%-]{5,200}|(?:[a-z0-9-]+\.)+[a-z]{2,}", actor):
        raise WrongAnswer("actor", "Tên tài khoản có dạng ten.bsky.social.")
    server = given["pds"]
    if server and not is_web_url(server):
        raise WrongAnswer("pds", "Địa chỉ máy chủ bắt đầu bằng https://")
    options = (("actor", actor), *((("pds", server),) if server else ()))
    return Made(f"https://bsky.app/profile/{actor}", options, actor)


def _mastodon(given: Mapping[str, str]) -> Made:
    server = given["server"]
    server = server if "://" in server else f"https://{server}"
    if not is_web_url(server) or "." not in urlsplit(server).netloc:
        raise WrongAnswer("server", "Cần địa chỉ máy chủ, ví dụ https://mastodon.social")
    tag = given["tag"].lstrip("#")
    if not re.fullmatch(r"\w{2,80}", tag):
        raise WrongAnswer("tag", "Thẻ là một từ viết liền, ví dụ danang.")
    parts = urlsplit(server)
    base = f"{parts.scheme}://{parts.netloc}"
    return Made(f"{base}/tags/{quote(tag)}", (("tag", tag),), f"{parts.hostname} {tag}")


def _reddit(given: Mapping[str, str]) -> Made:
    match = re.search(r"(?:^|/?r/)([A-Za-z0-9_]{2,30})(?:/|$)", given["community"])
    if match is None:
        raise WrongAnswer("community", "Cần tên cộng đồng, ví dụ VietNam.")
    name = match.group(1)
    return Made(f"https://www.reddit.com/r/{name}/new/.rss", (), name)


def _telegram(given: Mapping[str, str]) -> Made:
    match = re.fullmatch(
        r"(?:https?://)?(?:t\.me/(?:s/)?|@)?([A-Za-z]\w{3,31})/?", given["channel"]
    )
    if match is None:
        raise WrongAnswer("channel", "Cần tên kênh công khai, ví dụ @tenkenh hoặc t.me/tenkenh.")
    return Made(f"https://t.me/s/{match.group(1)}", (), match.group(1))


def _zalo(given: Mapping[str, str]) -> Made:
    return Made("https://oa.zalo.me/", (), given["account"] or "oa")


def _forum(given: Mapping[str, str]) -> Made:
    url = given["url"]
    if not is_web_url(url):
        raise WrongAnswer("url", "Cần địa chỉ RSS của diễn đàn, bắt đầu bằng https://")
    return Made(url, (), url.partition("://")[2])


def _mailbox(given: Mapping[str, str]) -> Made:
    host, user = given["host"], given["user"]
    if not re.fullmatch(r"[\w.-]+(?::\d{1,5})?", host):
        raise WrongAnswer("host", "Cần tên máy chủ IMAP, ví dụ mail.tinh.gov.vn")
    if not user:
        raise WrongAnswer("user", "Cần tên đăng nhập hộp thư.")
    folder = quote(given["folder"] or "INBOX")
    return Made(f"imaps://{quote(user, safe='')}@{host}/{folder}", (), f"{host} {user}")


_OWN_PAGE = "Chỉ trang do cơ quan quản lý, bằng mã truy cập của chính trang."
WAYS: dict[str, Way] = {
    way.key: way
    for way in (
        Way(
            "youtube", "Kênh YouTube", SourceKind.YOUTUBE,
            "Video mới và bình luận dưới mười video mới nhất, bằng giao diện chính thức.",
            (Question("channel", "Mã kênh", "Bắt đầu bằng UC; dán cả địa chỉ kênh cũng được."),),
            _youtube, "Khóa API của Google",
        ),
        Way(
            "facebook", "Trang Facebook của cơ quan", SourceKind.FACEBOOK, _OWN_PAGE,
            (Question("page", "Mã hoặc tên trang", "Dán cả địa chỉ trang cũng được."),),
            _facebook, "Mã truy cập của trang",
        ),
        Way(
            "zalo", "Zalo OA của cơ quan", SourceKind.ZALO,
            "Bài viết của chính tài khoản OA.",
            (Question("account", "Tên OA", "Để phân biệt khi có nhiều OA."),),
            _zalo, "Mã truy cập OA",
        ),
        Way(
            "mastodon", "Thẻ trên Mastodon", SourceKind.MASTODON,
            "Bài công khai có một thẻ (#) trên một máy chủ.",
            (Question("server", "Máy chủ", "Ví dụ mastodon.social"),
             Question("tag", "Thẻ", "Ví dụ danang")),
            _mastodon,
        ),
        Way(
            "bluesky", "Tài khoản Bluesky", SourceKind.BLUESKY,
            "Bài công khai của một cơ quan, tòa soạn và những câu trả lời bên dưới.",
            (Question("actor", "Tên tài khoản", "Ví dụ toasoan.bsky.social"),
             Question("pds", "Máy chủ riêng (nếu có)", "Bỏ trống nếu không biết.")),
            _bluesky,
        ),
        Way(
            "reddit", "Cộng đồng Reddit", SourceKind.REDDIT,
            "Bài mới của một cộng đồng, qua RSS; máy chủ có thể từ chối.",
            (Question("community", "Tên cộng đồng", "Ví dụ VietNam"),), _reddit,
        ),
        Way(
            "telegram", "Kênh Telegram công khai", SourceKind.TELEGRAM,
            "Chỉ trang xem trước mà kênh tự mở cho mọi người.",
            (Question("channel", "Tên kênh", "Ví dụ @tenkenh"),), _telegram,
        ),
        Way(
            "dien-dan", "Diễn đàn có RSS", SourceKind.FEED,
            "Chủ đề và bài mới; người viết được thay bằng mã.",
            (Question("url", "Địa chỉ RSS", "Thường tận cùng bằng .rss hoặc /rss"),), _forum,
        ),
        Way(
            "hop-thu", "Hộp thư chuyển tiếp", SourceKind.MAILBOX,
            "Anh chị em thấy gì thì chuyển tiếp vào một hộp thư riêng; phòng đọc qua IMAP, không "
            "xóa thư nào.",
            (Question("host", "Máy chủ IMAP", "Ví dụ mail.tinh.gov.vn"),
             Question("user", "Tên đăng nhập"),
             Question("folder", "Thư mục", "Bỏ trống là INBOX.")),
            _mailbox, "Mật khẩu hộp thư",
        ),
    )
}  # fmt: skip


def way_of(source: Source) -> Way | None:
    """Return the way by which a source of this kind is added, None for papers."""
    return next((way for way in WAYS.values() if way.kind is source.kind and way.token), None)
