"""The duty rota: a week at a glance, who is on duty now, turns with substitutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from alerts.model import Recipient
from alerts.routing import DutyTurn, on_duty_now
from langnghe.clock import local_day_bounds, to_local, to_utc
from langnghe.profile import ROLES
from ledger import duty, users
from runtime.people import reachable_people
from web.reader import username_of
from web.room import now, room

_LOCAL_INPUT = "%Y-%m-%dT%H:%M"
_WEEK = timedelta(days=7)
_LONGEST_TURN = timedelta(days=31)
_MORNING, _EVENING = 7.5, 17.0
_NOBODY = ("", "Không có")


@dataclass(frozen=True)
class OnDuty:
    """Who is told in a role now; ``everybody`` people are, where nobody is on duty."""

    role: str
    people: tuple[str, ...]
    everybody: int
    unreachable: tuple[str, ...]


@dataclass(frozen=True)
class Shift:
    """A turn as one day's cell shows it."""

    number: int
    hours: str
    person: str
    substitute: str
    is_now: bool


class TurnForm(forms.Form):
    """A turn: the person's role is the turn's."""

    person = forms.ChoiceField(label="Người trực")
    substitute = forms.ChoiceField(
        label="Người dự phòng", required=False, help_text="Cùng nhận thư với người trực."
    )
    starts_at = forms.DateTimeField(
        label="Từ",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_LOCAL_INPUT),
        input_formats=[_LOCAL_INPUT],
    )
    ends_at = forms.DateTimeField(
        label="Đến",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_LOCAL_INPUT),
        input_formats=[_LOCAL_INPUT],
    )

    def __init__(self, data: QueryDict | None, people: Sequence[Recipient], day: date) -> None:
        start = local_day_bounds(day)[0]
        initial = {
            "starts_at": to_local(start + timedelta(hours=_MORNING)),
            "ends_at": to_local(start + timedelta(hours=_EVENING)),
        }
        super().__init__(data, initial=initial)
        groups = _by_role(people)
        for name, first in (("person", ("", "Chọn …")), ("substitute", _NOBODY)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [first, *groups]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        start, end = given.get("starts_at"), given.get("ends_at")
        if start and end and not start < end <= start + _LONGEST_TURN:
            self.add_error("ends_at", "Lúc kết thúc phải sau lúc bắt đầu, nhiều nhất 31 ngày.")
        person, other = given.get("person", ""), given.get("substitute", "")
        if other and (other == person or _split(other)[0] != _split(person)[0]):
            self.add_error("substitute", "Người dự phòng phải là người khác, cùng vai trò.")
        return given

    def turn(self) -> DutyTurn:
        """Return the turn that this valid form means."""
        given = self.cleaned_data
        role, person = _split(given["person"])
        return DutyTurn(
            role,
            person,
            to_utc(given["starts_at"]),
            to_utc(given["ends_at"]),
            _split(given["substitute"])[1],
        )


def rota(request: HttpRequest) -> HttpResponse:
    """Show a week, and put somebody on duty."""
    people, monday = reachable_people(room()), _monday(request.GET.get("tuan", ""))
    today = to_local(now()).date()
    first_day = today if monday <= today < monday + _WEEK else monday
    may_set = "duty-remove" in request.reader.routes  # type: ignore[attr-defined]
    form = TurnForm(request.POST or None if may_set else None, people, first_day)
    if may_set and request.method == "POST" and form.is_valid():
        turn = form.turn()
        duty.set_turn(turn, username_of(request), now())
        messages.success(request, f"Đã xếp lịch cho {_names()[turn.person]}.")
        return redirect(f"{request.path}?tuan={_monday_of(to_local(turn.starts_at).date())}")
    values = {
        "now_on_duty": on_duty(people),
        "has_rota": bool(duty.turns(now())),
        "days": [monday + timedelta(days=n) for n in range(7)],
        "today": today,
        "rows": _rows(monday),
        "monday": monday,
        "previous": monday - _WEEK,
        "next": monday + _WEEK,
        "form": form,
    }
    return render(request, "duty/rota.html", values)


@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take a turn off the rota."""
    if duty.remove_turn(number, username_of(request), now()):
        messages.success(request, "Đã bỏ ca trực.")
    else:
        messages.info(request, "Ca trực này đã được bỏ trước đó.")
    return redirect(f"/lich-truc/?tuan={_monday(request.POST.get('tuan', ''))}")


@require_POST
def copy(request: HttpRequest) -> HttpResponse:
    """Repeat the week before in the week that is shown."""
    monday = _monday(request.POST.get("tuan", ""))
    start = local_day_bounds(monday - _WEEK)[0]
    added = duty.copy_turns(start, start + _WEEK, _WEEK, username_of(request), now())
    if added:
        messages.success(request, f"Đã chép {added} ca trực của tuần trước.")
    else:
        messages.info(request, "Tuần trước không có ca trực nào chưa có ở tuần này.")
    return redirect(f"/lich-truc/?tuan={monday}")


def on_duty(people: Sequence[Recipient]) -> list[OnDuty]:
    """Return for each role with people whom a message would reach now."""
    moment, names = now(), _names()
    turns = duty.turns(moment)
    present = on_duty_now(turns, people, moment)
    found: list[OnDuty] = []
    for role in ROLES:
        members = {person.name for person in people if person.role == role}
        wanted = {n for turn in turns if turn.role == role for n in (turn.person, turn.substitute)}
        if members or wanted - {""}:
            told = sorted(present.get(role, ()))
            lost = sorted(wanted - {""} - members)
            found.append(
                OnDuty(
                    ROLES[role],
                    tuple(names.get(n, n) for n in told),
                    len(members),
                    tuple(names.get(n, n) for n in lost),
                )
            )
    return found


def _rows(monday: date) -> list[tuple[str, list[list[Shift]]]]:
    """Return each role that has turns in the week, with the shifts of each day."""
    start, moment, names = local_day_bounds(monday)[0], now(), _names()
    turns = duty.rota(start, start + _WEEK)
    roles = [role for role in ROLES if any(turn.role == role for _, turn in turns)]
    return [
        (
            ROLES[role],
            [
                [
                    _shift(number, turn, day, moment, names)
                    for number, turn in turns
                    if turn.role == role and _touches(turn, day)
                ]
                for day in (monday + timedelta(days=n) for n in range(7))
            ],
        )
        for role in roles
    ]


def _touches(turn: DutyTurn, day: date) -> bool:
    start, end = local_day_bounds(day)
    return turn.starts_at < end and turn.ends_at > start


def _shift(
    number: int, turn: DutyTurn, day: date, moment: datetime, names: dict[str, str]
) -> Shift:
    start, end = local_day_bounds(day)
    begins = f"{to_local(turn.starts_at):%H:%M}" if turn.starts_at >= start else "00:00"
    ends = f"{to_local(turn.ends_at):%H:%M}" if turn.ends_at < end else "24:00"
    return Shift(
        number,
        "cả ngày" if (begins, ends) == ("00:00", "24:00") else f"{begins}–{ends}",
        names.get(turn.person, turn.person),
        names.get(turn.substitute, turn.substitute),
        turn.starts_at <= moment < turn.ends_at and start <= moment < end,
    )


def _by_role(people: Sequence[Recipient]) -> list[tuple[str, list[tuple[str, str]]]]:
    names = _names()
    return [
        (title, sorted({(f"{role}:{p.name}", names.get(p.name, p.name)) for p in members}))
        for role, title in ROLES.items()
        if (members := [p for p in people if p.role == role])
    ]


def _names() -> dict[str, str]:
    return {m.username: m.name or m.username for m in users.members()}


def _split(value: str) -> tuple[str, str]:
    role, _, name = value.partition(":")
    return role, name


def _monday(text: str) -> date:
    try:
        return _monday_of(date.fromisoformat(text))
    except (ValueError, OverflowError):
        return _monday_of(to_local(now()).date())


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
