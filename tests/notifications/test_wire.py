"""Where a webhook may lead, and that a request goes exactly there, within its time."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from notifications import wire
from notifications.addresses import Target, Unreachable, is_public, target_of
from notifications.channels import Refused, Unanswered

from .receiver import Receiver, drip, flood, hang_up

LOOPBACK = ipaddress.ip_network("127.0.0.0/8")


@pytest.fixture
def opened(settings: Any) -> None:
    """The operator has opened this machine's own network to webhooks."""
    settings.WEBHOOK_ALLOWED_NETWORKS = [LOOPBACK]


@pytest.fixture
def receiver(opened: None) -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def names(monkeypatch: Any, **known: list[str]) -> list[str]:
    """A name server that knows these names; answers the list of what it was asked."""
    asked, real = [], socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *given: Any, **more: Any) -> Any:
        asked.append(host)
        found = known.get(str(host).replace(".", "_"))
        if found is None:
            return real(host, port, *given, **more)
        return [each for address in found for each in real(address, port, *given, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


# --- Where it may lead --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0.0.0.0/",
        "https://10.20.30.40/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://224.0.0.1/",
        "https://240.0.0.1/",
        "https://255.255.255.255/",
        "https://[::1]/",
        "https://[::]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[ff02::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[::ffff:8.8.8.8]/",
        "https://[::10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/",
        "https://[2001:0:0a00:1::1]/",
        "https://inside.example/",
        "https://both.example/",
    ],
)
def test_no_webhook_leads_into_a_network_of_somebodys_own(monkeypatch, url) -> None:
    names(monkeypatch, inside_example=["10.1.2.3"], both_example=["8.8.8.8", "10.1.2.3"])
    with pytest.raises(Unreachable, match="mạng nội bộ"):
        target_of(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/hook",
        "http://8.8.8.8/",
        "ftp://8.8.8.8/",
        "file:///etc/passwd",
        "https://",
        "https:///hook",
        "https://8.8.8.8:0/",
        "https://8.8.8.8:99999/",
        "https://8.8.8.8:x/",
        "https://[::1/",
        "https://user:secret@8.8.8.8/",
        "https://user@8.8.8.8/",
        "https://8.8.8.8\\@10.0.0.1/",
        "https://8.8.8.8/ two",
        "https://8.8.8.8/\r\nX-Evil: 1",
        "https://8.8.8.8/\x00",
        "https://máy.example/",
        "https://.example.com/",
        "https://" + "a" * 70 + ".example/",
        "https://nowhere.invalid/",
    ],
)
def test_what_is_no_address_is_refused_in_a_sentence(url) -> None:
    with pytest.raises(Unreachable) as why:
        target_of(url)
    assert str(why.value).endswith(".")


def test_an_address_of_the_internet_is_taken_apart(monkeypatch) -> None:
    names(monkeypatch, hooks_example=["8.8.8.8", "2606:4700::1", "8.8.8.8"])
    target = target_of("https://hooks.example:8443/a/b?c=d#e")
    assert target == Target("https", "hooks.example", 8443, "/a/b?c=d", ("8.8.8.8", "2606:4700::1"))
    assert target.authority == "hooks.example:8443"
    assert target_of("https://hooks.example").authority == "hooks.example"
    assert target_of("https://hooks.example").path == "/"
    assert target_of("https://[2606:4700::1]:444").authority == "[2606:4700::1]:444"


@pytest.mark.parametrize(
    ("said", "is_one"),
    [
        ("8.8.8.8", True),
        ("1.1.1.1", True),
        ("203.113.131.1", True),
        ("192.88.98.255", True),
        ("192.88.99.1", False),
        ("192.0.0.8", False),
        ("192.0.0.9", False),
        ("192.0.2.1", False),
        ("192.31.196.1", False),
        ("192.52.193.1", False),
        ("192.175.48.1", False),
        ("198.18.0.1", False),
        ("198.51.100.1", False),
        ("203.0.113.1", False),
        ("239.1.2.3", False),
        ("2606:4700::1", True),
        ("2405:4800::1", True),
        ("2001:200::1", True),
        ("2000::1", True),
        ("3ffe:ffff::1", True),
        ("1fff::1", False),
        ("4000::1", False),
        ("5f00::1", False),
        ("100::1", False),
        ("fec0::1", False),
        ("feff::1", False),
        ("fc00::1", False),
        ("2001::1", False),
        ("2001:2::1", False),
        ("2001:3::1", False),
        ("2001:10::1", False),
        ("2001:20::1", False),
        ("2001:1ff::1", False),
        ("2001:db8::1", False),
        ("2002:808:808::1", False),
        ("2620:4f:8000::1", False),
        ("3fff::1", False),
        ("3fff:fff:ffff::1", False),
        ("3fff:1000::1", True),
        ("64:ff9b::808:808", False),
        ("::ffff:8.8.8.8", False),
    ],
)
def test_public_is_one_host_of_the_internet(said, is_one) -> None:
    assert is_public(ipaddress.ip_address(said)) is is_one


def test_a_network_the_operator_opened_is_open_also_without_tls(settings, monkeypatch) -> None:
    names(monkeypatch, inside_example=["10.20.1.2"], both_example=["10.20.1.2", "8.8.8.8"],
          beside_example=["10.20.1.2", "10.21.1.2"])  # fmt: skip
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("10.20.0.0/16")]
    assert target_of("http://inside.example/").addresses == ("10.20.1.2",)
    assert target_of("https://both.example/").addresses == ("10.20.1.2", "8.8.8.8")
    for url in ("http://both.example/", "https://beside.example/", "https://127.0.0.1/"):
        with pytest.raises(Unreachable):
            target_of(url)


# --- It goes exactly there ----------------------------------------------------------------------


def post(target: Target, *, release: Any = lambda: True, **headers: str) -> int | None:
    return wire.post(target, body=b'{"a":1}', headers=headers, release=release)


def test_a_body_arrives_with_its_headers_and_the_status_comes_back(receiver) -> None:
    receiver.answers = [200, 410, 503]
    target = target_of(receiver.url("/hook?x=1"))
    assert [post(target, **{"webhook-id": "msg_1"}) for _ in range(3)] == [200, 410, 503]
    (got, *_rest) = receiver.got
    assert (got.path, got.body) == ("/hook?x=1", '{"a":1}')
    assert got.headers["webhook-id"] == "msg_1"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["content-length"] == "7"


def test_the_name_is_looked_up_once_and_what_was_looked_at_is_called(receiver, monkeypatch) -> None:
    """A name that leads elsewhere the second time (DNS rebinding) leads nowhere else here."""
    names(monkeypatch, hooks_example=["127.0.0.1"])
    target = target_of(receiver.url(host="hooks.example"))
    asked_later = names(monkeypatch, hooks_example=["10.0.0.1"])
    assert post(target) == 204
    assert "hooks.example" not in asked_later
    assert receiver.got[0].headers["host"] == f"hooks.example:{receiver.port}"


def test_what_is_not_released_does_not_go(receiver) -> None:
    assert post(target_of(receiver.url()), release=lambda: False) is None
    assert receiver.got == []


def test_where_one_address_does_not_answer_the_next_is_called(receiver) -> None:
    target = target_of(receiver.url())._replace(addresses=("127.0.0.9", "127.0.0.1"))
    assert post(target) == 204


def test_no_redirect_is_followed_and_no_proxy_is_asked(receiver, monkeypatch) -> None:
    elsewhere = Receiver()
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, elsewhere.url("/"))
    receiver.answers, receiver.headers = [307], {"Location": elsewhere.url("/stolen")}
    assert post(target_of(receiver.url())) == 307
    assert (len(receiver.got), elsewhere.got) == (1, [])
    elsewhere.close()


def test_nobody_there_means_that_nothing_has_gone(opened) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(Refused, match="ConnectionRefused"):
        post(target_of(f"http://127.0.0.1:{port}/"))


@pytest.mark.parametrize("instead", [hang_up, flood])
def test_an_answer_that_breaks_off_or_never_ends_leaves_doubt(receiver, instead) -> None:
    receiver.instead = instead
    with pytest.raises(Unanswered):
        post(target_of(receiver.url()))
    assert len(receiver.got) == 1


def test_the_whole_answer_has_one_time_however_it_drips(receiver, monkeypatch) -> None:
    assert (wire.CONNECTS_WITHIN_SECONDS, wire.ANSWERS_WITHIN_SECONDS) == (5, 15)
    monkeypatch.setattr(wire, "ANSWERS_WITHIN_SECONDS", 0.5)
    receiver.instead = drip
    began = time.monotonic()
    with pytest.raises(Unanswered, match="timed out"):
        post(target_of(receiver.url()))
    assert time.monotonic() - began < 2


def test_who_takes_the_connection_and_says_nothing_in_tls_has_been_told_nothing(opened, monkeypatch) -> None:
    monkeypatch.setattr(wire, "CONNECTS_WITHIN_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Refused, match="timed out"):
        post(target_of(f"https://127.0.0.1:{silent.getsockname()[1]}/"))


# --- TLS ----------------------------------------------------------------------------------------


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: Any) -> Iterator[trustme.CA]:
    """A certificate authority that this machine trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    wire._tls.cache_clear()
    yield authority
    wire._tls.cache_clear()


def secure(authority: trustme.CA, *hosts: str) -> Receiver:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*hosts).configure_cert(context)
    return Receiver(context)


def test_a_certificate_must_be_of_the_name_that_was_written(opened, authority, monkeypatch) -> None:
    names(monkeypatch, hooks_example=["127.0.0.1"], other_example=["127.0.0.1"])
    receiver = secure(authority, "hooks.example")
    assert post(target_of(receiver.url(host="hooks.example"))) == 204
    for host in ("other.example", "127.0.0.1"):
        with pytest.raises(Refused, match="certificate verify failed"):
            post(target_of(receiver.url(host=host)))
    assert len(receiver.got) == 1
    receiver.close()


def test_a_certificate_of_an_authority_nobody_knows_is_refused(opened, authority, monkeypatch) -> None:
    names(monkeypatch, hooks_example=["127.0.0.1"])
    receiver = secure(trustme.CA(), "hooks.example")
    with pytest.raises(Refused, match="certificate verify failed"):
        post(target_of(receiver.url(host="hooks.example")))
    assert receiver.got == []
    receiver.close()
