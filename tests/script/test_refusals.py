"""What stops a start is said at once: one sentence in Vietnamese, the same in English."""

import socket
import sys

import pytest

OLD = '#!/bin/sh\n[ "$1" = -V ] && echo Python 3.8.10\n'
WITHOUT_VENV = f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\nexec {sys.executable} "$@"\n'
NEARLY_FULL = "#!/bin/sh\necho Filesystem blocks used available\necho /dev/disk 9000 8000 1000\n"


@pytest.fixture
def path_with(tmp_path):
    """A PATH on which some programs are replaced."""

    def build(text, *names):
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in names:
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)
        return f"{folder}:/usr/bin:/bin"

    return build


def refused(done):
    """The English sentence of a refusal, after its Vietnamese twin."""
    assert done.returncode == 1
    vietnamese, english = done.stderr.splitlines()
    assert vietnamese != english
    return english


def test_a_port_in_use(shell):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        sentence = refused(shell.run("script/server", PORT=str(port)))
    assert f"Port {port} is in use by another program" in sentence
    assert not shell.data_dir.exists()


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_port_that_is_none(shell, port):
    assert "must be a number from 1 to 65535" in refused(shell.run("script/server", PORT=port))


def test_a_data_folder_that_cannot_be_written(shell, port):
    (shell.folder / "file").touch()
    there = str(shell.folder / "file" / "var")
    sentence = refused(shell.run("script/server", DATA_DIR=there, PORT=port))
    assert sentence == f"The data folder {there} cannot be written; set DATA_DIR to a folder that can be."


@pytest.mark.parametrize("script", ["script/server", "script/manage"])
def test_an_old_python(shell, path_with, script):
    names = ["python3", *(f"python3.{minor}" for minor in range(11, 15))]
    done = shell.run(script, PATH=path_with(OLD, *names), VENV=str(shell.folder / "venv"))
    assert refused(done) == "Python 3.11 or newer is needed, this machine has: Python 3.8.10."


def test_a_python_without_venv(shell, path_with):
    path = path_with(WITHOUT_VENV, "python3")
    done = shell.run("script/manage", PATH=path, VENV=str(shell.folder / "venv"))
    assert "apt install python3-venv" in refused(done)


def test_a_folder_that_cannot_hold_the_environment(shell):
    (shell.folder / "file").touch()
    done = shell.run("script/manage", VENV=str(shell.folder / "file" / "venv"))
    assert "cannot be written" in refused(done)


def test_a_disk_that_is_nearly_full(shell, path_with):
    done = shell.run("script/manage", PATH=path_with(NEARLY_FULL, "df"), VENV=str(shell.folder / "v"))
    assert "The disk is nearly full" in refused(done)
