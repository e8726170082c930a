"""Says what would stop a start, in one sentence and before anything slow."""

import errno
import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import Refusal, make_data_dir


def address() -> tuple[str, int]:
    """Where the web is to listen."""
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port.isdigit() or not 1 <= int(port) <= 65535:
        raise Refusal(
            f"PORT phải là một số từ 1 đến 65535, không phải {port!r}.",
            f"PORT must be a number from 1 to 65535, not {port!r}.",
        )
    return host, int(port)


def refuse_taken_address(host: str, port: int) -> None:
    """Finds out now what the web server would only find out after everything else has started."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, where = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Refusal(
                f"Cổng {port} đang có chương trình khác dùng; hãy chọn cổng khác: PORT={port + 1}.",
                f"Port {port} is in use by another program; choose another: PORT={port + 1}.",
            ) from None
        raise Refusal(
            f"Không mở được địa chỉ {host}:{port} ({error.strerror}); hãy đổi HOST hoặc PORT.",
            f"{host}:{port} cannot be opened ({error.strerror}); change HOST or PORT.",
        ) from None


@contextmanager
def alone_in(data_dir: Path) -> Iterator[None]:
    """Keeps a second service out of the same data."""
    with open(data_dir / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refusal(
                f"Dữ liệu trong {data_dir} đang có một Về Xanh khác dùng; hãy đặt DATA_DIR khác.",
                f"The data in {data_dir} is in use by another Về Xanh; set another DATA_DIR.",
            ) from None
        yield


if __name__ == "__main__":
    try:
        refuse_taken_address(*address())
        make_data_dir()
    except Refusal as refusal:
        sys.exit(str(refusal))
