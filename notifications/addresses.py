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
#: Where IPv6 gives addresses to hosts of the Internet; elsewhere nothing is anybody's, whatever Python says.
_UNICAST = ipaddress.IPv6Network("2000::/3")
#: Within what counts as the Internet, addresses that are no host of it: by the registries of special
#: addresses of IANA, also where this Python does not know them yet.
_SPECIAL = [
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocols of the IETF
        "192.31.196.0/24",  # AS112, which swallows what is asked of private names
        "192.52.193.0/24",  # AMT: a relay
        "192.88.99.0/24",  # 6to4: a relay
        "192.175.48.0/24",  # AS112
        "2001::/23",  # protocols of the IETF: Teredo, ORCHID, benchmarks, relays
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address within, and nobody can tell where it comes out
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
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
    if any(address in network for network in _SPECIAL):
        return False
    if address.version == 6:
        return address in _UNICAST
    return address.is_global and not (address.is_multicast or address.is_reserved)
