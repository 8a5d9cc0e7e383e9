"""Mails: what left, what waits, what could not be sent; each can be read in the room."""

from __future__ import annotations

import base64
import re
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from alerts.model import Message
from alerts.render import html
from ledger import deliveries, queries
from ledger.queries import MailView
from reports.periods import Period
from web.room import now, room
from web.views.digest_draft import drafts_that_leave_soon, held_past_their_time

_STATE_NAMES = {
    "sent": "Đã gửi",
    "waiting": "Đang chờ",
    "dead": "Không gửi được",
    "replaced": "Đã thay bằng thư mới hơn",
}
_STATES = {"": "Tất cả", **_STATE_NAMES}
# The button of a mail works for its addressee alone; who reads it here must not press it.
_BUTTON = re.compile(r"/tiep-nhan/[A-Za-z0-9_.\-]+")


def listing(request: HttpRequest) -> HttpResponse:
    """Show the outbox, newest first."""
    return _list(request, "mails/list.html", only_digests=False)


def digests(request: HttpRequest) -> HttpResponse:
    """Show the digests that were made."""
    moment = now()
    drafts = {"held": held_past_their_time(moment), "soon": drafts_that_leave_soon(moment)}
    return _list(request, "mails/digests.html", only_digests=True, **drafts)


def mail(request: HttpRequest, mail_id: str) -> HttpResponse:
    """Show one mail: its envelope, and its content in a frame that can do nothing."""
    view, message = _found(request, mail_id)
    values = {
        "mail": view,
        "state_name": _STATE_NAMES.get(view.state, view.state),
        "text": _defused(message.text) if message.text else "",
    }
    return render(request, "mails/detail.html", values)


@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
        "form-action": [NONE],
        "script-src": [NONE],
        "connect-src": [NONE],
        "frame-src": [NONE],
        "sandbox": [""],
    }
)
def body(request: HttpRequest, mail_id: str) -> HttpResponse:
    """Give a mail's HTML for the frame: no script, no form, no request to anywhere."""
    _, message = _found(request, mail_id)
    return HttpResponse(_defused(_with_pictures(message)))


@require_POST
def resend(request: HttpRequest, mail_id: str) -> HttpResponse:
    """Put a mail that could not be sent back into the outbox."""
    reader = request.reader  # type: ignore[attr-defined]
    if deliveries.resend(mail_id, reader.username, now()):
        messages.success(request, "Đã đưa thư vào hàng chờ gửi lại.")
    else:
        messages.info(request, "Thư này không nằm trong danh sách không gửi được.")
    if request.POST.get("back") == "list":
        return redirect(f"{reverse('mails')}?state=dead")
    return redirect("mail", mail_id)


def _list(
    request: HttpRequest, template: str, *, only_digests: bool, **more: list[Period]
) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in _STATES else ""
    try:
        page = queries.mails(state, only_digests=only_digests, before=request.GET.get("before", ""))
    except ValueError:
        page = queries.mails(state, only_digests=only_digests)
    values: dict[str, Any] = {
        "page": page,
        "state": state,
        "states": _STATES,
        "state_names": _STATE_NAMES,
        "outbox": deliveries.outbox_health(),
        "has_smtp": bool(room().settings.smtp_host),
        **more,
    }
    return render(request, template, values)


def _found(request: HttpRequest, mail_id: str) -> tuple[MailView, Message]:
    found = queries.mail(mail_id)
    reader = request.reader  # type: ignore[attr-defined]
    # Who may not open the outbox may still read the digests.
    if found is None or not (found[0].digest_key or "mails" in reader.routes):
        raise Http404
    return found


def _with_pictures(message: Message) -> str:
    page = html(message)
    for part in message.attachments:
        if part.content_id:
            data = base64.b64encode(part.payload).decode()
            page = page.replace(f"cid:{part.content_id}", f"data:{part.media_type};base64,{data}")
    return page


def _defused(text: str) -> str:
    return _BUTTON.sub("/tiep-nhan/…", text)
