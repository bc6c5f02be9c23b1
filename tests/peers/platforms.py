"""Learning platforms that others wrote, run beside us; and a browser that launches from them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from heitu.ground.core import clock
from heitu.ground.lti.actions import platforms
from heitu.ground.lti.actions.platforms import Description
from heitu.ground.lti.models import Key, Platform
from heitu.ground.people.models import Institution, Person
from tests.peers import environments

SCRIPTS = Path(__file__).parent / "lti"
PEERS = {"lti1p3platform": ("lti1p3platform==0.1.8",), "lti_consumer": ("lti-consumer-xblock==11.4.4", "cryptography")}
CLIENT_ID = "heitu-at-the-peer"
UUID = "00000000-0000-4000-8000-000000000001"


@dataclass
class Peer:
    """A platform at `address`, with an HTTP client that stands for the browser on its pages."""

    name: str
    address: str
    http: httpx.Client

    def told(self, **what: Any) -> dict[str, Any]:
        """Tell the platform something of the test's, and hear what it has."""
        found: dict[str, Any] = self.http.post(f"{self.address}/told", json=what).raise_for_status().json()
        return found

    def forged(self, claims: dict[str, Any], how: str = "") -> str:
        answer = self.http.post(f"{self.address}/forge", json={"claims": claims, "how": how}).raise_for_status()
        return str(answer.json()["token"])


class Published:
    """Our key set on a port of its own, as platforms fetch it; the same for all tests, as one of them keeps it for good."""

    def __init__(self) -> None:
        self.content = b'{"keys": []}'
        self.row: dict[str, Any] = {}

    def update(self) -> None:
        """Of the platform that is registered now."""
        if self.row:
            Key.objects.create(platform=Platform.objects.get(uuid=UUID), **self.row)
        self.content = Client().get(f"/lti/{UUID}/keys/").content
        self.row = Key.objects.values("kid", "private", "public", "published_at", "signs_from").get()


@contextmanager
def our_keys() -> Iterator[tuple[str, Published]]:
    published = Published()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(published.content)

        def log_message(self, *_: Any) -> None:
            return

    with serving(Handler) as address:
        yield address, published


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@contextmanager
def running(name: str, keys: str) -> Iterator[Peer]:
    """Serve until the block ends; the platform knows our addresses for the tool with `UUID`."""
    python, site = environments.python_with(name, *PEERS[name]), settings.SITE_URL
    told = {
        "client_id": CLIENT_ID, "keys": keys, "login": f"{site}/lti/{UUID}/login/", "launch": f"{site}/lti/{UUID}/launch/",
        "start": f"{site}/lti/", "target": f"{site}/lti/",
    }
    command = [str(python), str(SCRIPTS / f"by_{name}.py"), json.dumps(told)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            with httpx.Client(trust_env=False) as client:
                yield Peer(name, server.stdout.readline().strip(), client)
        finally:
            server.kill()


def registered(peer: Peer, institution: Institution, by: Person | None) -> Platform:
    """As an administrator does it by hand, with the deployment approved."""
    now = clock.now()
    made = platforms.add(institution=institution, name="云岭学堂", product="other", by=by, now=now)
    Platform.objects.filter(pk=made.pk).update(uuid=UUID)
    made.refresh_from_db()
    told = Description(
        issuer=peer.address, client_id=CLIENT_ID, auth_url=f"{peer.address}/auth", token_url=f"{peer.address}/token",
        keys_url=f"{peer.address}/keys",
    )
    platforms.describe(platform=made, told=told, by=by, now=now)
    platforms.approve(platform=made, deployment_id="1", by=by, now=now)
    return made


# A browser


@dataclass(frozen=True)
class Form:
    """What the platform would have the browser post to us."""

    path: str
    state: str
    token: str


def begun(client: Client, peer: Peer, **who: str) -> Form:
    """From the link on the platform's page to the form with the token."""
    sent = peer.http.get(f"{peer.address}/start", params={"role": "Learner", **who})
    assert sent.status_code == 302, sent.text
    answer = client.get(local(sent.headers["location"]))
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert answer["Location"].startswith(f"{peer.address}/auth?")
    form = peer.http.get(answer["Location"])
    assert form.status_code == 200, form.text
    given = form.json()
    return Form(local(given["launch_url"]), given["state"], given["id_token"])


def launched(client: Client, peer: Peer, **who: str) -> Any:
    """All the way; `user`, `role`, `name`, `email`, `kind` (`deep`)."""
    return posted(client, begun(client, peer, **who))


def posted(client: Client, form: Form, **changed: str) -> Any:
    return client.post(form.path, {"state": form.state, "id_token": form.token} | changed)


def local(url: str) -> str:
    """Where a browser would go here; whatever isn't ours fails the test."""
    parts = urlsplit(url)
    assert url.startswith(settings.SITE_URL), url
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def words(answer: HttpResponse) -> str:
    """What a refused page says in Chinese and English."""
    assert 400 <= answer.status_code < 500, answer.status_code
    page = answer.content.decode()
    found = re.findall(r'<p lang="(zh-Hans|en)">([^<]+)</p>', page)
    assert {language for language, _ in found} == {"zh-Hans", "en"}, page[-3000:]
    code = re.search(r"<code>(\w+)</code>", page)
    assert code
    return code[1]
