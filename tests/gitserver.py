"""Real git repositories, served by git's own http-backend over real https on this machine."""

from __future__ import annotations

import gzip
import os
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAMES = ("git.example", "127.0.0.1")
WHO = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}


def git(folder: Path, *arguments: str, feed: bytes = b"") -> str:
    environment = {**os.environ, **WHO, "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(["git", "-C", str(folder), *arguments], input=feed, env=environment, capture_output=True, check=True)
    return done.stdout.decode().strip()


class Server:
    """`root` holds bare repositories. Some addresses misbehave: /moved/, /private/, /slow/, /away/<port>/, and, once
    git has read what there is and asks for it, /away-later/<port>/, /trickle/ and /flood/; /plain/ serves mere files.
    """

    def __init__(self, root: Path, certificate: Path) -> None:
        self.root, self.certificate = root, certificate
        self.asked: list[str] = []
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"server_of": self}))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True)

    @property
    def port(self) -> int:
        return int(self.http.server_address[1])

    @property
    def listed(self) -> str:
        """As an operator would write it into HEITU_GIT_HOSTS."""
        return f"127.0.0.1:{self.port}=127.0.0.0/8"

    def url(self, path: str) -> str:
        return f"https://127.0.0.1:{self.port}/{path}"

    def repository(self, name: str, files: dict[str, bytes | str]) -> Path:
        """A new repository with one commit on `main`; a str is the target of a link."""
        work = self.root / f"{name}-work"
        work.mkdir()
        git(work, "init", "--quiet", "--initial-branch=main")
        commit(work, files)
        git(self.root, "clone", "--quiet", "--bare", str(work), f"{name}.git")
        git(work, "remote", "add", "origin", str(self.root / f"{name}.git"))
        return work


def commit(work: Path, files: dict[str, bytes | str]) -> str:
    """Commit these files over what is there; the commit's id."""
    for name, content in files.items():
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(content) if isinstance(content, str) else path.write_bytes(content)
    git(work, "add", "--all", "--force")
    git(work, "commit", "--quiet", "--message", "work")
    return git(work, "rev-parse", "HEAD")


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    (folder / "repositories").mkdir()
    server = Server(folder / "repositories", certificate(folder))
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.http.shutdown()
        thread.join()
        server.http.server_close()


def certificate(folder: Path, names: Sequence[str] = NAMES) -> Path:
    """A file with a key and a certificate for these names and numbers, signed by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    known = x509.SubjectAlternativeName([
        x509.IPAddress(ip_address(each)) if each[0].isdecimal() else x509.DNSName(each) for each in names
    ])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(known, critical=False).add_extension(x509.BasicConstraints(True, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*plain))
    return path


class _Handler(BaseHTTPRequestHandler):
    server_of: Server

    def do_GET(self) -> None:
        self.server_of.asked.append(self.path)
        first, *rest = self.path.lstrip("/").split("/", 2)
        if first == "slow":
            time.sleep(5)
        if first in ("moved", "away"):
            port = rest[0] if first == "away" else self.server_of.port
            target = f"https://127.0.0.1:{port}/{rest[-1]}"
            return self._answer(302, [("Location", target)], b"")
        if first == "away-later" and self.command == "POST":
            return self._answer(307, [("Location", f"https://127.0.0.1:{rest[0]}/{rest[-1]}")], b"")
        if first == "plain":
            return self._file("/".join(rest))
        if first == "away-later":
            self.path = "/" + rest[-1]
        if first in ("trickle", "flood"):
            self.path = "/" + "/".join(rest)
            return self._backend(pause=0.05 if first == "trickle" else 0)
        if first == "private":
            return self._answer(401, [("WWW-Authenticate", 'Basic realm="x"')], b"")
        return self._backend()

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _backend(self, pause: float | None = None) -> None:
        """git's own answer; where a `pause` is given, the pack is one that never begins."""
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if pause is not None and b"command=fetch" in body:
            self._endless(pause)
            return
        environment = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(self.server_of.root), "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command, "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": self.headers.get("Content-Type", ""), "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "GIT_CONFIG_GLOBAL": os.devnull, "CONTENT_LENGTH": str(len(body)),
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.decode().split(": ", 1)) for line in head.split(b"\r\n") if line]
        status = next((int(value.split()[0]) for name, value in headers if name == "Status"), 200)
        self._answer(status, [(name, value) for name, value in headers if name != "Status"], content)

    def _endless(self, pause: float) -> None:
        """Progress reports without an end, as git's side band carries them."""
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/x-git-upload-pack-result")
            self.end_headers()
            self.wfile.write(b"000dpackfile\n")
            while True:
                self.wfile.write(b"03ed\x02" + b"." * 999 + b"\n" if pause == 0 else b"0008\x02..\n" * 20)
                time.sleep(pause)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True

    def _file(self, path: str) -> None:
        """As a server that knows nothing of git would."""
        found = self.server_of.root / path.partition("?")[0]
        self._answer(200, [], found.read_bytes()) if found.is_file() else self._answer(404, [], b"")

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        try:
            self.send_response(status)
            for name, value in [*headers, ("Content-Length", str(len(content)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True
