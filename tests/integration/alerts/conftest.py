"""A real SMTP server on loopback that can be told to refuse, to delay or to hang."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Mail
from typing import Any

import pytest
from aiosmtpd.controller import Controller


@dataclass
class Post:
    """What the server does with the next mails, and what it took."""

    answers: list[str] = field(default_factory=list)
    hang_s: float = 0.0
    mails: list[Mail] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content)
        if self.hang_s:
            # The mail is taken, but the answer comes too late for the sender.
            self.mails.append(mail)
            await asyncio.sleep(self.hang_s)
            return "250 OK"
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.mails.append(mail)
        return answer


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    """The server's behaviour and its port."""
    handler = Post()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()
