"""Imports: a file is sent, its columns named, tried without storing, and only then stored."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from crawlers.imports.mapping import FIELDS
from langnghe.document import DocumentKind
from langnghe.wording import KIND_LABELS
from ledger import audit
from runtime.imports import ENDINGS, MAX_BYTES, ImportJob, Imports, Stage
from web.reader import username_of
from web.room import now, room
from web.views.documents import csv_safe

_SHOWN_JOBS = 20
_SHOWN_ERRORS = 10
_TOO_LARGE = (
    f"Tệp lớn hơn {MAX_BYTES // 1_000_000} MB. Hãy chia nhỏ, hoặc dùng lệnh langnghe import."
)


class FileForm(forms.Form):
    """The file of a vendor or an older system."""

    file = forms.FileField(
        label="Tệp CSV, XLSX hoặc JSON Lines",
        help_text=f"Tới {MAX_BYTES // 1_000_000} MB. Chưa có gì được lưu cho tới khi bạn xem thử "
        "và xác nhận.",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(ENDINGS)}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if not (file.name or "").lower().endswith(ENDINGS):
            raise forms.ValidationError(f"Cần một tệp có đuôi {', '.join(ENDINGS)}.")
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_TOO_LARGE)
        return file


class MappingForm(forms.Form):
    """Which column is which field, what the rows are, and whose they are."""

    kind = forms.ChoiceField(
        label="Dòng không ghi loại là",
        choices=[(str(k), v) for k, v in KIND_LABELS.items()],
    )
    outlet = forms.CharField(
        label="Báo hoặc kênh chung cho cả tệp",
        required=False,
        max_length=200,
        help_text="Cần khi tệp không có cột nào ghi báo hoặc kênh.",
    )

    def __init__(self, data: QueryDict | None = None, *, job: ImportJob) -> None:
        chosen = {column: name for name, column in job.mapping.items()}
        initial = {f"column-{n}": chosen.get(c, "") for n, c in enumerate(job.columns)}
        initial |= {"kind": job.kind.value, "outlet": job.outlet}
        super().__init__(data, initial=initial)
        self._columns = job.columns
        for number, column in enumerate(job.columns):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=column, required=False, choices=[("", "(không dùng)"), *FIELDS.items()]
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        mapping: dict[str, str] = {}
        for number, column in enumerate(self._columns):
            name = values.get(f"column-{number}", "")
            if name in mapping:
                self.add_error(None, f"Hai cột cùng là “{FIELDS[name]}”: chỉ chọn một.")
            elif name:
                mapping[name] = column
        if not {"title", "text"} & set(mapping):
            self.add_error(None, "Cần ít nhất một cột là tít hoặc nội dung.")
        if "outlet" not in mapping and not values.get("outlet"):
            self.add_error("outlet", "Tệp không có cột ghi báo hoặc kênh: hãy ghi một tên chung.")
        return {**values, "mapping": mapping}


def listing(request: HttpRequest) -> HttpResponse:
    """Take a file in; show the last ones."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        job = _imports().receive(file.name, file.chunks(), username_of(request))
        audit.record(username_of(request), "import.receive", job.id, now(), {"file": job.name})
        return redirect("import", job.id)
    values = {"form": form, "jobs": _imports().jobs()[:_SHOWN_JOBS]}
    return render(request, "imports/list.html", values)


def job(request: HttpRequest, job_id: str) -> HttpResponse:
    """Show how far a file has come, and ask for what is needed next."""
    return _show(request, _found(job_id))


def choose(request: HttpRequest, job_id: str) -> HttpResponse:
    """Say which column is which, and try it; also once more, before anything is stored."""
    known = _found(job_id)
    if known.stage not in (Stage.MAPPING, Stage.TRIED):
        return redirect("import", job_id)
    form = MappingForm(request.POST or None, job=known)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        _imports().change(
            job_id,
            [Stage.MAPPING, Stage.TRIED],
            stage=Stage.TRYING,
            mapping=given["mapping"],
            kind=DocumentKind(given["kind"]),
            outlet=given["outlet"].strip(),
            total=0,
            attempts=0,
        )
        return redirect("import", job_id)
    return _show(request, known, form)


@require_POST
def run(request: HttpRequest, job_id: str) -> HttpResponse:
    """Store what was tried; whoever says so is named in the log."""
    _found(job_id)
    started = _imports().change(
        job_id, [Stage.TRIED], stage=Stage.RUNNING, actor=username_of(request), attempts=0
    )
    if started is not None:
        audit.record(username_of(request), "import.run", job_id, now(), {"file": started.name})
    return redirect("import", job_id)


@require_POST
def stop(request: HttpRequest, job_id: str) -> HttpResponse:
    """Stop, and delete the file; what was stored stays."""
    stages = [stage for stage in Stage if stage not in (Stage.DONE, Stage.STOPPED, Stage.FAILED)]
    stopped = _imports().change(_found(job_id).id, stages, stage=Stage.STOPPED)
    if stopped is not None:
        audit.record(username_of(request), "import.stop", job_id, now(), {"file": stopped.name})
        messages.info(request, "Đã dừng và xóa tệp. Tin đã nhập trước đó vẫn còn.")
    return redirect("import", job_id)


def bad_rows(request: HttpRequest, job_id: str) -> HttpResponse:
    """Give the rows that were not taken as a table, with each one's number and reason."""
    known = _found(job_id)
    out = io.StringIO()
    out.write("\ufeff")  # Excel reads UTF-8 only with this mark
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(("Dòng", "Lý do", "Giá trị"))
    for error in _imports().rejected(known):
        writer.writerow((str(error.row), error.words, csv_safe(error.detail)))
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="dong-loi-{known.id}.csv"'
    return response


def _show(request: HttpRequest, known: ImportJob, form: MappingForm | None = None) -> HttpResponse:
    is_asking = form is not None or known.stage is Stage.MAPPING
    values: dict[str, Any] = {
        "job": known,
        "errors": known.outcome.errors[:_SHOWN_ERRORS],
        "hidden_errors": max(known.outcome.bad - _SHOWN_ERRORS, 0),
        "done": known.outcome.rows if known.is_of_child else known.total,
    }
    if is_asking:
        asked = form or MappingForm(job=known)
        values["form"] = asked
        values["columns"] = [
            (asked[f"column-{n}"], _examples(known.samples, n)) for n in range(len(known.columns))
        ]
    return render(request, "imports/job.html", values)


def _examples(samples: Sequence[Sequence[str]], number: int) -> list[str]:
    cells = dict.fromkeys(row[number] for row in samples if row[number])
    return list(cells)[:3]


def _imports() -> Imports:
    return Imports(room().settings.data_dir)


def _found(job_id: str) -> ImportJob:
    found = _imports().find(job_id)
    if found is None:
        raise Http404
    return found
