"""Server time, throughput, queries and memory of the ten busiest pages, at the source's own scale.

    ./dev bench pages [--scale 1] [--home DIR] [--seconds 5] [--json]

Builds a world of the given scale (a full one takes minutes) in a folder of its own, or uses the one in --home, serves
it as `heitu up` does, and measures over real HTTP on loopback. Goals at scale 1: under 100 ms at one user, 150
requests a second for lists and case pages with two workers and eight connections, under 10 queries, and processes
under 250 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CONNECTIONS, WORKERS = 8, 2


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="./dev bench pages", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="heitu-bench-") as folder:
        home = given.home or Path(folder)
        os.chmod(folder, 0o755)
        os.environ.update(HEITU_HOME=str(home.resolve()), DJANGO_SETTINGS_MODULE="heitu.site.settings")
        if not (home / "pg").exists():
            subprocess.run([sys.executable, "-m", "heitu.site.command", "simulate", "--scale", str(given.scale)], check=True)
        result = measure(home, given.seconds)
    print(json.dumps(result, indent=1) if given.json else table(result))


def measure(home: Path, seconds: float) -> dict[str, Any]:
    from heitu.ground.core import embedded

    with embedded.database(home):
        import django

        django.setup()
        pages = busiest_pages()
        queries = {title: count_queries(path, person) for title, path, person in pages}
        cookies = {title: session(person) for title, _, person in pages}
        with served() as (port, processes):
            rows = [
                {"page": title, "queries": queries[title], **timed(port, path, cookies[title], seconds)}
                for title, path, _ in pages
            ]
            memory = {name: megabytes(pid) for name, pid in processes()}
    return {"pages": rows, "memory_mb": memory, "connections": CONNECTIONS, "workers": WORKERS, "loop_seconds": loop_seconds()}


def loop_seconds() -> float:
    """How fast this machine is at the moment: twenty million additions in Python, for which a usual core takes about one."""
    begun = time.perf_counter()
    total = 0
    for each in range(20_000_000):
        total += each
    return round(time.perf_counter() - begun, 2)


def busiest_pages() -> list[tuple[str, str, Any]]:
    """Title, path and who asks (None: a visitor)."""
    from heitu.ground.people.enums import Role
    from heitu.ground.people.models import Membership
    from heitu.stages.applications.models import Application
    from heitu.stages.deliverables.models import Deliverable, Publication

    def with_role(role: str) -> Any:
        return Membership.objects.filter(role=role).order_by("pk").select_related("person")[0].person

    delivered = Deliverable.objects.filter(verdict__accepted=True).select_related("application__call", "submitted_by")
    one = delivered.order_by("-pk")[0]
    case: Application = one.application
    officer, finance, lead = with_role(Role.OFFICER), with_role(Role.FINANCE), one.submitted_by
    return [
        ("home, visitor", "/", None),
        ("home, officer", "/", officer),
        ("calls", "/calls/", None),
        ("calls, filtered", "/calls/?q=%E5%BD%92%E4%B8%80", lead),
        ("call", f"/calls/{case.call.number}/", lead),
        ("applications, officer", "/applications/", officer),
        ("case, team lead", f"/applications/{case.pk}/", lead),
        ("verdict", f"/deliverables/{one.pk}/", lead),
        ("fund", "/funds/crowd-fund/", finance),
        ("results", "/results/", None),
        ("result", f"/results/{Publication.objects.order_by('-pk')[0].slug}/", None),
    ]


def count_queries(path: str, person: Any) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    if person:
        client.force_login(person)
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200, f"{path}: {response.status_code}"
    return len(captured)


def session(person: Any) -> str:
    from django.test import Client

    client = Client()
    if person is None:
        return ""
    client.force_login(person)
    return f"Cookie: sessionid={client.cookies['sessionid'].value}\r\n"


@contextmanager
def served(*queues: str) -> Iterator[tuple[int, Any]]:
    """The website with two workers and one queue worker, as in production, or one for each of `queues`; yields the port and a
    list of processes."""
    import psutil

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    heitu = (sys.executable, "-m", "heitu.site.command")
    web = subprocess.Popen([*heitu, "web", "--port", str(port), "--workers", str(WORKERS)], start_new_session=True)
    options = [[f"--queue={each}"] for each in queues] or [[]]
    workers = [subprocess.Popen([*heitu, "worker", *each], start_new_session=True) for each in options]

    def processes() -> Iterator[tuple[str, int]]:
        for number, child in enumerate(psutil.Process(web.pid).children(), start=1):
            yield f"web worker {number}", child.pid
        yield from (("queue worker", each.pid) for each in workers)

    try:
        for _ in range(1200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port, processes
    finally:
        for process in (web, *workers):
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def timed(port: int, path: str, cookie: str, seconds: float) -> dict[str, float]:
    """Milliseconds at one user (median, 95th percentile), and requests a second over eight connections."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: zh-CN\r\n{cookie}\r\n".encode()
    for _ in range(8):
        one_after_another(port, request, 4, 0)
    alone = one_after_another(port, request, 60, seconds)
    together: list[float] = []
    threads = [
        threading.Thread(target=lambda: together.extend(one_after_another(port, request, 10**9, seconds)))
        for _ in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone.sort()
    return {
        "median_ms": round(statistics.median(alone) * 1000, 1), "p95_ms": round(alone[int(0.95 * (len(alone) - 1))] * 1000, 1),
        "per_second": round(len(together) / seconds, 1),
    }


def one_after_another(port: int, request: bytes, most: int, seconds: float) -> list[float]:
    """Seconds of each request on one kept-alive connection; stops after `most`, or `seconds` where not 0."""
    took: list[float] = []
    until = time.monotonic() + seconds if seconds else float("inf")
    with socket.create_connection(("127.0.0.1", port)) as connection:
        stream = connection.makefile("rb")
        while len(took) < most and time.monotonic() < until:
            started = time.perf_counter()
            connection.sendall(request)
            read_response(stream)
            took.append(time.perf_counter() - started)
    return took


def read_response(stream: Any) -> None:
    status = stream.readline()
    assert b" 200 " in status, status
    length = 0
    while (line := stream.readline()) not in (b"\r\n", b""):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    stream.read(length)


def megabytes(pid: int) -> int:
    """Unique memory: what would be free if only this process ended."""
    import psutil

    return round(psutil.Process(pid).memory_full_info().uss / 2**20)


def table(result: dict[str, Any]) -> str:
    lines = [f"{'page':<24}{'queries':>8}{'median ms':>11}{'p95 ms':>9}{'req/s':>9}"]
    lines += [
        f"{row['page']:<24}{row['queries']:>8}{row['median_ms']:>11}{row['p95_ms']:>9}{row['per_second']:>9}"
        for row in result["pages"]
    ]
    lines += [f"{name:<24}{size:>8} MB" for name, size in result["memory_mb"].items()]
    lines.append(f"twenty million additions {result['loop_seconds']:>6} s (a usual core: about 1)")
    return "\n".join(lines)
