"""What a service on one machine is set to, where the environment does not say otherwise."""

import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Refusal(Exception):
    """What a person must change first: one sentence in Vietnamese, the same in English."""

    def __init__(self, vietnamese: str, english: str):
        super().__init__(f"{vietnamese}\n{english}")


def environment() -> dict[str, str]:
    """The environment of every process of a service on one machine."""
    data_dir = make_data_dir()
    settings = {
        "DATA_DIR": str(data_dir),
        "SECRET_KEY": os.environ.get("SECRET_KEY") or secret_key(data_dir),
        "DEBUG": "off",
        "HTTPS": "off",  # plain http, because it listens on the loopback address
        "SITE_URL": f"http://localhost:{os.environ.get('PORT') or 8000}",
        "EMAIL_URL": f"filemail:///{data_dir / 'mail'}",
        "PYTHONUNBUFFERED": "1",
    }
    return settings | {name: value for name, value in os.environ.items() if value}


def make_data_dir() -> Path:
    """The folder that holds everything the service remembers; nobody else can look inside."""
    folder = Path(os.environ.get("DATA_DIR") or ROOT / "var").absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        for name in ("log", "mail"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
    except OSError:
        raise cannot_write(folder) from None
    if not os.access(folder, os.W_OK):
        raise cannot_write(folder)
    return folder


def cannot_write(folder: Path) -> Refusal:
    """What is said of a folder that is read-only, someone else's or on a full disk."""
    return Refusal(
        f"Không ghi được vào thư mục dữ liệu {folder}; hãy đặt DATA_DIR là một thư mục ghi được.",
        f"The data folder {folder} cannot be written; set DATA_DIR to a folder that can be.",
    )


def secret_key(data_dir: Path) -> str:
    """A random key, made once and kept where only its owner can read it."""
    path = data_dir / "secret_key"
    try:
        if not path.exists():
            new = path.with_suffix(".new")
            new.touch(mode=0o600)
            new.write_text(secrets.token_urlsafe(50))
            new.rename(path)
        return path.read_text().strip()
    except OSError:
        raise cannot_write(data_dir) from None


if __name__ == "__main__":
    try:
        settings = environment()
    except Refusal as refusal:
        sys.exit(str(refusal))
    os.execve(sys.executable, [sys.executable, str(ROOT / "manage.py"), *sys.argv[1:]], settings)
