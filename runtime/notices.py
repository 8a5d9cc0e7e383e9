"""Notices about the service itself, on a path of their own: from the supervisor's process straight
to the mail server or webhook, past ledger, outbox and worker, any of which may be what is down."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.channels import open_channels
from alerts.message import local_time
from alerts.model import Message, Recipient
from alerts.routing import ROOM, fallback
from langnghe.errors import DeliveryError, LangNgheError, TemporaryDeliveryError
from runtime.people import reachable_people
from runtime.process import PROCESS_NAMES
from runtime.watchdog import Kind, Notice
from runtime.wiring import Runtime

logger = logging.getLogger(__name__)

RETRY_S = 30.0
_TRIES = 2_000
_RENEWED_S = 60.0
_FIRST_LOOK_S = 10.0


@dataclass(frozen=True)
class _Waiting:
    message: Message
    recipient: Recipient
    tries: int = 0


class NoticeMail:
    """Sends notices in threads of its own, so that neither a slow mail server nor a ledger that
    hangs holds up a restart.

    The administrators' addresses are read while the ledger is well and remembered for when it is
    not. What cannot be sent is tried again every RETRY_S seconds.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._channels = open_channels(runtime.settings)
        self._people: tuple[Recipient, ...] = ()
        self._looked = threading.Event()
        self._told: list[Message] = []
        self._wake = threading.Condition()
        for name, work in (("notices", self._send_all), ("notices-people", self._follow_people)):
            threading.Thread(target=work, name=name, daemon=True).start()

    def tell(self, message: Message) -> None:
        """Send ``message`` to every administrator as soon as it can be."""
        with self._wake:
            self._told.append(message)
            self._wake.notify()

    def _follow_people(self) -> None:
        while True:
            try:
                people = reachable_people(self._runtime)
                self._people = tuple(person for person in people if person.role == "admin")
            except LangNgheError as error:
                logger.warning("who administers cannot be read: %s", error)
            except Exception:
                logger.exception("who administers cannot be read")
            self._looked.set()
            time.sleep(_RENEWED_S)

    def _send_all(self) -> None:
        waiting: list[_Waiting] = []
        while True:
            with self._wake:
                if not self._told:
                    self._wake.wait(RETRY_S if waiting else None)
                told, self._told = self._told, []
            waiting += [each for message in told for each in self._addressed(message)]
            waiting = [again for each in waiting if (again := self._send(each)) is not None]

    def _addressed(self, message: Message) -> list[_Waiting]:
        self._looked.wait(_FIRST_LOOK_S)
        people = self._people or fallback(self._runtime.settings.mail_to) or (ROOM,)
        return [
            _Waiting(replace(message, key=f"{message.key}-{p.channel}-{p.address}"), p)
            for p in people
        ]

    def _send(self, waiting: _Waiting) -> _Waiting | None:
        """Send one notice; return it where it must be tried again."""
        channel = self._channels.get(waiting.recipient.channel)
        if channel is None:
            logger.error("no channel %r for a notice", waiting.recipient.channel)
            return None
        try:
            channel.send(waiting.message, waiting.recipient)
        except TemporaryDeliveryError as error:
            logger.warning("a notice waits: %s", error)
        except DeliveryError:
            logger.exception("a notice cannot be sent")
            return None
        except Exception:
            logger.exception("a notice failed; it is tried again")
        else:
            logger.info("notice sent: %s", waiting.message.subject)
            return None
        return replace(waiting, tries=waiting.tries + 1) if waiting.tries < _TRIES else None


def notice_message(notice: Notice, room_url: str, now: datetime) -> Message:
    """Return what an administrator is told of a process."""
    name = PROCESS_NAMES.get(notice.name, notice.name)
    since = now - timedelta(seconds=notice.lasted_s)
    lasted = f"{max(round(notice.lasted_s / 60), 1)} phút"
    died = f"Đã dừng đột ngột {notice.deaths} lần." if notice.deaths else "Đã im lặng, không chết."
    if notice.kind is Kind.DOWN:
        what = f"Tiến trình “{name}” không hoạt động từ {local_time(since)}"
        asked = (
            "Tin đã thu vẫn được giữ, việc dở sẽ làm tiếp. Hệ thống đang tự khởi động lại; nếu sau "
            "10 phút chưa có thư báo đã chạy lại, đăng nhập máy chủ và chạy: langnghe doctor."
        )
        why = (died, f"Đã {lasted} chưa chạy lại được")
    elif notice.kind is Kind.OVER:
        what = f"Tiến trình “{name}” đã chạy lại"
        asked = "Không cần làm gì; việc dở đang được làm tiếp."
        why = (died, f"Gián đoạn khoảng {lasted}")
    else:
        what = f"Tiến trình “{name}” đã dừng đột ngột rồi tự chạy lại"
        asked = "Không cần làm gì. Nếu lặp lại, xem nhật ký: langnghe doctor chỉ chỗ."
        why = (died, f"Gián đoạn khoảng {lasted}")
    return _message(f"process-{notice.name}-{notice.kind}", what, why, asked, room_url, now)


def crash_message(last_seen: datetime | None, room_url: str, now: datetime) -> Message:
    """Return what an administrator is told when the whole service had stopped without being asked
    (a power cut, kill -9) and runs again."""
    seen = (
        f"Dấu hiệu sống cuối cùng: {local_time(last_seen)}" if last_seen else "Không rõ từ lúc nào"
    )
    return _message(
        "service-returned",
        "Dịch vụ LangNghe đã dừng đột ngột và vừa chạy lại",
        (seen,),
        "Không mất tin; nguồn tin và điểm tin bị lỡ đang được đọc và gửi bù. Nếu không ai tắt máy, "
        "xem nhật ký: langnghe doctor chỉ chỗ.",
        room_url,
        now,
    )


def _message(
    kind: str, what: str, why: Sequence[str], asked: str, room_url: str, now: datetime
) -> Message:
    return Message(
        key=f"{kind}-{now.isoformat()}",
        subject=f"[Hệ thống] {what}",
        level=0,
        what=what,
        why_now=tuple(why),
        how_big=(),
        where=(),
        headlines=(),
        asked=asked,
        button_label="Mở phòng theo dõi",
        button_url=room_url,
        made_at=now,
    )
