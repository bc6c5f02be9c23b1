"""How platforms are called: by the number that was looked at, as the host whose certificate it must be, and not for ever."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from heitu.ground.lti import connections, wire
from heitu.ground.lti.unanswered import Unanswered
from tests.gitserver import certificate
from tests.peers.platforms import serving

NAME = "lms.localhost"


class Echo(BaseHTTPRequestHandler):
    """Says by which name it was asked; /big, /moved and /packed are what they say."""

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * (connections.MOST_BYTES + 1) if self.path == "/big" else self.headers["Host"].encode())

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(Echo) as address:
        yield int(address.rpartition(":")[2])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What names were looked up; `lms.localhost` leads first to where nobody listens, then here, and asked again to nowhere."""
    names: list[str] = []
    look = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **more: Any) -> Any:
        names.append(str(host))
        if host != NAME:
            return look(host, *args, **more)
        if names.count(NAME) > 1:
            raise OSError("it leads elsewhere by now")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 0)) for number in ("127.0.0.9", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return names


def test_a_name_is_looked_up_once_and_called_by_its_numbers(port: int, asked: list[str]) -> None:
    """Between a look at a name and the call it may come to lead into this machine (DNS rebinding)."""
    answer = wire.call("GET", f"http://{NAME}:{port}/")
    assert answer.text == f"{NAME}:{port}"
    assert asked.count(NAME) == 1


@pytest.mark.parametrize(("path", "code"), [("/big", "answer_too_long"), ("/moved", "platform_refuses")])
def test_what_is_not_taken(port: int, path: str, code: str) -> None:
    with pytest.raises(Unanswered, match=code):
        wire.call("GET", f"http://127.0.0.1:{port}{path}")


def test_a_name_that_nobody_knows_may_be_known_later() -> None:
    with pytest.raises(Unanswered, match="platform_silent") as found:
        wire.call("GET", "https://lms.invalid/")
    assert found.value.passes


@pytest.fixture
def https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """With a certificate for `lms.localhost`, which is trusted."""
    pem = certificate(tmp_path, names=(NAME,))
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    for kept in (connections._client, connections._certificates):
        kept.cache_clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server.server_port
        server.shutdown()
    for kept in (connections._client, connections._certificates):
        kept.cache_clear()


@pytest.mark.usefixtures("asked")
def test_the_certificate_is_of_the_name_and_not_of_the_number(https: int) -> None:
    assert wire.call("GET", f"https://{NAME}:{https}/").text == f"{NAME}:{https}"
    with pytest.raises(Unanswered, match="platform_silent"):
        wire.call("GET", f"https://localhost:{https}/")
