"""Files that are bad in every way, at the form, over the API, and from the command: refused by the rule's name at once."""

from __future__ import annotations

import html
import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from heitu.ground.core import clock
from heitu.ground.people.actions import create_token
from heitu.stages.applications.models import Application
from heitu.stages.deliverables.models import Deliverable
from tests.people import Cast

pytestmark = pytest.mark.django_db
WORK = b"def f(x): return x\n"


def zipped(*names: str, content: bytes = WORK, mode: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.external_attr, info.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


def encrypted() -> bytes:
    content = bytearray(zipped("submission.py"))
    for marker, place in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        content[content.index(marker) + place] |= 1
    return bytes(content)


def many(count: int) -> bytes:
    return zipped(*(f"{number}.py" for number in range(count)), content=b"")


# Name → (file name, its bytes, the rule, words of the message in each language).
BAD: dict[str, tuple[str, Callable[[], bytes], str, str, str]] = {
    "too large": ("s.py", lambda: bytes(5 << 20), "too_large", "超过 4 MB", "larger than 4 MB"),
    "archive too large": ("s.zip", lambda: bytes(5 << 20), "too_large", "超过 4 MB", "larger than 4 MB"),
    "wrong type": ("paper.pdf", lambda: b"%PDF", "file_type", "请提交 .py", "Submit a .py"),
    "wrong type inside": ("s.zip", lambda: zipped("submission.py", "evil.so"), "file_type", "evil.so", "evil.so"),
    "bomb": ("s.zip", lambda: zipped("submission.py", content=bytes(3 << 20)), "zip_bomb", "压缩比", "compressed"),
    "climbs": ("s.zip", lambda: zipped("submission.py", "../../x.py"), "path_climbs", "路径越界", "leaves"),
    "absolute": ("s.zip", lambda: zipped("/etc/cron.d/x.py"), "path_climbs", "路径越界", "leaves"),
    "link": (
        "s.zip", lambda: zipped("submission.py", mode=stat.S_IFLNK | 0o777), "not_a_plain_file", "submission.py",
        "submission.py",
    ),
    "encrypted": ("s.zip", encrypted, "archive", "已加密", "encrypted"),
    "truncated": ("s.zip", lambda: zipped("submission.py")[:-30], "archive", "无法读取", "can't be read"),
    "not a zip": ("s.zip", lambda: b"PK\3\4 not really", "archive", "无法读取", "can't be read"),
    "many entries": ("s.zip", lambda: many(10_000), "too_many_files", "64", "64"),
    "a large directory": ("s.zip", lambda: many(20_000), "too_many_files", "只打包需要的", "pack only those"),
    "endless entries": ("s.zip", lambda: many(100_000), "too_large", "超过 4 MB", "larger than 4 MB"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_at_the_form_and_the_api(
    cast: Cast, delivering: Application, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_name, make, rule, chinese, english = BAD[name]
    content = make()
    monkeypatch.setattr(zipfile.ZipFile, "open", None)  # nothing may be unpacked
    client = Client()
    client.force_login(cast.lin)
    url = f"/applications/{delivering.pk}/deliverables/"
    for language, says in (("zh-hans", chinese), ("en", english)):
        client.cookies.pop("django_language", None)
        sent = {"file": SimpleUploadedFile(file_name, content), "note": "留着的说明"}
        page = client.post(url, sent, headers={"accept-language": language})
        assert page.status_code == 409
        text = html.unescape(page.content.decode())
        assert says in text, language
        assert "留着的说明" in text
    _, plain = create_token(name="t", scopes=("submit",), by=cast.lin, now=clock.now())
    api = Client(headers={"authorization": f"Bearer {plain}"})
    answer = api.post(f"/api/v1{url}".rstrip("/"), {"file": SimpleUploadedFile(file_name, content)})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, rule, "file")
    assert chinese in answer.json()["message"]["zh"]
    assert english in answer.json()["message"]["en"]
    assert not Deliverable.objects.exists(), "and none of the day's tries was used"


@pytest.mark.parametrize("name", ["../../../etc/passwd.py", "/etc/cron.d/x.py", "..\\x.py", "a\x00b.py", "名" * 300 + ".py"])
def test_a_name_leads_nowhere_else(cast: Cast, delivering: Application, name: str) -> None:
    client = Client()
    client.force_login(cast.lin)
    sent = SimpleUploadedFile("x.py", WORK)
    sent.name = name
    answer = client.post(f"/applications/{delivering.pk}/deliverables/", {"file": sent})
    made = Deliverable.objects.first()
    assert answer.status_code in (302, 409)
    if made is not None:
        kept = Path(made.file.path).resolve()
        assert kept.is_relative_to(Path(made.file.storage.location).resolve())
        assert "/" not in made.filename
        assert "\\" not in made.filename
