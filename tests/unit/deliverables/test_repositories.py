"""Work handed in by a repository's address: real git, real https; and what it withstands."""

from __future__ import annotations

import io
import os
import socket
import tempfile
import time
import zipfile
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from heitu.engines.judge import submission
from heitu.ground.audit.models import AuditEntry
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.people.actions import create_token
from heitu.site.command import main
from heitu.stages.applications.models import Application
from heitu.stages.deliverables.models import Deliverable
from heitu.stages.deliverables.repositories import fetching, git
from heitu.stages.deliverables.repositories.addresses import (
    Address,
    Host,
    allowed_hosts,
    read_address,
    read_revision,
    resolved,
)
from tests.gitserver import Server, commit, serving
from tests.gitserver import git as run_git
from tests.people import Cast

WORK = b"def rms_norm(x, w, eps):\n    return x\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("git")) as server:
        yield server


@pytest.fixture
def server(served: Server, settings: Any) -> Server:
    settings.GIT_HOSTS, settings.GIT_CA = served.listed, str(served.certificate)
    served.asked.clear()
    return served


@pytest.fixture(scope="module")
def work(served: Server) -> Path:
    """Three commits: two on main, a tag on the first, a branch of its own."""
    work = served.repository("work", {
        "submission.py": WORK, "helper/blocks.py": b"N = 1\n", "README.md": b"# hi\n", "LICENSE": b"free\n",
        ".github/ci.py": b"x = 1\n", "notes.pdf": b"%PDF",
    })
    run_git(work, "tag", "--annotate", "v1", "--message", "first")
    commit(work, {"submission.py": WORK + b"# second\n"})
    run_git(work, "checkout", "--quiet", "-b", "feature/快")
    commit(work, {"submission.py": WORK + b"# branch\n"})
    run_git(work, "push", "--quiet", "origin", "main", "feature/快", "v1")
    return work


def fetch(url: str, revision: str = "", kind: str = "operator") -> fetching.Fetched:
    return fetching.fetch(repository=url, revision=revision, kind=kind)


def refused(url: str, revision: str = "", kind: str = "operator") -> tuple[str, str | None]:
    with pytest.raises(Refused) as caught:
        fetch(url, revision, kind)
    assert caught.value.message.zh
    assert caught.value.message.en
    return caught.value.code, caught.value.field


def files_of(fetched: fetching.Fetched) -> dict[str, bytes]:
    with zipfile.ZipFile(fetched.file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# What is fetched


@pytest.mark.parametrize(("revision", "last", "asked"), [
    ("", b"# second\n", "main"), ("main", b"# second\n", "main"), ("v1", b"return x\n", "v1^{commit}"),
    ("feature/快", b"# branch\n", "feature/快"), ("refs/heads/main", b"# second\n", "main"),
])
def test_a_branch_a_tag_and_the_default(server: Server, work: Path, revision: str, last: bytes, asked: str) -> None:
    fetched = fetch(server.url("work.git"), revision)
    assert fetched.commit == run_git(work, "rev-parse", asked)
    assert fetched.file.name == f"work-{fetched.commit[:12]}.zip"
    files = files_of(fetched)
    assert set(files) == {"submission.py", "helper/blocks.py", "README.md"}
    assert files["submission.py"].endswith(last)
    assert submission.files_in(fetched.file.name, fetched.file.open().read(), "operator") == files


def test_a_whole_commit_id(server: Server, work: Path) -> None:
    first = run_git(work, "rev-parse", "main~1")
    fetched = fetch(server.url("work.git"), first)
    assert fetched.commit == first
    assert fetched.file.open().read() == fetch(server.url("work"), "v1").file.open().read()


def test_designs_bring_their_licence(server: Server, work: Path) -> None:
    names = set(files_of(fetch(server.url("work.git"), kind="design")))
    assert names == {"submission.py", "helper/blocks.py", "README.md", "LICENSE"}


def test_people_get_every_file(server: Server, work: Path) -> None:
    assert {"LICENSE", ".github/ci.py", "notes.pdf"} < set(files_of(fetch(server.url("work.git"), kind="")))


def test_files_come_as_they_were_committed(server: Server) -> None:
    """No filter, no conversion of line ends, no substitution."""
    content = b"# $Id$\r\nx = 1\r\n"
    work = server.repository("raw", {"submission.py": content})
    (work / ".gitattributes").write_bytes(b"*.py text eol=lf ident filter=lfs export-subst export-ignore\n")
    run_git(work, "add", ".gitattributes")
    run_git(work, "commit", "--quiet", "--message", "attributes")
    run_git(work, "push", "--quiet", "origin", "main")
    assert files_of(fetch(server.url("raw.git")))["submission.py"] == content


# What is refused


@pytest.mark.parametrize(("url", "code"), [
    ("http://127.0.0.1:{port}/work.git", "repository_scheme"), ("ssh://127.0.0.1:{port}/work.git", "repository_scheme"),
    ("file:///etc", "repository_scheme"), ("git@127.0.0.1:work.git", "repository_scheme"), ("ext::sh -c id", "repository_scheme"),
    ("--upload-pack=id", "repository_scheme"), ("/etc", "repository_scheme"), ("", "repository_scheme"),
    ("https://github.com/a/b.git", "repository_host"), ("https://127.0.0.1/work.git", "repository_host"),
    ("https://127.0.0.1:{port}.evil.example/work.git", "repository_address"), ("https://", "repository_host"),
    ("https://evil.example\\@127.0.0.1:{port}/work.git", "repository_address"),
    ("https://me:secret@127.0.0.1:{port}/work.git", "repository_address"), ("https://127.0.0.1:{port}", "repository_address"),
    ("https://127.0.0.1:{port}/work.git?x=1", "repository_address"), ("https://127.0.0.1:{port}/../etc", "repository_address"),
    ("https://127.0.0.1:{port}/a/%2e%2e/b", "repository_address"), ("https://127.0.0.1:99999/a", "repository_address"),
    ("https://127.0.0.1:{port}/a b", "repository_address"), ("https://127.0.0.1:{port}/" + "a" * 300, "repository_address"),
    ("https://127.0.0.1:{port}/a\n/b", "repository_address"), ("https://[::1/a", "repository_address"),
])
def test_addresses_that_are_not_taken(server: Server, url: str, code: str) -> None:
    assert refused(url.replace("{port}", str(server.port))) == (code, "repository")
    assert server.asked == []


@pytest.mark.parametrize("revision", ["-x", "--upload-pack=id", "a..b", "main:refs/heads/x", "a^", "+main", "a b", "x" * 201, "@{u}"])
def test_revisions_that_are_no_names(server: Server, revision: str) -> None:
    assert refused(server.url("work.git"), revision) == ("revision_name", "revision")
    assert server.asked == []


@pytest.mark.parametrize("revision", ["nothing", "0" * 40, "abc1234"])
def test_a_revision_that_is_not_there(server: Server, work: Path, revision: str) -> None:
    assert refused(server.url("work.git"), revision) == ("revision_unknown", "revision")


@pytest.mark.parametrize(("path", "code"), [
    ("none.git", "repository_unreadable"), ("private/work.git", "repository_unreadable"), ("moved/work.git", "repository_moved"),
])
def test_repositories_that_are_not_to_be_had(server: Server, work: Path, path: str, code: str) -> None:
    assert refused(server.url(path)) == (code, "repository")


def test_no_redirect_is_followed(server: Server, work: Path, tmp_path: Path) -> None:
    with serving(tmp_path) as other:
        other.repository("work", {"submission.py": WORK})
        assert refused(server.url(f"away/{other.port}/work.git"))[0] == "repository_moved"
        assert other.asked == []


def test_nor_one_that_comes_later(server: Server, work: Path, tmp_path: Path) -> None:
    """The list of branches is answered, and then the pack is said to be elsewhere."""
    with serving(tmp_path) as other:
        other.repository("work", {"submission.py": WORK})
        assert refused(server.url(f"away-later/{other.port}/work.git"))[0] == "repository_moved"
        assert other.asked == []


def test_mere_files_are_not_walked(server: Server, work: Path, tmp_path: Path) -> None:
    """The old way over http: one request an object, which the repository may say lie on another host."""
    with serving(tmp_path) as other:
        folder = server.root / "files.git"
        run_git(server.root, "clone", "--quiet", "--bare", str(work), str(folder))
        run_git(folder, "update-server-info")
        (folder / "objects/info/http-alternates").write_text(f"{other.url('work.git')}/objects\n")
        assert refused(server.url("plain/files.git"))[0] in ("fetch_failed", "repository_unreadable")
        assert other.asked == []


def test_an_unknown_certificate_is_not_trusted(server: Server, work: Path, settings: Any) -> None:
    settings.GIT_CA = ""
    assert refused(server.url("work.git"))[0] == "fetch_failed"


def test_links_submodules_and_pointers(server: Server) -> None:
    """A person who unpacks a link would read or write where it leads; what a pointer stands for is elsewhere."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"1" * 64 + b"\nsize 12\n"
    work = server.repository("others", {"submission.py": WORK, "helper/table.py": pointer})
    run_git(work, "checkout", "--quiet", "-b", "module")
    run_git(work, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},vendor")
    run_git(work, "commit", "--quiet", "--message", "module")
    run_git(work, "checkout", "--quiet", "-b", "link", "main")
    commit(work, {"also.py": "/etc/passwd"})
    run_git(work, "push", "--quiet", "origin", "module", "link")
    for kind in ("operator", ""):
        for revision, code in (("main", "large_file_pointer"), ("module", "submodule"), ("link", "not_a_plain_file")):
            assert refused(server.url("others.git"), revision, kind) == (code, "repository")


def test_names_that_climb_are_refused_by_git(server: Server) -> None:
    """Trees that no git would make: packed for people, they would unpack elsewhere."""
    work = server.repository("climbs", {"submission.py": WORK})
    blob, tree = (bytes.fromhex(run_git(work, "rev-parse", what)) for what in ("HEAD:submission.py", "HEAD^{tree}"))
    for number, entry in enumerate((b"40000 ..\0" + tree, b"40000 .GIT\0" + tree, b"100644 a/b\0" + blob)):
        made = run_git(work, "hash-object", "-t", "tree", "-w", "--stdin", "--literally", feed=entry)
        evil = run_git(work, "commit-tree", made, "-m", "climbs")
        run_git(work, "push", "--quiet", "origin", f"{evil}:refs/heads/evil-{number}")
        assert refused(server.url("climbs.git"), f"evil-{number}", "") == ("repository_malformed", "repository")


def test_an_old_commit_that_is_merely_odd_is_taken(server: Server) -> None:
    work = server.repository("odd", {"submission.py": WORK})
    tree = run_git(work, "rev-parse", "HEAD^{tree}")
    old = f"tree {tree}\nauthor a <a@b> 1 +051800\ncommitter a 1 +0000\n\nold\n".encode()
    made = run_git(work, "hash-object", "-t", "commit", "-w", "--stdin", "--literally", feed=old)
    run_git(work, "push", "--quiet", "origin", f"{made}:refs/heads/old")
    assert files_of(fetch(server.url("odd.git"), "old")) == {"submission.py": WORK}


def test_nothing_to_judge(server: Server) -> None:
    server.repository("empty", {"LICENSE": b"free"})
    assert refused(server.url("empty.git")) == ("repository_empty", "revision")


# Bounds


def test_a_large_pack(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "MOST_FETCHED", 1 << 20)
    server.repository("large", {"submission.py": os.urandom(3 << 20)})
    assert refused(server.url("large.git")) == ("repository_too_large", "repository")


def test_a_file_that_unpacks_to_too_much(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MOST_UNPACKED", 1 << 20)
    server.repository("bomb", {"submission.py": bytes(fetching.MOST_UNPACKED + 1)})
    assert refused(server.url("bomb.git"))[0] == "repository_too_large"


def test_folders_in_folders_in_folders(server: Server) -> None:
    """A hundred million files in a few hundred bytes: a hundred times the same folder, four deep."""
    work = server.repository("trees", {"submission.py": WORK})
    kind, name = "blob", run_git(work, "rev-parse", "HEAD:submission.py")
    for _ in range(4):
        mode = "100644" if kind == "blob" else "040000"
        lines = "".join(f"{mode} {kind} {name}\t{number:03}.py\n" for number in range(100))
        kind, name = "tree", run_git(work, "mktree", feed=lines.encode())
    made = run_git(work, "commit-tree", name, "-m", "bomb")
    run_git(work, "push", "--quiet", "origin", f"{made}:refs/heads/bomb")
    started = time.monotonic()
    assert refused(server.url("trees.git"), "bomb")[0] == "repository_too_large"
    assert time.monotonic() - started < 60


def test_a_slow_server_is_given_up_and_nothing_stays(
    server: Server, work: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(git, "SECONDS", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    started = time.monotonic()
    assert refused(server.url("slow/work.git")) == ("fetch_timeout", "repository")
    assert time.monotonic() - started < 30
    assert list(tmp_path.iterdir()) == []
    assert not [pid for pid in os.listdir("/proc") if pid.isdigit() and str(tmp_path) in _command(pid)]


@pytest.mark.parametrize("way", ["trickle", "flood"])
def test_an_answer_without_an_end(server: Server, work: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """Fast enough never to be called slow, or as fast as can be."""
    monkeypatch.setattr(git, "SECONDS", 1)
    monkeypatch.setattr(git, "MOST_FETCHED", 1 << 20)
    started = time.monotonic()
    assert refused(server.url(f"{way}/work.git"))[0] in ("fetch_timeout", "repository_too_large")
    assert time.monotonic() - started < 30


def test_a_server_that_never_speaks(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection, and not even the greeting of TLS comes."""
    monkeypatch.setattr(git, "SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        settings.GIT_HOSTS = f"127.0.0.1:{port}=127.0.0.0/8"
        started = time.monotonic()
        assert refused(f"https://127.0.0.1:{port}/work.git") == ("fetch_timeout", "repository")
        assert time.monotonic() - started < 30


def _command(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def test_only_so_many_at_once(server: Server, work: Path) -> None:
    with fetching._a_place(), fetching._a_place():
        assert refused(server.url("work.git"))[0] == "fetch_busy"
    assert fetch(server.url("work.git")).commit


def test_a_server_without_git(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert refused(server.url("work.git")) == ("git_missing", "repository")


def test_what_git_gets_of_our_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setenv("GIT_SSL_NO_VERIFY", "1")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    clone = git.Clone(tmp_path, time.monotonic() + 10, {"alias.shown": "!env"})
    said = clone.run("shown").decode()
    assert "GIT_TERMINAL_PROMPT=0" in said
    assert not {"DATABASE_URL", "GIT_SSL_NO_VERIFY", "https_proxy"} & {line.split("=")[0] for line in said.splitlines()}


# Hosts


def test_hosts_are_read_from_the_operators_list(settings: Any) -> None:
    settings.GIT_HOSTS = "Gitee.com, git.campus.example:8443=10.0.0.0/8,"
    assert allowed_hosts() == [Host("gitee.com"), Host("git.campus.example", 8443, ip_network("10.0.0.0/8"))]
    assert read_address("https://GITEE.com/a/b.git").url == "https://gitee.com/a/b.git"
    assert read_address(" https://git.campus.example:8443/a ").url == "https://git.campus.example:8443/a"
    assert read_revision(" ") == "HEAD"


@pytest.mark.parametrize("listed", ["https://gitee.com", "gitee.com=10.0.0.0/99", "a b", "gitee.com:https", "*"])
def test_a_list_that_cannot_be_read_stops_the_start(settings: Any, listed: str) -> None:
    settings.GIT_HOSTS = f"github.com,{listed}"
    with pytest.raises(ImproperlyConfigured, match="HEITU_GIT_HOSTS"):
        allowed_hosts()


# 127.0.0.1 and 10.0.0.1 as IPv6 can carry them: mapped, by 6to4, by a network's translator.
HIDDEN = ("::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "::1", "fe80::1")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", *HIDDEN])
def test_private_numbers_are_refused(name: str) -> None:
    with pytest.raises(Refused) as caught:
        resolved(Host(name))
    assert caught.value.code == "repository_private"


def test_a_named_network_is_the_only_one() -> None:
    assert resolved(Host("127.0.0.1", network=ip_network("127.0.0.0/8"))) == ["127.0.0.1"]
    with pytest.raises(Refused):
        resolved(Host("8.8.8.8", network=ip_network("10.0.0.0/8")))
    assert resolved(Host("8.8.8.8")) == ["8.8.8.8"]


def test_a_host_that_is_not_found() -> None:
    with pytest.raises(Refused) as caught:
        resolved(Host("nothing.invalid"))
    assert caught.value.code == "repository_unresolved"


def test_git_connects_to_the_numbers_that_were_checked(server: Server, work: Path) -> None:
    """The name itself leads nowhere: had git looked it up once more, it would have found nothing."""
    address = Address(Host("git.example", server.port), "/work.git")
    with git.fetched(address, "main", ["127.0.0.1"]) as clone:
        assert clone.commit() == run_git(work, "rev-parse", "main")


# At the doors


@pytest.fixture
def lin(cast: Cast, delivering: Application) -> Client:
    client = Client()
    client.force_login(cast.lin)
    return client


def test_the_form_takes_an_address(server: Server, work: Path, lin: Client, delivering: Application) -> None:
    url = f"/applications/{delivering.pk}/deliverables/"
    page = lin.get(url).content.decode()
    assert 'name="repository"' in page
    assert f"127.0.0.1:{server.port}" in page
    made = lin.post(url, {"repository": server.url("work.git"), "revision": "v1", "note": "第一版"})
    deliverable = Deliverable.objects.get()
    assert made["Location"] == f"/deliverables/{deliverable.pk}/"
    first = run_git(work, "rev-parse", "v1^{commit}")
    assert deliverable.note == f"第一版\n\n{server.url('work.git')} @ {first}"
    assert (deliverable.filename, deliverable.judging) == (f"work-{first[:12]}.zip", "queued")
    assert AuditEntry.objects.get(action="deliverable.handed_in").detail == {
        "sha256": deliverable.sha256, "repository": server.url("work.git"), "commit": first,
    }
    with zipfile.ZipFile(deliverable.file.path) as archive:
        assert archive.read("submission.py") == WORK
    server.asked.clear()
    assert "分钟后可再次提交" in lin.post(url, {"repository": server.url("work.git")}).content.decode()
    assert server.asked == []


@pytest.mark.django_db
@pytest.mark.parametrize(("given", "says"), [
    ({}, "二者取一"), ({"repository": "https://github.com/a/b", "file": io.BytesIO(b"x")}, "二者取一"),
    ({"repository": "https://github.com/a/b"}, "只接受这些网站"), ({"repository": "http://github.com/a/b"}, "https://"),
])
def test_the_form_says_what_is_wrong_and_keeps_the_note(
    server: Server, lin: Client, delivering: Application, given: dict[str, Any], says: str
) -> None:
    response = lin.post(f"/applications/{delivering.pk}/deliverables/", {**given, "note": "留着"})
    assert response.status_code == 409
    assert says in response.content.decode()
    assert "留着" in response.content.decode()
    assert not Deliverable.objects.exists()


def test_the_judges_rules_hold(server: Server, lin: Client, delivering: Application) -> None:
    """As of a zip that was uploaded; nothing is charged."""
    server.repository("many", {f"{number}.py": b"" for number in range(65)})
    response = lin.post(f"/applications/{delivering.pk}/deliverables/", {"repository": server.url("many.git")})
    assert response.status_code == 409
    assert "64" in response.content.decode()
    assert not Deliverable.objects.exists()


def test_over_the_api(server: Server, work: Path, cast: Cast, delivering: Application) -> None:
    _, plain = create_token(name="t", scopes=("read", "submit"), by=cast.lin, now=clock.now())
    client, url = Client(headers={"authorization": f"Bearer {plain}"}), f"/api/v1/applications/{delivering.pk}/deliverables"
    unknown = client.post(url, {"repository": server.url("work.git"), "revision": "nothing"})
    assert (unknown.status_code, unknown.json()["code"]) == (409, "revision_unknown")
    assert client.post(url, {"note": "neither"}).status_code == 422
    made = client.post(url, {"repository": server.url("work.git"), "revision": "main"})
    assert made.status_code == 201, made.content
    assert made.json()["sha256"] == Deliverable.objects.get().sha256


@pytest.mark.django_db(transaction=True)
def test_from_a_shell(
    live_server: Any, server: Server, work: Path, cast: Cast, delivering: Application, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    _, plain = create_token(name="t", scopes=("read", "submit"), by=cast.lin, now=clock.now())
    assert heitu("login", live_server.url, "--token", plain).exit_code == 0
    number = str(delivering.pk)
    for wrong in ((number,), (number, __file__, "--repository", server.url("work.git"))):
        assert "二者取一" in heitu("submit", *wrong).stderr
    made = heitu("submit", number, "--repository", server.url("work.git"), "--revision", "v1", "--no-wait")
    assert made.exit_code == 0, made.output
    assert Deliverable.objects.get().note.endswith(run_git(work, "rev-parse", "v1^{commit}"))


def heitu(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_it_is_off_unless_the_operator_lists_hosts(lin: Client, cast: Cast, delivering: Application) -> None:
    url = f"/applications/{delivering.pk}/deliverables/"
    page = lin.get(url).content.decode()
    assert 'name="repository"' not in page
    assert "这个字段是必填项" in lin.post(url, {"repository": "https://github.com/a/b"}).content.decode()
    _, plain = create_token(name="t", scopes=("submit",), by=cast.lin, now=clock.now())
    client = Client(headers={"authorization": f"Bearer {plain}"})
    answer = client.post(f"/api/v1{url}".rstrip("/"), {"repository": "https://github.com/a/b"})
    assert (answer.status_code, answer.json()["code"]) == (409, "repository_off")
