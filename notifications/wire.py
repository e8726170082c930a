"""One request to exactly the address that was checked, with a limit to its time and to what is read.

By the standard library: it follows no redirect, knows no proxy and looks nothing up by itself, so
that there is nothing to switch off; what a client library would add is what must not happen here.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from .addresses import Target
from .channels import Refused, Unanswered

CONNECTS_WITHIN_SECONDS = 5
ANSWERS_WITHIN_SECONDS = 15
#: Bytes of an answer; of it only the status is wanted.
MAX_ANSWER = 64 * 1024


def post(
    target: Target, *, body: bytes, headers: Mapping[str, str], release: Callable[[], bool]
) -> int | None:
    """Send a body to where a target stands; answers the status that comes back.

    `release` is asked once the line stands, and may say no: then None. Raises Refused where nothing
    has gone, Unanswered where it may have.
    """
    line = _Line(target)
    try:
        line.connect()
    except OSError as fault:
        line.close()
        raise Refused(_said(fault)) from fault
    try:
        if not release():
            return None
        line.request("POST", target.path, body, {"Host": target.authority, "Connection": "close", **headers})
        return line.getresponse().status
    except (OSError, http.client.HTTPException) as fault:
        raise Unanswered(_said(fault)) from fault
    finally:
        line.close()


def _said(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}".removesuffix(": ")


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Line(http.client.HTTPConnection):
    """A connection to one of the addresses that were looked at; the name is not looked up again."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port)
        self._target = target

    def connect(self) -> None:
        until = time.monotonic() + CONNECTS_WITHIN_SECONDS
        sock = _reached(self._target, until)
        if self._target.scheme == "https":
            sock.settimeout(_left(until))
            sock = _tls().wrap_socket(sock, server_hostname=self._target.host)
        self.sock = _Bounded(sock, until=time.monotonic() + ANSWERS_WITHIN_SECONDS)


def _reached(target: Target, until: float) -> socket.socket:
    """The first of the addresses that answers."""
    for address in target.addresses[:-1]:
        try:
            return socket.create_connection((address, target.port), _left(until))
        except OSError:
            continue
    return socket.create_connection((target.addresses[-1], target.port), _left(until))


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


class _Bounded:
    """A socket whose time and bytes are counted over the whole answer, not from word to word."""

    def __init__(self, sock: socket.socket, *, until: float) -> None:
        self._sock, self._until = sock, until

    def sendall(self, data: Any) -> None:
        self._sock.settimeout(_left(self._until))
        self._sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Counted(self._sock, self._until))

    def close(self) -> None:
        self._sock.close()


class _Counted(io.RawIOBase):
    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until, self._allowed = sock, until, MAX_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._allowed:
            raise http.client.HTTPException("the answer is too long")
        self._sock.settimeout(_left(self._until))
        read = self._sock.recv_into(memoryview(buffer)[: self._allowed])
        self._allowed -= read
        return read
