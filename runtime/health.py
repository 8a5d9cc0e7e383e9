"""What is wrong with this installation, in plain Vietnamese, and what to do about it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from alerts.message import local_time
from alerts.rules import problems_of
from crawlers.spool import Waiting
from indexer.store import INDEX_VERSION, Store
from langnghe.errors import LangNgheError
from langnghe.query import Query
from langnghe.query.ast import Everything
from langnghe.wording import ERROR_SENTENCES
from ledger import boot, dump, queries, replies, retention, rules, work
from runtime.crawl_child import open_spool
from runtime.process import heartbeat_ages, log_dir, silent_processes
from runtime.wiring import Runtime

_LOW_DISK_BYTES = 1_000_000_000
_LEAST_HELD = 0.95
_LONG_QUEUE = 5_000
_REPLIES_SILENT = timedelta(minutes=5)


class Verdict(StrEnum):
    """How a finding stands."""

    GOOD = "good"
    NOTICE = "notice"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``advice`` says what to do when it is not good."""

    subject: str
    verdict: Verdict
    said: str
    advice: str = ""


def examine(runtime: Runtime) -> list[Finding]:
    """Look at everything that can be wrong; a check that itself fails is a finding too."""
    checks: tuple[Callable[[Runtime], Iterator[Finding]], ...] = (
        _settings,
        _disk,
        _spool,
        _ledger,
        _index,
        _rules,
        _models,
        _processes,
        _sources,
        _mail,
    )
    found: list[Finding] = []
    for check in checks:
        try:
            found.extend(check(runtime))
        except LangNgheError as error:
            said = f"{ERROR_SENTENCES[error.code]} ({error})"
            found.append(Finding(check.__name__.strip("_"), Verdict.BAD, said))
    return found


def _settings(runtime: Runtime) -> Iterator[Finding]:
    settings = runtime.settings
    yield Finding("Thư mục dữ liệu", Verdict.GOOD, str(settings.data_dir))
    there = "" if settings.config_file.exists() else " (chưa có, đang dùng mặc định)"
    yield Finding("Tệp cấu hình", Verdict.GOOD, f"{settings.config_file}{there}")
    yield Finding("Nhật ký", Verdict.GOOD, str(log_dir(settings.data_dir)))
    if runtime.profile.is_national:
        yield Finding(
            "Hồ sơ cơ quan",
            Verdict.NOTICE,
            "Chưa chọn tỉnh hoặc bộ, đang theo dõi cả nước.",
            "Chạy: langnghe profile --set “Tên tỉnh”.",
        )
    else:
        yield Finding("Hồ sơ cơ quan", Verdict.GOOD, runtime.profile.office)
    host = urlsplit(settings.public_url).hostname or ""
    if host in ("", "localhost", "127.0.0.1"):
        yield Finding(
            "Địa chỉ công khai",
            Verdict.NOTICE,
            "Nút trong thư chỉ mở được trên chính máy này.",
            "Đặt public_url trong tệp cấu hình thành địa chỉ mà điện thoại mở được, hoặc đặt "
            "reply_mailbox để người nhận tiếp nhận bằng cách trả lời thư.",
        )


def _disk(runtime: Runtime) -> Iterator[Finding]:
    free = shutil.disk_usage(runtime.settings.data_dir).free
    said = f"còn {free / 1e9:.1f} GB"
    if free < _LOW_DISK_BYTES:
        advice = "Dọn bớt hoặc chuyển thư mục dữ liệu; tin mới chờ tới khi có chỗ, không mất."
        yield Finding("Ổ đĩa", Verdict.BAD, said, advice)
    else:
        yield Finding("Ổ đĩa", Verdict.GOOD, said)


def _spool(runtime: Runtime) -> Iterator[Finding]:
    waiting = open_spool(runtime.settings).waiting()
    if not waiting.size_bytes:
        yield Finding("Hàng tạm khi sổ cái dừng", Verdict.GOOD, "trống")
        return
    yield Finding(
        "Hàng tạm khi sổ cái dừng",
        Verdict.BAD if waiting.is_full else Verdict.NOTICE,
        spool_sentence(waiting),
        "Sổ cái nhận ghi trở lại thì hàng tạm tự vào sổ; xem ổ đĩa và máy chủ cơ sở dữ liệu."
        + (" Nếu còn chỗ trên đĩa, có thể tăng spool_max_bytes." if waiting.is_full else ""),
    )


def spool_sentence(waiting: Waiting) -> str:
    """Return what waits for the ledger, in one Vietnamese sentence."""
    since = f" từ {local_time(waiting.since)}" if waiting.since else ""
    size = f"{max(waiting.size_bytes / 1e6, 0.1):.1f}".replace(".", ",")
    said = (
        f"Sổ cái chưa nhận ghi: {waiting.documents} tin bài ({size} MB) "
        f"chờ trong hàng tạm{since}, không mất."
    )
    return f"{said} Hàng tạm đã đầy, tạm dừng đọc nguồn." if waiting.is_full else said


def _ledger(runtime: Runtime) -> Iterator[Finding]:
    if boot.needs_migration():
        yield Finding("Sổ cái", Verdict.BAD, "Bảng dữ liệu thuộc bản cũ.", "Chạy: langnghe run.")
        return
    counts = queries.counters()
    said = (
        f"{counts.collected} tin bài: {counts.analysed} đã phân tích, {counts.waiting} đang chờ, "
        f"{counts.quarantined} giữ riêng"
    )
    bad = counts.quarantined > 0
    advice = "Mở mục “Giữ riêng” trong phòng để xem lý do và cho chạy lại." if bad else ""
    yield Finding("Sổ cái", Verdict.NOTICE if bad else Verdict.GOOD, said, advice)
    problems = dump.integrity_problems(runtime.settings)
    if problems:
        yield Finding(
            "Toàn vẹn dữ liệu",
            Verdict.BAD,
            problems[0],
            "Dừng dịch vụ rồi phục hồi bản sao lưu gần nhất: langnghe restore.",
        )
    days = {"social_days": runtime.settings.social_days, "press_days": runtime.settings.press_days}
    if overdue := retention.overdue(runtime.clock.now(), **days):
        yield Finding(
            "Hạn lưu trữ",
            Verdict.NOTICE,
            f"{overdue} tin bài đã quá hạn lưu",
            "Dịch vụ tự xóa mỗi giờ; nếu dịch vụ đang dừng, chạy: langnghe run.",
        )
    for stage, waiting in work.backlog().items():
        if waiting > _LONG_QUEUE:
            yield Finding(
                f"Hàng chờ {stage.value}",
                Verdict.NOTICE,
                f"{waiting} việc đang chờ",
                "Dịch vụ đang xử lý dần; nếu không giảm, xem mục tiến trình bên dưới.",
            )


def _index(runtime: Runtime) -> Iterator[Finding]:
    version = runtime.store.version()
    kind = "Elasticsearch" if runtime.settings.elasticsearch_url else "nhúng (SQLite)"
    if version != INDEX_VERSION:
        yield Finding(
            "Kho tìm kiếm",
            Verdict.BAD,
            f"{kind}, phiên bản {version}; chương trình này cần phiên bản {INDEX_VERSION}",
            "Chạy: langnghe reindex. Tin mới vẫn được giữ và sẽ vào chỉ mục sau đó.",
        )
        return
    gap = index_gap(runtime.store, queries.counters().indexed, runtime.clock.now())
    if gap.is_wide:
        yield Finding(
            "Kho tìm kiếm",
            Verdict.BAD,
            f"{kind}: chỉ có {gap.held} trong {gap.expected} tin lẽ ra tìm được",
            "Chạy: langnghe reindex (cần sau khi đổi kho tìm kiếm hoặc khi tệp chỉ mục bị mất).",
        )
        return
    yield Finding("Kho tìm kiếm", Verdict.GOOD, f"{kind}, phiên bản {version}, {gap.held} tin")


@dataclass(frozen=True)
class IndexGap:
    """How many documents the search index holds, and how many it should by the ledger."""

    held: int
    expected: int

    @property
    def is_wide(self) -> bool:
        """Whether more is missing than what is on its way: the index is of another life."""
        return self.held < self.expected * _LEAST_HELD


def index_gap(store: Store, expected: int, now: datetime) -> IndexGap:
    """Compare the index with what the ledger counts as indexed.

    A new engine begins with an empty index, which answers every search with nothing.
    """
    return IndexGap(store.count(Query(Everything()), now=now), expected)


def _rules(runtime: Runtime) -> Iterator[Finding]:
    known = rules.current_rules()
    for rule in known:
        for problem in problems_of(rule) if rule.is_enabled else ():
            yield Finding(
                f"Quy tắc “{rule.name}”",
                Verdict.BAD,
                f"không dùng được: {problem}",
                "Mở trang Quy tắc trong phòng theo dõi, sửa rồi lưu lại.",
            )
    said = f"{sum(rule.is_enabled for rule in known)} quy tắc đang bật"
    yield Finding("Quy tắc cảnh báo", Verdict.GOOD, said)


def _models(runtime: Runtime) -> Iterator[Finding]:
    name, version = runtime.pipeline.model
    yield Finding("Mô hình", Verdict.GOOD, f"{name} {version}")


def _processes(runtime: Runtime) -> Iterator[Finding]:
    ages = heartbeat_ages(runtime.settings.data_dir / "run", time.time())
    if not ages:
        yield Finding("Dịch vụ", Verdict.NOTICE, "Chưa chạy.", "Chạy: langnghe run.")
    silent = silent_processes(runtime.settings.data_dir / "run", time.time())
    for name, age in sorted(ages.items()):
        if name in silent:
            yield Finding(
                f"Tiến trình {name}",
                Verdict.BAD,
                f"im lặng {age:.0f} giây",
                "Nếu dịch vụ đang chạy, nó sẽ tự khởi động lại; nếu không, chạy: langnghe run.",
            )
        else:
            yield Finding(f"Tiến trình {name}", Verdict.GOOD, "đang chạy")


def _sources(runtime: Runtime) -> Iterator[Finding]:
    heard = queries.coverage(runtime.clock.now())
    quiet = heard.silent + heard.failing
    said = f"{heard.enabled} nguồn đang theo dõi, {quiet} im lặng hoặc lỗi"
    advice = "Xem lý do: langnghe sources explain MÃ-NGUỒN." if quiet else ""
    yield Finding("Nguồn tin", Verdict.NOTICE if quiet else Verdict.GOOD, said, advice)


def _mail(runtime: Runtime) -> Iterator[Finding]:
    settings = runtime.settings
    if settings.smtp_host:
        where = f"{settings.smtp_host}:{settings.smtp_port}"
        yield Finding("Thư điện tử", Verdict.GOOD, f"gửi qua {where}")
    else:
        yield Finding(
            "Thư điện tử",
            Verdict.NOTICE,
            f"chưa có máy chủ gửi thư, thư nằm trong {settings.outbox_dir}",
            "Đặt smtp_host, smtp_user, smtp_password trong tệp cấu hình.",
        )
    if settings.reply_mailbox:
        yield _replies(runtime)


def _replies(runtime: Runtime) -> Finding:
    subject = "Tiếp nhận bằng cách trả lời thư"
    read_at = replies.read_at()
    if read_at is not None and runtime.clock.now() - read_at < _REPLIES_SILENT:
        return Finding(subject, Verdict.GOOD, "đang đọc hộp thư trả lời")
    return Finding(
        subject,
        Verdict.NOTICE,
        "chưa đọc được hộp thư trả lời" + (f" từ {local_time(read_at)}" if read_at else ""),
        "Xem reply_mailbox và reply_password trong tệp cấu hình; lý do nằm trong nhật ký schedule.",
    )
