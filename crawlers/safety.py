"""No request leaves for an address that is not public, whatever a name, link or redirect says.

The check stands where connections are made, after names were resolved, so that a name that is
resolved anew to another address (DNS rebinding) gains nothing. Only loopback ports that demo,
replay or a test opened by number are excepted.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from langnghe.errors import LangNgheError
from langnghe.url import is_web_url

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_TEREDO = ipaddress.ip_network("2001::/32")
_MAX_URL = 2048


class AddressRefused(LangNgheError):
    """The address is not a public web address."""

    code = "address"


def is_public_address(address: str) -> bool:
    """Return whether an IP address (text) is globally routable unicast, looking into tunnels."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or _embedded(ip)
        if inner is not None:
            return is_public_address(str(inner))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def is_allowed(address: str, port: int, loopback_ports: Collection[int]) -> bool:
    """Return whether a connection to an IP address and port may be made."""
    try:
        is_loopback = ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
    return (is_loopback and port in loopback_ports) or is_public_address(address)


def check_url(url: str, loopback_ports: Collection[int] = ()) -> None:
    """Raise AddressRefused for a URL that is not http(s) or names a non-public address.

    Host names are judged when they are resolved; this catches what can be seen in the URL.
    """
    if len(url) > _MAX_URL or not is_web_url(url):
        raise AddressRefused(f"not an http(s) address: {url[:80]}")
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise AddressRefused("an address with a user name or password")
    host = (parts.hostname or "").rstrip(".")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise AddressRefused(str(error)) from error
    literal = _literal(host)
    if literal is not None and not is_allowed(literal, port, loopback_ports):
        raise AddressRefused(f"not a public address: {host}:{port}")
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan")):
        raise AddressRefused(f"not a public name: {host}")


def guard_reactor(reactor: Any, loopback_ports: Collection[int]) -> None:
    """Make every TCP connection of ``reactor`` pass :func:`is_allowed`; UDP stays for DNS only.

    Process-wide: set on the reactor itself, since a resolver named in a spider's settings is
    silently ignored.
    """
    connect = reactor.connectTCP

    def guarded(host: str, port: int, *args: Any, **options: Any) -> Any:
        if not is_allowed(host, port, loopback_ports):
            raise AddressRefused(f"connection refused: {host}:{port} is not a public address")
        return connect(host, port, *args, **options)

    reactor.connectTCP = guarded


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip in _TEREDO and ip.teredo:
        return ip.teredo[1]
    return None


def _literal(host: str) -> str | None:
    """Return the IP address that ``host`` spells in any way a C library understands, else None."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    parts = host.split(".")
    if not 1 <= len(parts) <= 4 or not all(parts):
        return None
    try:
        numbers = [_number(part) for part in parts]
    except ValueError:
        return None
    *heads, tail = numbers
    if any(head > 255 for head in heads) or tail >= 256 ** (5 - len(numbers)):
        return None
    value = tail
    for position, head in enumerate(heads):
        value += head << (8 * (3 - position))
    return str(ipaddress.IPv4Address(value))


def _number(part: str) -> int:
    """Read one part of an address as inet_aton does: decimal, 0x… or 0…; raises ValueError."""
    if not part.isascii():
        raise ValueError(part)
    lower = part.lower()
    if lower.startswith("0x"):
        return int(lower, 16)
    if lower.startswith("0") and len(lower) > 1:
        return int(lower, 8)
    if not lower.isdigit():
        raise ValueError(part)
    return int(lower)
