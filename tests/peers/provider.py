"""The OpenID provider of npm's `oidc-provider`, a certified one, run beside us; and a person who signs in there."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from heitu.site import settings as ours
from tests.peers import environments

SOURCE = Path(__file__).parent / "oidc"
CALLBACK = "/accounts/oidc/campus/login/callback/"
PEOPLE: dict[str, dict[str, Any]] = {
    "zheng": {"email": "Zheng@New.example", "email_verified": True, "name": "郑新"},
    "doubtful": {"email": "doubtful@new.example", "email_verified": False, "name": "未证"},
    "thief": {"email": "lin@yunling.edu.example", "email_verified": True, "name": "冒名"},
    "nameless": {"name": "无名"},
}


@contextmanager
def running(site: str) -> Iterator[str]:
    """Serve until the block ends, for the one client at `site`; gives the provider's address."""
    place = environments.node_with("oidc-node", SOURCE)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    asked = json.dumps({"port": port, "redirect": site + CALLBACK, "people": PEOPLE})
    command = ["node", "serve.mjs", asked]
    with subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            assert any(line.strip() == "ready" for line in iter(server.stdout.readline, ""))
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


@contextmanager
def configured(address: str, settings: Any) -> Iterator[None]:
    """Our side set up as the manual says: by environment variables alone."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "URL": address, "CLIENT": "heitu", "SECRET": "a secret of the test", "TITLE": "云岭统一认证",
            "AUTH": "client_secret_basic",
        }.items():
            patch.setitem(os.environ, f"HEITU_OIDC_CAMPUS_{name}", value)
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": ours.oidc_apps("campus")}}
        yield


def sign_in_there(authorize: str, login: str) -> str:
    """Be `login` at the provider, agree, and return the address that it sends the browser back to."""
    with httpx.Client(trust_env=False) as browser:
        step = browser.get(authorize)
        while True:
            while step.is_redirect:
                target = str(step.headers["location"])
                if CALLBACK in target and "/interaction/" not in target:
                    return target
                step = browser.get(httpx.URL(step.url).join(target))
            form = re.search(r'action="([^"]*/interaction/[^"]+)" method="post"', step.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', step.text)
            assert form, step.text
            assert prompt, step.text
            step = browser.post(
                httpx.URL(step.url).join(form[1]), data={"prompt": prompt[1], "login": login, "password": "any"}
            )
