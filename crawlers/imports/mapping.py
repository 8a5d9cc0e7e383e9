"""Which column is which field: guessed from its name, shown, and confirmed by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crawlers.dates import clamp_published, parse_date
from crawlers.documents import ReadContext, SocialPost, social_document
from crawlers.imports.reasons import BadRow, Reason
from crawlers.markup import plain_text, title_text
from langnghe.document import Channel, Document, DocumentKind, document_id
from langnghe.errors import ConfigError, InvalidDocument
from langnghe.source import OutletKind, Source, SourceKind
from langnghe.text import fold, normalize
from langnghe.url import canonical_url, identity_url, is_web_url

FIELDS: dict[str, str] = {
    "title": "Tít",
    "lead": "Sapo",
    "text": "Nội dung",
    "url": "Địa chỉ",
    "outlet": "Cơ quan báo chí, kênh",
    "published": "Đăng lúc",
    "author": "Tác giả",
    "section": "Chuyên mục",
    "kind": "Loại (bài báo, bài đăng, bình luận)",
    "parent_title": "Tít của bài gốc",
    "id": "Mã trong hệ thống cũ",
}
# Folded column names that vendors and offices use.
_NAMES: dict[str, Sequence[str]] = {
    "title": ("title", "tit", "tieu de", "ten bai", "ten bai viet", "headline", "chu de bai viet"),
    "lead": ("lead", "sapo", "summary", "tom tat", "mo ta", "description", "trich yeu"),
    "text": ("text", "content", "noi dung", "body", "message", "noi dung bai viet", "full text"),
    "url": ("url", "link", "duong dan", "dia chi", "lien ket", "permalink", "nguon link"),
    "outlet": ("outlet", "source", "nguon", "bao", "kenh", "ten bao", "site", "trang", "channel"),
    "published": (
        "published", "published_at", "date", "ngay", "ngay dang", "thoi gian", "thoi gian dang",
        "created", "created_time", "time", "gio dang", "pubdate", "ngay xuat ban", "published date",
    ),
    "author": ("author", "tac gia", "nguoi dang", "user", "username", "tai khoan", "ho ten"),
    "section": ("section", "category", "chuyen muc", "muc", "linh vuc"),
    "kind": ("kind", "type", "loai", "loai tin", "loai hinh"),
    "parent_title": ("parent_title", "bai goc", "tit bai goc", "post title"),
    "id": ("id", "ma", "ma tin", "document id", "post id"),
}  # fmt: skip
_KINDS = {
    "article": DocumentKind.ARTICLE, "bai bao": DocumentKind.ARTICLE,
    "bao chi": DocumentKind.ARTICLE, "news": DocumentKind.ARTICLE,
    "bao": DocumentKind.ARTICLE, "post": DocumentKind.POST,
    "bai dang": DocumentKind.POST, "mang xa hoi": DocumentKind.POST, "social": DocumentKind.POST,
    "facebook": DocumentKind.POST, "forum": DocumentKind.POST, "dien dan": DocumentKind.POST,
    "comment": DocumentKind.COMMENT, "binh luan": DocumentKind.COMMENT,
}  # fmt: skip


@dataclass(frozen=True)
class ColumnMapping:
    """Field → column. ``kind`` is what rows without a kind column are."""

    columns: Mapping[str, str]
    kind: DocumentKind = DocumentKind.ARTICLE
    outlet: str = ""


def guess_mapping(columns: Sequence[str]) -> dict[str, str]:
    """Return field → column for the columns whose names are known; each column once."""
    folded = {" ".join(fold(c).replace("_", " ").split()): c for c in columns}
    found: dict[str, str] = {}
    for name, synonyms in _NAMES.items():
        for synonym in synonyms:
            column = folded.get(synonym.replace("_", " "))
            if column is not None and column not in found.values():
                found[name] = column
                break
    return found


class ColumnsUnclear(ConfigError):
    """No column is known to be the title or the text; the message names those that there are."""

    code = "import-columns"


def check_mapping(mapping: Mapping[str, str], columns: Sequence[str]) -> None:
    """Raise ConfigError for an unknown field or column, or where nothing would be a text."""
    for field, column in mapping.items():
        if field not in FIELDS:
            raise ConfigError(f"unknown field {field!r}; known: {', '.join(FIELDS)}")
        if column not in columns:
            raise ConfigError(f"no column {column!r}; there are: {', '.join(columns)}")
    if not {"title", "text"} & set(mapping):
        raise ColumnsUnclear(", ".join(columns))


def document_of(
    row: Mapping[str, str], mapping: ColumnMapping, now: datetime, author_key: bytes
) -> Document:
    """Return the document of one row; raises BadRow with the reason.

    Posts and comments are masked and their authors pseudonymised like any crawled one.
    """

    def value(field: str) -> str:
        return row.get(mapping.columns.get(field, ""), "")

    kind = _kind(value("kind"), mapping.kind)
    title, lead = title_text(value("title")), plain_text(value("lead"))
    text = plain_text(value("text"))
    if not (title or text):
        raise BadRow(Reason.NO_WORDS)
    url = _checked_url(value("url"))
    published = _moment(value("published"), now)
    source = _source(value("outlet") or mapping.outlet, kind)
    outlet = source.outlet
    identity = value("id") or url or f"{outlet}\x1f{title}\x1f{text}"
    if kind.is_social:
        post = SocialPost(
            identity, value("author"), text or lead, published, url, title, kind=kind,
            parent_title=title_text(value("parent_title")),
        )  # fmt: skip
        context = ReadContext(now=now, author_key=author_key)
        try:
            doc = social_document(post, source, "import", context, Channel.IMPORT)
        except InvalidDocument as error:
            raise BadRow(Reason.NO_WORDS) from error
        return replace(doc, extraction="import")
    published_at, notes = clamp_published(published, now)
    return Document(
        id=document_id(identity_url(url) if url else f"import\x1f{identity}"),
        kind=kind,
        source_id=source.id,
        outlet=outlet,
        url=canonical_url(url) if url else "",
        title=normalize(title) or normalize(text)[:120],
        lead=normalize(lead),
        text=normalize(text),
        published_at=published_at,
        first_seen_at=now,
        fetched_at=now,
        section=normalize(title_text(value("section"))),
        byline=normalize(title_text(value("author")))[:200],
        channel=Channel.IMPORT,
        outlet_kind=source.outlet_kind,
        notes=notes,
        extraction="import",
    )


def _checked_url(url: str) -> str:
    if url and not is_web_url(url):
        raise BadRow(Reason.BAD_URL, url)
    return url


def _source(outlet: str, kind: DocumentKind) -> Source:
    if not outlet:
        raise BadRow(Reason.NO_OUTLET)
    return Source(
        id="import",
        name="Nhập tệp",
        outlet=outlet,
        kind=SourceKind.FEED,
        url="",
        outlet_kind=OutletKind.SOCIAL if kind.is_social else OutletKind.NATIONAL,
        document_kind=kind,
    )


def _kind(value: str, default: DocumentKind) -> DocumentKind:
    if not value:
        return default
    kind = _KINDS.get(" ".join(fold(value).split()))
    if kind is None:
        raise BadRow(Reason.BAD_KIND, value)
    return kind


def _moment(value: str, now: datetime) -> datetime | None:
    if not value:
        return None
    moment = parse_date(value, now)
    if moment is None:
        raise BadRow(Reason.BAD_DATE, value)
    return moment
