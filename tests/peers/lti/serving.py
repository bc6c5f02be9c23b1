"""The web server around a platform by others, for both of them: endpoints are ours, what they answer is theirs.

Run in the peer's own environment, so nothing of ours is imported.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
CONTEXT, LINK = "course-7", "link-1"


class Refusal(Exception):
    """Answer with this status."""

    def __init__(self, status, words=""):
        super().__init__(words)
        self.status = status


def key_pair():
    key = generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Book:
    """A gradebook with one column; what has an earlier timestamp is refused, as AGS 2.0 (3.4.9) wants."""

    def __init__(self):
        self.scores, self.down, self.calls = [], 0, []

    def take(self, score):
        self.calls.append(score)
        if self.down:
            self.down -= 1
            raise Refusal(503, "down for a while")
        earlier = [each["timestamp"] for each in self.scores if each["userId"] == score["userId"]]
        if earlier and score["timestamp"] <= max(earlier):
            raise Refusal(409, "older than what is here")
        self.scores.append(score)


def handler(peer):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            self.answer(parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}, {})

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            is_form = "urlencoded" in self.headers.get("Content-Type", "")
            sent = {name: values[0] for name, values in parse_qs(body).items()} if is_form else json.loads(body or "{}")
            self.answer(urlsplit(self.path).path, sent, self.headers)

        def answer(self, path, sent, headers):
            try:
                found = getattr(peer, "on_" + path.strip("/").replace("/", "_"))(sent, self.headers)
                status = 200
            except Refusal as refusal:
                status, found = refusal.status, {"error": str(refusal)}
            except Exception as error:
                status, found = 400, {"error": f"{type(error).__name__}: {error}"}
            more = found.pop("_headers", {}) if isinstance(found, dict) else {}
            self.send_response(more.pop("status", status))
            for name, value in {"Content-Type": "application/json", **more}.items():
                self.send_header(name, value)
            body = json.dumps(found).encode()
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    return Handler


def serve(make):
    """`make(address, told)` builds the platform; what it is told comes as JSON on the command line."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), None)
    address = f"http://127.0.0.1:{server.server_port}"
    server.RequestHandlerClass = handler(make(address, json.loads(sys.argv[1])))
    print(address, flush=True)
    server.serve_forever()


class Shared:
    """What a test's driver asks of either platform beside the protocol."""

    def on_told(self, sent, headers):
        """Who is a member, how often the gradebook is to be down; answers what it has."""
        if "members" in sent:
            self.members = sent["members"]
        self.book.down = sent.get("down", self.book.down)
        if sent.get("empty"):
            self.book.scores, self.book.calls = [], []
        return {"scores": self.book.scores, "calls": len(self.book.calls), "items": self.items, "tokens": self.tokens}
