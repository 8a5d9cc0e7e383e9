"""Signing in and out, one-time links, the second factor, one's own password."""

from __future__ import annotations

import io
from dataclasses import asdict
from datetime import UTC, datetime

import qrcode
import qrcode.image.svg
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from langnghe.errors import ConfigError
from ledger import audit, users
from ledger.users import QuietHours
from web.forms import (
    CodeForm,
    FirstAdminForm,
    NewPasswordForm,
    PasswordForm,
    QuietHoursForm,
)

_BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInForm(AuthenticationForm):
    """Name and password; names are kept in lower case."""

    error_messages = {  # noqa: RUF012
        "invalid_login": "Tên đăng nhập hoặc mật khẩu chưa đúng.",
        "inactive": "Tài khoản này đã bị khóa.",
    }

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()


class SignIn(LoginView):
    """The login page."""

    template_name = "account/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        audit.record(form.get_user().get_username(), "login", "", datetime.now(UTC))
        return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("login")


@never_cache
@sensitive_post_parameters()
def one_time_link(request: HttpRequest, token: str) -> HttpResponse:
    """Set the first password by a link that works once: the first administrator, or an invitation.

    GET only shows the form, so that whatever looks at links uses nothing up.
    """
    now = datetime.now(UTC)
    is_first = users.link_username(token, users.FIRST_ADMIN, now) is not None
    invited = users.link_username(token, users.INVITATION, now)
    if not is_first and invited is None:
        return render(request, "account/link_dead.html", status=410)
    form_class = FirstAdminForm if is_first else NewPasswordForm
    form = form_class(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        values = {"form": form, "is_first": is_first, "invited": invited}
        return render(request, "account/one_time_link.html", values)
    given = form.cleaned_data
    try:
        if is_first:
            member = users.claim_first_admin(
                token, given["email"], given["name"], given["password"], now
            )
        else:
            member = users.accept_invitation(token, given["password"], now)
    except ConfigError:
        return render(request, "account/link_dead.html", status=410)
    user = User.objects.get(username=member.username)
    # Who holds the link sets the password; the lost phone of before must not lock them out.
    TOTPDevice.objects.filter(user=user).delete()
    login(request, user, backend=_BACKEND)
    return redirect("room")


@never_cache
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = request.user.get_username()
        if authenticate(request, username=name, password=form.cleaned_data["present"]) is None:
            form.add_error("present", "Mật khẩu hiện tại chưa đúng.")
        else:
            users.set_password(name, form.cleaned_data["password"], name, datetime.now(UTC))
            update_session_auth_hash(request, User.objects.get(username=name))
            messages.success(request, "Đã đổi mật khẩu.")
            return redirect("room")
    return render(request, "account/password.html", {"form": form})


@never_cache
def quiet_hours(request: HttpRequest) -> HttpResponse:
    """Show and change one's own quiet hours."""
    name = request.user.get_username()
    member = users.member(name)
    known = member.quiet if member else QuietHours()
    form = QuietHoursForm(request.POST or None, initial=asdict(known))
    if request.method == "POST" and form.is_valid():
        users.save_quiet_hours(name, QuietHours(**form.cleaned_data), name, datetime.now(UTC))
        messages.success(request, "Đã lưu giờ yên lặng.")
        return redirect("quiet-hours")
    return render(request, "account/quiet_hours.html", {"form": form, "member": member})


@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the phone; without an enrolled one, lead to the enrolment."""
    device = TOTPDevice.objects.filter(user=_user(request), confirmed=True).first()
    if device is None:
        return redirect("second-factor-setup")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if device.verify_token(_code(form)):
            otp_login(request, device)
            return redirect("room")
        form.add_error("code", "Mã chưa đúng hoặc đã hết hạn; hãy chờ mã mới rồi thử lại.")
    return render(request, "account/second_factor.html", {"form": form})


@never_cache
def second_factor_setup(request: HttpRequest) -> HttpResponse:
    """Show the picture to scan, and confirm the phone by its first code."""
    user = _user(request)
    if TOTPDevice.objects.filter(user=user, confirmed=True).exists():
        return redirect("second-factor")
    device, _ = TOTPDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": "Điện thoại"}
    )
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if device.verify_token(_code(form)):
            device.confirmed = True
            device.save()
            otp_login(request, device)
            audit.record(user.get_username(), "second-factor.enrol", "", datetime.now(UTC))
            messages.success(request, "Đã bật lớp bảo vệ thứ hai.")
            return redirect("room")
        form.add_error("code", "Mã chưa đúng; hãy chờ mã mới trên điện thoại rồi thử lại.")
    values = {"form": form, "picture": _picture(device.config_url), "key": _spoken(device)}
    return render(request, "account/second_factor_setup.html", values)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _code(form: CodeForm) -> str:
    return "".join(form.cleaned_data["code"].split())


def _picture(address: str) -> SafeString:
    """Return the QR code as SVG made by us of one path, without any style."""
    image = qrcode.make(address, image_factory=qrcode.image.svg.SvgPathImage, border=2)
    out = io.BytesIO()
    image.save(out)
    drawing = out.getvalue().decode()
    return mark_safe(drawing[drawing.index("<svg") :])  # noqa: S308 - no words of others in it


def _spoken(device: TOTPDevice) -> str:
    """Return the key for typing, in groups of four."""
    from base64 import b32encode

    key = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(key[i : i + 4] for i in range(0, len(key), 4))
