"""The forms of the room's accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from langnghe.profile import ROLES
from nlp.places.typed import typed_place
from web.room import room

_HOURS = [("", "Không đặt"), *((str(hour), f"{hour:02}:00") for hour in range(24))]


class PlaceField(forms.CharField):
    """A place, given back as mentions call it; what is no known place, or
    several, is refused with the nearest ones."""

    def __init__(self, *, label: str, help_text: str, is_required: bool = False) -> None:
        super().__init__(
            label=label,
            required=is_required,
            max_length=200,
            help_text=help_text,
            widget=forms.TextInput(attrs={"list": "dia-ban"}),
        )

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        if not typed:
            return ""
        found = typed_place(typed, room().profile)
        if found.name:
            return found.name
        if found.nearest:
            meant = ", ".join(found.nearest)
            raise forms.ValidationError(f"Chưa rõ địa bàn “{typed}”. Gần nhất: {meant}.")
        raise forms.ValidationError(
            f"Không biết địa bàn “{typed}”. Hãy viết đủ cấp và tên, ví dụ: phường Lam Thành."
        )


class NewPasswordForm(forms.Form):
    """A password, typed twice."""

    password = forms.CharField(
        label="Mật khẩu mới",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Ít nhất 10 ký tự, không quá phổ biến.",
    )
    again = forms.CharField(
        label="Nhập lại mật khẩu",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        password = values.get("password")
        if password:
            validate_password(password)
            if password != values.get("again"):
                self.add_error("again", "Hai lần nhập chưa giống nhau.")
        return values


class FirstAdminForm(NewPasswordForm):
    """The first administrator of the office."""

    field_order = ("email", "name", "password", "again")
    email = forms.EmailField(
        label="Địa chỉ thư (cũng là tên đăng nhập)",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    name = forms.CharField(label="Họ tên", max_length=150)


class PasswordForm(NewPasswordForm):
    """One's own password, with the present one."""

    field_order = ("present", "password", "again")
    present = forms.CharField(
        label="Mật khẩu hiện tại",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class QuietHoursForm(forms.Form):
    """One's own quiet hours; both empty = none."""

    from_hour = forms.TypedChoiceField(
        label="Từ", coerce=int, empty_value=None, required=False, choices=_HOURS
    )
    to_hour = forms.TypedChoiceField(
        label="Đến", coerce=int, empty_value=None, required=False, choices=_HOURS
    )
    route = forms.ChoiceField(
        label="Cảnh báo tới trong giờ ấy",
        widget=forms.RadioSelect,
        choices=[
            ("later", "Gửi cho tôi khi hết giờ yên lặng"),
            ("duty", "Báo ngay cho người đang trực, và gửi cho tôi khi hết giờ yên lặng"),
        ],
        help_text="Mức khẩn luôn gửi ngay. Trong ca trực của mình thì giờ yên lặng không áp dụng.",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        start, end = values.get("from_hour"), values.get("to_hour")
        if (start is None) != (end is None):
            raise forms.ValidationError("Hãy chọn cả giờ bắt đầu và giờ kết thúc, hoặc bỏ cả hai.")
        if start is not None and start == end:
            raise forms.ValidationError("Giờ bắt đầu và giờ kết thúc phải khác nhau.")
        return values


class CodeForm(forms.Form):
    """The six digits of the second factor."""

    code = forms.RegexField(
        r"^\s*\d{3}\s?\d{3}\s*$",
        label="Mã 6 chữ số",
        error_messages={"invalid": "Mã gồm 6 chữ số."},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


class MemberForm(forms.Form):
    """A user with role and limits."""

    email = forms.EmailField(label="Địa chỉ thư")
    name = forms.CharField(label="Họ tên", max_length=150)
    role = forms.ChoiceField(label="Vai trò", choices=list(ROLES.items()), initial="analyst")
    departments = forms.MultipleChoiceField(
        label="Chỉ xem các cơ quan", required=False, widget=forms.CheckboxSelectMultiple
    )
    communes = forms.MultipleChoiceField(
        label="Chỉ xem các địa bàn", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, departments: tuple[str, ...], communes: tuple[str, ...], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, values in (("departments", departments), ("communes", communes)):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = [(value, value) for value in values]


class DigestChoiceForm(forms.Form):
    """Which digests a user gets, and of what."""

    kinds = forms.MultipleChoiceField(
        label="Nhận bản nào", required=False, widget=forms.CheckboxSelectMultiple
    )
    topics = forms.MultipleChoiceField(
        label="Chỉ các lĩnh vực",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "inline"}),
        help_text="Không chọn gì thì nhận mọi lĩnh vực.",
    )
    places = forms.MultipleChoiceField(
        label="Chỉ các địa bàn",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "inline"}),
        help_text="Chọn cả lĩnh vực lẫn địa bàn thì nhận tin thuộc lĩnh vực ấy hoặc ở địa bàn ấy.",
    )

    def __init__(
        self,
        *args: Any,
        kinds: Sequence[tuple[str, str]],
        topics: Sequence[tuple[str, str]],
        places: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = {"kinds": kinds, "topics": topics, "places": [(p, p) for p in places]}
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = list(choices)
            if not choices:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        return {**dict.fromkeys(("kinds", "topics", "places"), ()), **values}
