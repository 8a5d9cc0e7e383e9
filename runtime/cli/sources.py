"""``langnghe sources``: the list of sources, why each is read when it is, and the wizard."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from langnghe.clock import to_local
from langnghe.document import DocumentKind
from langnghe.errors import ConfigError
from langnghe.items import write_lines
from langnghe.settings import load_settings
from langnghe.source import OutletKind, Source, SourceKind
from langnghe.url import typed_url
from langnghe.wording import HEALTH_LABELS, OUTLET_KIND_LABELS, SOURCE_KIND_LABELS, label

if TYPE_CHECKING:
    from pathlib import Path

    from crawlers.discover import Discovery, Proposal
    from crawlers.social import Network

group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="sources", help="Nguồn tin: xem, thêm, bật, tắt, giải thích, dò tìm.")


@group.command("list", help="Liệt kê nguồn tin và tình trạng.")
def list_sources(
    all_: Annotated[bool, typer.Option("--all", help="Kể cả nguồn đang tắt.")] = False,
) -> None:
    """Print the sources with their health: a table, or JSON Lines where it is no terminal."""
    from runtime.wiring import open_runtime

    runtime = open_runtime(migrate=True)
    from ledger.queries import source_health

    found = [h for h in source_health(runtime.clock.now()) if all_ or h.source.is_enabled]
    if not sys.stdout.isatty():
        write_lines(
            (
                {
                    "id": h.source.id,
                    "name": h.source.name,
                    "outlet": h.source.outlet,
                    "kind": h.source.kind.value,
                    "url": h.source.url,
                    "province": h.source.province,
                    "weight": h.source.weight,
                    "is_enabled": h.source.is_enabled,
                    "health": h.health.value,
                    "sentence": h.sentence,
                    "last_day": h.last_day_count,
                }
                for h in found
            ),
            sys.stdout,
        )
        return
    table = Table("Mã", "Nguồn", "Loại", "Tình trạng", "24 giờ", "Nhận xét")
    for h in found:
        source = h.source
        table.add_row(
            source.id,
            source.name,
            f"{label(OUTLET_KIND_LABELS, source.outlet_kind)}, "
            f"{label(SOURCE_KIND_LABELS, source.kind)}",
            label(HEALTH_LABELS, h.health),
            str(h.last_day_count),
            h.sentence,
        )
    Console().print(table)


@group.command("add", help="Thêm một nguồn tin.")
def add(
    url: Annotated[str, typer.Argument(help="Địa chỉ nguồn (RSS, trang chuyên mục …).")],
    name: Annotated[str, typer.Option(help="Tên nguồn.")] = "",
    outlet: Annotated[str, typer.Option(help="Cơ quan báo chí.")] = "",
    kind: Annotated[SourceKind, typer.Option(help="Cách đọc.")] = SourceKind.FEED,
    outlet_kind: Annotated[OutletKind, typer.Option(help="Ai nói.")] = OutletKind.NATIONAL,
    document_kind: Annotated[
        DocumentKind, typer.Option(help="Tin là bài báo, bài đăng hay bình luận.")
    ] = DocumentKind.ARTICLE,
    province: Annotated[str, typer.Option(help="Mã tỉnh, bỏ trống là toàn quốc.")] = "",
    weight: Annotated[float, typer.Option(min=0.1, max=3.0, help="Trọng số khi cảnh báo.")] = 1.0,
    options: Annotated[
        list[str] | None,
        typer.Option("--option", help="Tùy chọn của mạng xã hội, ví dụ channel=UC… (lặp được)."),
    ] = None,
    source_id: Annotated[str, typer.Option("--id", help="Mã nguồn; bỏ trống để tự đặt.")] = "",
) -> None:
    """Add a source; it is read at the next round and is unchecked until then.

    A network that nobody tried on its real service is added switched off.
    """
    from crawlers.discover import source_id_of
    from crawlers.outlets import outlet_name
    from crawlers.social import NETWORKS
    from crawlers.starter import check_source
    from runtime.wiring import open_runtime

    url = _typed(url) if kind is not SourceKind.MAILBOX else url
    network = NETWORKS.get(kind)
    source = Source(
        id=source_id or source_id_of(url),
        name=name or outlet or outlet_name("", url),
        outlet=outlet or name or outlet_name("", url),
        kind=kind,
        url=url,
        outlet_kind=outlet_kind,
        province=province,
        weight=weight,
        document_kind=document_kind,
        is_enabled=network is None or network.is_proven,
        options=tuple(_options(options or [])),
    )
    check_source(source, "sources add", load_settings().open_ports)
    runtime = open_runtime(migrate=True)
    from ledger.sources import load_sources, save_source
    from runtime.crawl_child import tokens_folder

    if load_sources([source.id]):
        raise ConfigError(f"source {source.id!r} exists already")
    save_source(source, getpass.getuser(), runtime.clock.now())
    _tell_added(source, network, tokens_folder(runtime.settings))


def _tell_added(source: Source, network: Network | None, tokens: Path) -> None:
    console = Console(highlight=False)
    console.print(f"Đã thêm nguồn {source.id} (chưa kiểm tra).", markup=False)
    if network and network.needs_token:
        console.print(f"Đặt mã truy cập vào tệp {tokens / source.id}", markup=False)
    if network and not source.is_enabled:
        console.print(f"Nguồn đang tắt: {network.note}.", markup=False)


@group.command("enable", help="Bật một nguồn.")
def enable(source_id: Annotated[str, typer.Argument(help="Mã nguồn.")]) -> None:
    """Switch a source on."""
    _switch(source_id, is_enabled=True)


@group.command("disable", help="Tắt một nguồn.")
def disable(source_id: Annotated[str, typer.Argument(help="Mã nguồn.")]) -> None:
    """Switch a source off."""
    _switch(source_id, is_enabled=False)


@group.command("explain", help="Vì sao nguồn này được đọc vào lúc nào, và các lần đọc gần đây.")
def explain(source_id: Annotated[str, typer.Argument(help="Mã nguồn.")]) -> None:
    """Print a source's health, its next fetch with the reason, and its last fetches."""
    from crawlers.polling import health
    from crawlers.social.trouble import advice
    from runtime.wiring import open_runtime

    runtime = open_runtime(migrate=True)
    from ledger.sources import fetch_log, load_sources

    found = load_sources([source_id])
    if not found:
        raise ConfigError(f"unknown source {source_id!r}")
    source, state = found[0]
    console = Console(highlight=False)
    _, sentence = health(source, state, runtime.clock.now())
    console.print(f"{source.name} ({source.url})", markup=False)
    console.print(f"Tình trạng: {sentence}", markup=False)
    if told := advice(source, state):
        console.print(f"Việc cần làm: {told}", markup=False)
    if state.next_fetch_at is None:
        console.print("Đọc tiếp: ngay ở lượt tới.")
    else:
        moment = to_local(state.next_fetch_at)
        console.print(f"Đọc tiếp: {moment:%H:%M:%S %d/%m/%Y}. Lý do: {state.reason}", markup=False)
    fetches = fetch_log(source_id, 10)
    if not fetches:
        return
    table = Table("Lúc", "Kết quả", "Tin", "Mới", "Lỗi", "Lý do lần sau")
    for entry in fetches:
        report = entry.report
        table.add_row(
            f"{to_local(report.finished_at):%H:%M:%S %d/%m}",
            f"{report.outcome} {report.status or ''}".strip(),
            str(report.item_count),
            str(report.new_count),
            report.error,
            entry.reason,
        )
    console.print(table)


@group.command("discover", help="Dò nguồn từ địa chỉ một tờ báo: RSS, sơ đồ trang, chuyên mục.")
def discover_sources(
    url: Annotated[str, typer.Argument(help="Địa chỉ trang chủ hoặc chuyên mục.")],
    add_best: Annotated[
        bool, typer.Option("--add", help="Thêm ngay nguồn tốt nhất tìm được.")
    ] = False,
) -> None:
    """Look for sources politely, show what each would bring, and add the best if wanted."""
    from crawlers.safety import check_url
    from runtime.wiring import open_runtime

    url = _typed(url)
    check_url(url, load_settings().open_ports)
    runtime = open_runtime(migrate=True)
    from ledger.sources import save_source
    from runtime.discovery import discover_now

    console = Console(highlight=False)
    with console.status("Đang dò, mỗi trang cách nhau vài giây …"):
        found = discover_now(runtime, url)
    _print_discovery(console, found)
    if add_best and found.proposals:
        best = found.proposals[0].source
        save_source(best, getpass.getuser(), runtime.clock.now())
        console.print(f"Đã thêm nguồn {best.id}.", markup=False)


def _print_discovery(console: Console, found: Discovery) -> None:
    console.print(f"Cơ quan: {found.outlet}", markup=False)
    if not found.proposals:
        console.print("Không tìm thấy nguồn đọc được. Đã thử:")
        for address in found.tried:
            console.print(f"  {address}", markup=False)
    for proposal in found.proposals:
        _print_proposal(console, proposal)
    if found.sections:
        names = ", ".join(name for _, name in found.sections[:15])
        console.print(f"Chuyên mục: {names}", markup=False)


def _print_proposal(console: Console, proposal: Proposal) -> None:
    source = proposal.source
    console.print(
        f"\n{label(SOURCE_KIND_LABELS, source.kind)}: {source.url} ({proposal.item_count} tin; "
        f"{label(OUTLET_KIND_LABELS, source.outlet_kind)}, tỉnh {source.province or '—'}, "
        f"trọng số {source.weight:g})",
        markup=False,
    )
    for doc in proposal.preview:
        console.print(f"  {to_local(doc.published_at):%H:%M %d/%m}  {doc.title}", markup=False)


def _typed(url: str) -> str:
    try:
        return typed_url(url)
    except ValueError as error:
        raise ConfigError(f"{error}; expected something like https://bao.example/") from error


def _options(pairs: list[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator:
            raise ConfigError(f"--option {pair}: expected name=value")
        found.append((name.strip(), value.strip()))
    return found


def _switch(source_id: str, *, is_enabled: bool) -> None:
    from runtime.wiring import open_runtime

    runtime = open_runtime(migrate=True)
    from ledger.sources import set_enabled

    set_enabled(source_id, is_enabled, getpass.getuser(), runtime.clock.now())
    Console().print(f"Đã {'bật' if is_enabled else 'tắt'} nguồn {source_id}.", markup=False)
