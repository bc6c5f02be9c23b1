"""`heitu login`, `heitu tasks`, `heitu submit`: the product from a shell, over the API, from any machine."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import click
import httpx

SECONDS_BETWEEN_LOOKS = 1.0
ERASE = "\x1b[K"  # to the end of the line; left out where it isn't a terminal
NO_VERDICT = {
    "none": "这一版由人验收。\nPeople judge this version.",
    "dropped": "轮到它之前项目已经结束，这一版不再评测。\nThe case ended before its turn came, so this version isn't judged.",
    "failed": "评测机三次故障，工作人员会处理；不计入您的次数。\n"
              "The judge failed three times; somebody will look. You aren't charged for it.",
}


@click.command()
@click.argument("url")
@click.option("--token", prompt="令牌 Token", hide_input=True, help="Made at URL/me/tokens/; asked for when left out.")
def login(url: str, token: str) -> None:
    """Remember where Heitu is and a token for it, after trying both."""
    with _client(url, token) as client:
        name = _json(client.get("/persons/me"))["name"]
    _keep({"url": url.rstrip("/"), "token": token})
    click.echo(f"✓ {name} @ {url}")


@click.command()
@click.option("--search", default="", help="Words in the title or number.")
@click.option("--json", "as_json", is_flag=True)
def tasks(search: str, as_json: bool) -> None:
    """List the calls that can be claimed now."""
    with _remembered() as client:
        calls = _json(client.get("/calls", params={"search": search, "open": True}))["items"]
    if as_json:
        click.echo(json.dumps(calls, ensure_ascii=False, indent=1))
        return
    for call in calls:
        click.echo(f"{call['number']}  ¥ {call['prize'] // 100:>9,}  {call['closes_at'][:10]}  {call['title']['zh']}")


@click.command()
@click.argument("application", type=int)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--repository", metavar="URL", help="Instead of FILE: a public repository's https address.")
@click.option("--revision", default="", help="Its branch, tag or whole commit id; the default branch if left out.")
@click.option("--note", default="")
@click.option("--json", "as_json", is_flag=True)
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait for the verdict.")
def submit(
    application: int, file: Path | None, repository: str | None, revision: str, note: str, as_json: bool, wait: bool
) -> None:
    """Hand in FILE as a new version for APPLICATION (its number is in the address of the case page)."""
    if (file is None) == (repository is None):
        raise click.UsageError("FILE 与 --repository 二者取一 / FILE or --repository, one of the two")
    source = {"repository": repository, "revision": revision} if repository else {}
    files = {"file": (file.name, file.read_bytes())} if file else None
    with _remembered() as client:
        made = _json(client.post(
            f"/applications/{application}/deliverables", files=files, data={"note": note, **source}
        ))
        click.echo(f"✓ 第 {made['version']} 版 version {made['version']}", err=True)
        if wait:
            made = _verdict(client, made)
    if as_json:
        click.echo(json.dumps(made, ensure_ascii=False, indent=1))
    elif wait:
        click.echo(_in_words(made))


def _verdict(client: httpx.Client, made: dict[str, Any]) -> dict[str, Any]:
    """Look once a second until the judge is done, saying how far it is: each time only what is new, in place of what was."""
    said = ""
    while made["judging"] in ("queued", "running"):
        if (now := _progress(made)) != said:
            click.echo(f"\r{ERASE}… {now}", nl=False, err=True)
            said = now
        time.sleep(SECONDS_BETWEEN_LOOKS)
        made = _json(client.get(f"/deliverables/{made['id']}"))
    click.echo("", err=True)
    return made


def _progress(made: dict[str, Any]) -> str:
    """What holds it up, its place in the queue with a guess of the time, or what the judge is doing."""
    if made["held_up"] or made["place"]:
        return _both(made["held_up"] or made["place"]["words"])
    progress = made["progress"]
    return f"{progress['phase']} {progress['done']}/{progress['total']}" if progress else "评测中 Judging"


def _in_words(made: dict[str, Any]) -> str:
    """The verdict, its figure and what to mend; or why there is none."""
    if not made["verdict"]:
        return NO_VERDICT.get(made["judging"], "")
    measure, figure = made.get("measure"), ""
    if measure and measure["value"] is not None:
        figure = f"  {measure['name']} {measure['value']:.4g}"
    elif made["speedup"]:
        figure = f"  {made['speedup']:.2f}×"
    return f"{made['outcome']['zh']} {made['outcome']['en']}{figure}\n{made['story']['zh']}\n{made['story']['en']}"


def _both(text: dict[str, str]) -> str:
    return f"{text['zh']} / {text['en']}"


def _json(response: httpx.Response) -> Any:
    """The body, or the refusal as the person's own words."""
    try:
        body = response.json()
    except ValueError:
        body = {"detail": f"{response.url} 的回答不像 Heitu / doesn't answer as Heitu does"} if response.is_success else {}
    else:
        if response.is_success:
            return body
    reason = body.get("title") or body.get("detail") or response.reason_phrase
    raise click.ClickException(f"{response.status_code}: {reason}")


@contextmanager
def _client(url: str, token: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {token}"}
    try:
        with httpx.Client(base_url=f"{url.rstrip('/')}/api/v1", headers=headers, timeout=60, trust_env=False) as client:
            yield client
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise click.ClickException(f"连不上 {url} / {url} can't be reached: {error}") from None


def _remembered() -> AbstractContextManager[httpx.Client]:
    if not _file().exists():
        raise click.ClickException("请先 heitu login URL / Run heitu login URL first.")
    kept = json.loads(_file().read_text())
    return _client(kept["url"], kept["token"])


def _keep(kept: dict[str, str]) -> None:
    """The token is a password: only its owner may read the file."""
    _file().parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(kept, file)


def _file() -> Path:
    return Path(click.get_app_dir("heitu")) / "client.json"
