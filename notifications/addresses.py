"""Where a webhook may lead: to an address of the open Internet, and never into anybody's own network.

Whoever names an address chooses what this service speaks to; so every address that a name stands
for is looked at, on creation and again before every delivery.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Characters of an address as it is written; a name with accents is written in its ASCII form.
_VISIBLE = re.compile(r"[!-~]+")
_PORTS = {"https": 443, "http": 80}
#: IPv6 addresses with an IPv4 address within: nobody can tell where they come out.
_TRANSLATED = [
    ipaddress.ip_network(network)
    for network in ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")
]


class Unreachable(Exception):
    """No webhook leads there; with a sentence for whoever wrote the address."""


class Target(NamedTuple):
    """An address taken apart, with the network addresses that were looked at and may be called."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def authority(self) -> str:
        """Host and port as the header says them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """The place an address names, resolved now. Raises Unreachable."""
    scheme, host, port, path = _parts(url)
    found = _resolved(host, port)
    outside = [each for each in found if not _is_allowed(each)]
    if outside and scheme != "https":
        raise Unreachable(_("Địa chỉ phải bắt đầu bằng https://."))
    if not all(is_public(each) for each in outside):
        raise Unreachable(_("Máy này ở trong mạng nội bộ; webhook chỉ gửi ra Internet."))
    return Target(scheme, host, port, path, tuple(str(each) for each in found))


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url if _VISIBLE.fullmatch(url) and "\\" not in url else "")
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:  # a port that is no number, a bracket that is not closed
        raise Unreachable(_("Không đọc được địa chỉ này.")) from None
    if parts.scheme not in _PORTS or not host or port == 0:
        raise Unreachable(_("Nhập địa chỉ đầy đủ, bắt đầu bằng https://."))
    if "@" in parts.netloc:
        raise Unreachable(_("Không ghi tên hay mật khẩu trong địa chỉ; bên nhận kiểm tra bằng chữ ký."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port or _PORTS[parts.scheme], path


def _resolved(host: str, port: int) -> list[Address]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(_("Không tìm thấy máy nào có tên này.")) from None
    found = [ipaddress.ip_address(str(place[0]).partition("%")[0]) for *_rest, place in answers]
    return list(dict.fromkeys(found))


def _is_allowed(address: Address) -> bool:
    """Whether it lies in a network of the city's own that its operator has opened to webhooks."""
    return any(address in network for network in settings.WEBHOOK_ALLOWED_NETWORKS)


def is_public(address: Address) -> bool:
    """Whether an address is one host of the open Internet."""
    if any(address in network for network in _TRANSLATED):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)
