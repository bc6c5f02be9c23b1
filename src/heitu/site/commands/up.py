"""`heitu up`: everything that a person needs to see the product, from one command, until Ctrl-C."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from threading import Event

import click

from heitu.ground.core import embedded
from heitu.ground.core.loading import load_apps
from heitu.site.commands.sessions import hold_sessions
from heitu.site.commands.web import serve
from heitu.site.commands.worker import take_jobs

_FORK = get_context("fork")
WORKERS = (("default", "mail", "lti"), ("judge",), ("grade",))  # the queues of each; a long judging holds up nothing else
SIGNALS = (signal.SIGINT, signal.SIGTERM)  # listened to even where a shell that starts us in the background had them ignored
CONFINED = {"judge", "grade"}  # run what strangers wrote


@click.command()
@click.option("--port", default=8000, type=click.IntRange(1, 65535), show_default=True, help="Where to listen.")
@click.option("--lan", is_flag=True, help="Listen on every address of this machine, not just on 127.0.0.1.")
@click.option("--reset", is_flag=True, help="Delete this run's database, uploads and keys first.")
@click.option("--demo/--no-demo", default=True, show_default=True, help="Fill an empty database with the demo world.")
def up(port: int, lan: bool, reset: bool, demo: bool) -> None:
    """Set everything up and serve it until Ctrl-C."""
    _interruptible()
    home = embedded.home()
    host = "0.0.0.0" if lan else "127.0.0.1"
    _require_free(host, port)
    if reset:
        _delete(home)
    _describe_site(host, port, demo)
    with ExitStack() as stack:
        with step("数据库 PostgreSQL"):
            stack.enter_context(embedded.database(home))
        load_apps()
        ready = _FORK.Event()
        children = [stack.enter_context(_child("web", serve, host, port, 2, ready))]  # loads the pages meanwhile
        demo = _prepare(home, demo)
        stop = _stopped_by_signal()
        with step("网站 Web server"):
            ready.set()
            _wait_until_served(port, children[0], stop)
        _greet(port, demo)  # before the workers, which would keep people waiting for a page
        children += [stack.enter_context(_child(*each)) for each in _workers()]
        _wait(children, stop)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print a line for a piece of work, with the time that it took."""
    click.echo(f"… {title}", nl=False)
    started = time.monotonic()
    yield
    click.echo(f"\r✓ {title}  {time.monotonic() - started:.1f} s")


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise click.ClickException(f"端口 {port} 已被占用，换一个：--port {port + 1} / Port {port} is taken.") from None


def _delete(home: Path) -> None:
    """Only ever a folder that a run of ours made."""
    if home.exists() and not (home / "keys").exists() and any(home.iterdir()):
        raise click.ClickException(f"{home} doesn't look like a Heitu folder; not deleted.")
    shutil.rmtree(home, ignore_errors=True)


def _describe_site(host: str, port: int, demo: bool) -> None:
    address = _lan_address() if host == "0.0.0.0" else "127.0.0.1"
    os.environ.setdefault("HEITU_URL", f"http://{address}:{port}")
    os.environ.setdefault("HEITU_HOSTS", f"localhost,127.0.0.1,[::1],{address}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heitu.site.settings")
    if demo:
        os.environ["HEITU_DEMO"] = "1"


def _lan_address() -> str:
    """The address that this machine would talk from; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _prepare(home: Path, demo: bool) -> bool:
    """Bring the database up to date, and the demo world into it; whether the demo world is there."""
    from heitu.site.setup import load_packs, migrate

    with step("数据表 Migrations"):
        migrate()
    with step("项目定义 Packs"):
        load_packs()
    return demo and _has_demo_world(home / "demo-unfinished")


def _has_demo_world(unfinished: Path) -> bool:
    """Made where nobody is yet; into a world that stands, people and money of another can't be put."""
    from heitu.site.demo import demo_world_exists, is_anybody_here, make_demo_world

    if unfinished.exists():
        raise click.ClickException(
            "上次制作演示世界时中断了，请用 --reset 从头再来。/ Making the demo world was interrupted last time. "
            "Start over with --reset."
        )
    if demo_world_exists():
        return True
    if is_anybody_here():
        click.echo(
            "⚠ 这里已有数据，不再放入演示世界。要看演示，请另设一个 HEITU_HOME，或用 --reset 删除现有数据。\n"
            "  There is a world here already, so no demo world is made. To see one, set another HEITU_HOME, or delete what is "
            "here with --reset.", err=True,
        )
        return False
    click.echo("… 演示世界 Demo world")
    unfinished.touch()
    make_demo_world()
    unfinished.unlink()
    return True


def _workers() -> Iterator[tuple[str, Callable[..., object], *tuple[object, ...]]]:
    """Without those that run strangers' work where the kernel can't shut it in: the rest goes on, and the work waits."""
    from heitu.engines.judge.doctor import refusal

    missing = refusal()
    if missing:
        click.echo(f"⚠ 不评测 Nothing is judged here: {missing.zh} {missing.en}", err=True)
    else:
        yield "sessions", hold_sessions
    for queues in WORKERS:
        if missing is None or not CONFINED.intersection(queues):
            yield "worker", take_jobs, queues


@contextmanager
def _child(title: str, work: Callable[..., object], *arguments: object) -> Iterator[ForkProcess]:
    """A fork, which has loaded already what we have, in a session of its own, so that Ctrl-C reaches it once, through us."""
    from django.db import connections

    connections.close_all()
    process = _FORK.Process(target=_alone, args=(work, *arguments), name=title)
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join(10)
        if process.is_alive() and process.pid:
            os.killpg(process.pid, signal.SIGKILL)
            process.join()


def _alone(work: Callable[..., object], *arguments: object) -> None:
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    work(*arguments)


def _interruptible() -> None:
    """Until everything is served, either ends it where it is, and what was started before it."""
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler)


def _stopped_by_signal() -> Event:
    """Set by Ctrl-C or SIGTERM."""
    stop = Event()
    for number in SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    return stop


def _wait_until_served(port: int, web: ForkProcess, stop: Event) -> None:
    for _ in range(2400):
        if stop.is_set():
            return
        if not web.is_alive():
            raise click.ClickException("The web server stopped while starting.")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise click.ClickException("The web server didn't answer within two minutes.")


def _greet(port: int, demo: bool) -> None:
    click.echo(f"\n  黑土 Heitu   {os.environ['HEITU_URL']}\n")
    if demo:
        from heitu.site.demo import PASSWORD, demo_people

        click.echo(f"  演示账号，密码都是 / demo people, password  {PASSWORD}")
        for person, role in demo_people():
            click.echo(f"    {person.email:<28} {person.name}  {role}")
    else:
        click.echo("  第一位运营 / the first officer:  heitu officer EMAIL")
    click.echo("\n  Ctrl-C 结束 / stops everything\n")


def _wait(children: list[ForkProcess], stop: Event) -> None:
    """Until Ctrl-C or SIGTERM, or until a child has died, which is said."""
    while all(child.is_alive() for child in children):
        if stop.wait(0.5):
            click.echo("\n再见 Bye")
            return
    dead = next(child for child in children if not child.is_alive())
    raise click.ClickException(f"A process stopped by itself (exit {dead.exitcode}): {dead.name}")
