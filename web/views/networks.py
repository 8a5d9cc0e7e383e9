"""Networks, forums and mailboxes: added by what names them; a token is never shown again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from crawlers.secrets import save_secret
from crawlers.social.adding import WAYS, Way, WrongAnswer, source_of, way_of
from langnghe.source import Source
from langnghe.text import fold
from ledger import audit, sources
from runtime.crawl_child import tokens_folder
from runtime.discovery import provinces
from web.reader import username_of
from web.room import now, room

_SECRET = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})


class NetworkForm(forms.Form):
    """What a way to add a source asks for."""

    name = forms.CharField(
        label="Tên gọi trong phòng", max_length=120, help_text="Ví dụ: Diễn đàn Phố Lam."
    )

    def __init__(self, data: QueryDict | None = None, *, way: Way) -> None:
        super().__init__(data)
        for question in way.questions:
            self.fields[question.name] = forms.CharField(
                label=question.label, help_text=question.help, required=False, max_length=500
            )
        names = sorted(provinces().items(), key=lambda item: fold(item[1]))
        self.fields["province"] = forms.ChoiceField(
            label="Tỉnh, thành phố", required=False, choices=[("", "Toàn quốc"), *names]
        )
        if way.token:
            self.fields["token"] = forms.CharField(
                label=way.token,
                required=False,
                widget=_SECRET,
                max_length=5000,
                help_text="Được giữ riêng, không bao giờ hiện lại. Có thể điền sau.",
            )


@never_cache
def add_network(request: HttpRequest, way: str) -> HttpResponse:
    """Add a source of a network; one that nobody tried on its real service stays switched off."""
    chosen = WAYS.get(way)
    if chosen is None:
        raise Http404
    form = NetworkForm(request.POST or None, way=chosen)
    if request.method == "POST" and form.is_valid():
        source = _source(form, chosen)
        if source is not None and sources.load_sources([source.id]):
            messages.info(request, "Nguồn này đã có.")
            return redirect("source", source.id)
        if source is not None:
            token = form.cleaned_data.get("token", "").strip()
            _add(request, chosen, source, token)
            return redirect("source", source.id)
    return render(request, "sources/network.html", {"form": form, "way": chosen})


@require_POST
def set_token(request: HttpRequest, source_id: str) -> HttpResponse:
    """Keep a new token of a source, which is then read at once."""
    found = sources.load_sources([source_id])
    if not found or way_of(found[0][0]) is None:
        raise Http404
    token = request.POST.get("token", "").strip()
    if not token or len(token) > 5000 or not token.isprintable():
        messages.error(request, "Mã truy cập trống hoặc sai dạng; mã cũ vẫn được giữ.")
        return redirect("source", source_id)
    save_secret(tokens_folder(room().settings), source_id, token)
    audit.record(username_of(request), "source.token", source_id, now())
    if found[0][0].is_enabled:
        sources.set_enabled(source_id, True, username_of(request), now())
        messages.success(request, "Đã giữ mã truy cập mới; sẽ đọc ngay.")
    else:
        messages.success(request, "Đã giữ mã truy cập mới. Bấm “Bật nguồn này” để bắt đầu đọc.")
    return redirect("source", source_id)


def _source(form: NetworkForm, way: Way) -> Source | None:
    given: dict[str, Any] = form.cleaned_data
    try:
        source = source_of(way, given["name"], given, room().settings.open_ports)
    except WrongAnswer as error:
        form.add_error(error.field, error.sentence)
        return None
    return replace(source, province=given["province"])


def _add(request: HttpRequest, way: Way, source: Source, token: str) -> None:
    if token:
        save_secret(tokens_folder(room().settings), source.id, token)
    elif way.token:
        # Without its token it could only fail.
        source = replace(source, is_enabled=False)
    sources.save_source(source, username_of(request), now())
    if way.token and not token:
        messages.info(request, f"Đã thêm, chưa bật: còn thiếu {way.token.lower()}.")
    elif source.is_enabled:
        messages.success(request, f"Đã thêm {source.name}; sẽ đọc ngay.")
    else:
        messages.info(
            request,
            f"Đã thêm, chưa bật: cách đọc này {way.warning}. Bật ở đây khi muốn thử.",
        )
