"""Who issues: this installation's name, did:web and signing keys."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from django.conf import settings

from heitu.ground.core.secrets import secret
from heitu.ground.core.text import Text
from heitu.stages.credentials.badge.document import Issuer, both
from heitu.stages.credentials.badge.keys import Key, did_web

KEY = "badges"


def site() -> str:
    """The installation's address without a slash at its end."""
    return str(settings.SITE_URL).rstrip("/")


def did() -> str:
    return did_web(site())


def profile() -> Issuer:
    """The issuer as it stands in credentials, named by the first pack."""
    name, description = _words(Path(settings.PACKS[0]))
    return Issuer(did(), both(name), f"{site()}/credentials/issuer/", both(description))


def signing_key() -> Key:
    """The present key, made on first use: its seed is `keys/badges` under HEITU_HOME."""
    return Key(did(), bytes.fromhex(secret(settings.HOME, KEY)))


def all_keys() -> list[Key]:
    """Every key that signed here, the present one first.

    To change keys, rename `keys/badges` to `keys/badges-<anything>`: the next signature makes a new one,
    and what the old one signed stays verifiable.
    """
    present = signing_key()
    retired = sorted(path for path in (settings.HOME / "keys").glob(f"{KEY}-*"))
    return [present, *(Key(did(), bytes.fromhex(path.read_text())) for path in retired)]


@cache
def _words(folder: Path) -> tuple[Text, Text]:
    """(name, description) of a pack."""
    pack = yaml.safe_load((folder / "pack.yaml").read_text(encoding="utf-8"))
    return Text.model_validate(pack["name"]), Text.model_validate(pack.get("description") or {})
