"""Adding by hand: a document that somebody saw, and a source that the wizard finds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from crawlers.manual import ManualEntry, manual_document
from crawlers.safety import AddressRefused, check_url
from crawlers.social.adding import WAYS
from crawlers.starter import MAX_WEIGHT, MIN_WEIGHT
from langnghe.clock import to_utc
from langnghe.document import DocumentKind
from langnghe.errors import InvalidDocument
from langnghe.source import OutletKind, Source
from langnghe.text import fold
from langnghe.url import host_of, identity_url, is_web_url
from langnghe.wording import ERROR_SENTENCES, KIND_LABELS, OUTLET_KIND_LABELS
from ledger import ingest, sources
from runtime.discovery import provinces
from runtime.wiring import author_key
from web import wizard
from web.reader import username_of
from web.room import now, room

_OLD = timedelta(days=30)


class ManualForm(forms.Form):
    """What a person saw where no crawler may read."""

    place = forms.CharField(
        label="Thấy ở đâu", max_length=200, help_text="Tên báo, trang, nhóm hoặc kênh."
    )
    kind = forms.ChoiceField(
        label="Loại",
        choices=[(str(k), v) for k, v in KIND_LABELS.items()],
        initial=DocumentKind.POST.value,
    )
    url = forms.URLField(label="Liên kết (nếu có)", required=False, assume_scheme="https")
    title = forms.CharField(label="Tiêu đề (nếu có)", required=False, max_length=300)
    text = forms.CharField(
        label="Nội dung",
        required=False,
        max_length=20_000,
        widget=forms.Textarea,
        help_text="Dán nguyên văn. Số điện thoại, địa chỉ thư và tên tài khoản được che khi lưu; "
        "đừng ghi tên người viết.",
    )
    is_from_picture = forms.BooleanField(
        label="Chép từ ảnh chụp màn hình",
        required=False,
        help_text="Chỉ chữ được giữ. Ảnh không được gửi lên: tên và mặt người trong ảnh không che "
        "được.",
    )
    seen_at = forms.DateTimeField(
        label="Thấy lúc (bỏ trống là bây giờ)",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )

    def clean_seen_at(self) -> datetime | None:
        seen: datetime | None = self.cleaned_data["seen_at"]
        if seen is not None and to_utc(seen) > now():
            raise forms.ValidationError("Thời điểm này chưa tới.")
        return seen


class WizardForm(forms.Form):
    """The address of a paper or a page."""

    url = forms.URLField(
        label="Địa chỉ trang chủ, chuyên mục hoặc RSS",
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://", "autofocus": True}),
    )


class SourceForm(forms.Form):
    """What a found source is called, and how much it counts."""

    name = forms.CharField(label="Tên nguồn", max_length=200)
    outlet = forms.CharField(label="Báo, trang", max_length=200)
    outlet_kind = forms.ChoiceField(
        label="Ai nói", choices=[(str(k), v) for k, v in OUTLET_KIND_LABELS.items()]
    )
    province = forms.ChoiceField(label="Tỉnh, thành phố", required=False)
    weight = forms.FloatField(
        label="Trọng số",
        min_value=MIN_WEIGHT,
        max_value=MAX_WEIGHT,
        help_text="0,1 đến 3: báo lớn đưa tin thì cảnh báo nặng hơn.",
        widget=forms.NumberInput(attrs={"step": "0.1"}),
    )

    def __init__(self, data: QueryDict | None = None, *, source: Source) -> None:
        initial = {name: getattr(source, name) for name in self.base_fields}
        super().__init__(data, initial=initial, auto_id=f"id_{source.id}_%s")
        province = self.fields["province"]
        assert isinstance(province, forms.ChoiceField)
        names = sorted(provinces().items(), key=lambda item: fold(item[1]))
        province.choices = [("", "Toàn quốc"), *names]


def add_document(request: HttpRequest) -> HttpResponse:
    """Take in what somebody saw; the same link or words give the same document."""
    form = ManualForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        entry = ManualEntry(
            place=given["place"],
            text=given["text"],
            title=given["title"],
            url=given["url"],
            seen_at=to_utc(given["seen_at"]) if given["seen_at"] else None,
            kind=DocumentKind(given["kind"]),
            is_from_picture=given["is_from_picture"],
        )
        press = _press_of(entry.url)
        if press is not None and not entry.text:
            entry = replace(entry, kind=DocumentKind.ARTICLE)
        try:
            doc = manual_document(entry, now(), author_key(room().settings), press=press)
        except InvalidDocument:
            form.add_error("text", "Cần có liên kết hoặc nội dung.")
        else:
            result = ingest.record_ingest([doc], now(), added_by=username_of(request))
            if result.unchanged:
                messages.info(request, "Tin này đã có trong phòng.")
            else:
                is_link = doc.url and not doc.kind.is_social
                then = "trang của liên kết được đọc ngay" if is_link else "nhãn sẽ có sau vài giây"
                messages.success(request, f"Đã thêm; {then}.")
            return redirect("document", doc.id)
    return render(request, "documents/add.html", {"form": form})


def _press_of(url: str) -> Source | None:
    """Return the paper on whose host ``url`` lies, None where it is none of our sources."""
    host = host_of(identity_url(url)) if is_web_url(url) else ""
    papers = (
        source
        for source, _ in sources.load_sources()
        if host == host_of(source.url) and source.document_kind is DocumentKind.ARTICLE
    )
    return next(papers, None) if host else None


def find_source(request: HttpRequest) -> HttpResponse:
    """Ask for an address and begin to look for what can be read there."""
    form = WizardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        url = form.cleaned_data["url"]
        try:
            check_url(url, room().settings.open_ports)
        except AddressRefused as error:
            form.add_error("url", ERROR_SENTENCES[error.code])
        else:
            return redirect("source-found", wizard.begin(room().settings, url))
    return render(request, "sources/find.html", {"form": form, "ways": WAYS.values()})


def found_sources(request: HttpRequest, search_id: str) -> HttpResponse:
    """Show what the wizard found, or that it is still looking."""
    search = wizard.look(room().settings, search_id)
    if search is None:
        raise Http404
    known = {source.url for source, _ in sources.load_sources()}
    offered = [(found, SourceForm(source=found.source)) for found in search.proposals]
    return _show_found(request, search, offered, known)


@require_POST
def add_source(request: HttpRequest, search_id: str) -> HttpResponse:
    """Add one of the found sources; it is read at once."""
    search = wizard.look(room().settings, search_id)
    wanted = request.POST.get("source", "")
    found = (
        next((p.source for p in search.proposals if p.source.id == wanted), None)
        if (search)
        else None
    )
    if found is None or not is_web_url(found.url):
        raise Http404
    form = SourceForm(request.POST, source=found)
    if not form.is_valid():
        return _show_found(request, search, [(_proposal(search, found), form)], ())
    given = {**form.cleaned_data, "outlet_kind": OutletKind(form.cleaned_data["outlet_kind"])}
    found = replace(found, **given)
    if sources.load_sources([found.id]):
        messages.info(request, "Nguồn này đã có.")
    else:
        sources.save_source(found, username_of(request), now())
        messages.success(request, f"Đã thêm {found.name}; chưa kiểm tra cho tới lần đọc đầu tiên.")
    return redirect("source", found.id)


def _show_found(
    request: HttpRequest,
    search: wizard.Search | None,
    offered: Sequence[tuple[wizard.FoundSource, SourceForm]],
    known: Collection[str],
) -> HttpResponse:
    values = {"search": search, "offered": offered, "known": known, "old": now() - _OLD}
    return render(request, "sources/found.html", values)


def _proposal(search: wizard.Search | None, source: Source) -> wizard.FoundSource:
    assert search is not None
    return next(p for p in search.proposals if p.source.id == source.id)
