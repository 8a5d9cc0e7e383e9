"""``langnghe users``: the people who use the room."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

_ACTOR = "command-line"

users_app = typer.Typer(help="Người dùng của phòng theo dõi.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(users_app, name="users")


@users_app.command("list", help="Danh sách người dùng và vai trò.")
def list_users() -> None:
    """Print everybody with their role."""
    from langnghe.items import write_lines
    from langnghe.profile import ROLES
    from runtime.wiring import open_runtime

    open_runtime(migrate=True)
    from ledger import users

    members = users.members()
    if not sys.stdout.isatty():
        write_lines(
            (
                {"username": m.username, "name": m.name, "email": m.email, "role": m.role}
                for m in members
            ),
            sys.stdout,
        )
        return
    table = Table("Tên đăng nhập", "Họ tên", "Thư", "Vai trò")
    for m in members:
        table.add_row(m.username, m.name, m.email, ROLES[m.role])
    Console(highlight=False).print(table)


@users_app.command("invite", help="Tạo (hoặc gia hạn) liên kết một lần để người dùng đặt mật khẩu.")
def invite(
    email: Annotated[str, typer.Argument(help="Địa chỉ thư, cũng là tên đăng nhập.")],
    role: Annotated[
        str, typer.Option(help="Vai trò: admin, analyst, approver, spokesperson, leader.")
    ] = "",
    name: Annotated[str, typer.Option(help="Họ tên.")] = "",
) -> None:
    """Make the user if needed and print the link that sets the password."""
    from langnghe.links import RoomLinks
    from langnghe.profile import Person
    from runtime.wiring import open_runtime

    runtime = open_runtime(migrate=True)
    from ledger import users

    now = datetime.now(UTC)
    known = users.member(email.strip().lower())
    if role or known is None:
        person = Person(name or (known.name if known else email), email, role or "analyst")
        users.save_member(person, _ACTOR, now)
    token = users.make_link(users.INVITATION, now, username=email.strip().lower())
    typer.echo(RoomLinks(runtime.settings.room_url).one_time(token))


@users_app.command("disable", help="Khóa một người dùng.")
def disable(username: Annotated[str, typer.Argument(help="Tên đăng nhập.")]) -> None:
    """Close the user's access at once; what the user did stays in the audit log."""
    from runtime.wiring import open_runtime

    open_runtime(migrate=True)
    from ledger import users

    users.set_active(username, False, _ACTOR, datetime.now(UTC))
    typer.echo(f"Đã khóa {username}.")
