"""The pages for what went wrong, in words that help."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is no such page."""
    return render(request, "errors/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This person may not open it."""
    return render(request, "errors/403.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request makes no sense."""
    sentence = "Yêu cầu không hợp lệ."
    return render(request, "errors/failure.html", {"sentence": sentence}, status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """A bug: nothing of the ledger is lost by it."""
    return HttpResponse(_BROKEN, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or did not come from the room."""
    sentence = "Biểu mẫu đã cũ hoặc không đến từ phòng theo dõi. Hãy tải lại trang và làm lại."
    return render(request, "errors/failure.html", {"sentence": sentence}, status=403)


_BROKEN = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Có lỗi</title>
<h1>Có lỗi chưa lường trước</h1>
<p>Dữ liệu đã thu vẫn được giữ. Hãy tải lại trang; nếu lỗi lặp lại, báo quản trị xem nhật ký.</p>
<p><a href="/">Về phòng theo dõi</a></p></html>"""
