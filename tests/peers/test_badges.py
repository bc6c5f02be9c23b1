"""Others' software verifies our badges: openbadgeslib (PyPI) and Digital Bazaar's packages (npm), both offline.

Each must accept a genuine badge, refuse a tampered one, and notice a revoked one.
"""

from __future__ import annotations

import base64
import copy
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from heitu.stages.credentials.badge import baking, drawing, jsonld, keys, tokens
from tests.peers import environments
from tests.unit.credentials import badges

SOURCE = Path(__file__).parent / "badges"
NAME = "RMSNorm 融合算子 · Fused RMSNorm"
# The peers read the wall clock and have no way to be told the time, so the lists must be good today.
TODAY = datetime.now(UTC)


def tampered(document: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    changed["credentialSubject"]["achievement"]["name"] = "别的成就"
    return changed


class Bazaar:
    """Digital Bazaar's verifier."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def verify(self, credentials: list[dict[str, Any]], *revoked: int) -> list[dict[str, Any]]:
        method = keys.verification_method(badges.KEY)
        documents = {address: jsonld.context(address) for address in jsonld.FILES}
        documents |= {
            badges.DID: keys.did_document(badges.DID, [badges.KEY]),
            badges.KEY.id: {"@context": "https://w3id.org/security/multikey/v1", **method},
            badges.list_address("json"): badges.signed(badges.status_list(*revoked, now=TODAY)),
        }
        asked = {"documents": documents, "credentials": credentials}
        done = subprocess.run(
            ["node", "check.mjs"], cwd=self.place, input=json.dumps(asked), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        answers: list[dict[str, Any]] = json.loads(done.stdout)
        return answers


class Library:
    """openbadgeslib."""

    def __init__(self, python: Path) -> None:
        self.python = python

    def verify(self, credentials: list[dict[str, str]], *revoked: int) -> list[dict[str, str]]:
        as_token = tokens.sign(badges.status_list(*revoked, form="jwt", now=TODAY), key=badges.KEY, now=TODAY)
        pages = {
            "https://heitu.example/.well-known/did.json": json.dumps(keys.did_document(badges.DID, [badges.KEY])),
            badges.list_address("json"): json.dumps(badges.signed(badges.status_list(*revoked, now=TODAY))),
            badges.list_address("jwt"): as_token,
        }
        asked = {"did": badges.DID, "pages": pages, "credentials": credentials}
        done = subprocess.run(
            [self.python, SOURCE / "check.py"], input=json.dumps(asked), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        answers: list[dict[str, str]] = json.loads(done.stdout)
        return answers


@pytest.fixture(scope="module")
def bazaar() -> Bazaar:
    return Bazaar(environments.node_with("badges-node", SOURCE))


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(environments.python_with("badges-python", "openbadgeslib[ldp]==4.6.3"))


def test_digital_bazaar_accepts_a_genuine_badge_only(bazaar: Bazaar) -> None:
    document = badges.signed()
    genuine, changed = bazaar.verify([document, tampered(document)])
    assert genuine == {"verified": True, "revoked": [False], "errors": []}
    assert changed["verified"] is False
    assert changed["errors"] == ["Invalid signature."]


def test_digital_bazaar_sees_a_revoked_badge(bazaar: Bazaar) -> None:
    (answer,) = bazaar.verify([badges.signed()], badges.INDEX)
    assert answer["revoked"] == [True], "it says `verified` all the same: the status is the answer"


def test_digital_bazaar_accepts_the_list_itself(bazaar: Bazaar) -> None:
    (answer,) = bazaar.verify([badges.signed(badges.status_list(3, now=TODAY))])
    assert answer["verified"] is True


def test_openbadgeslib_accepts_genuine_badges_in_every_form(library: Library) -> None:
    document = json.dumps(badges.signed(), ensure_ascii=False)
    face = drawing.Face("算子", "Operator", "孙琪", "黑土", "2026-03-15", badges.unsigned()["id"])
    svg = baking.bake_svg(drawing.svg(face), document).encode()
    png = baking.bake_png(drawing.png(face), document)
    forms = [
        {"text": document}, {"text": badges.token()},
        {"svg": base64.b64encode(svg).decode()}, {"png": base64.b64encode(png).decode()},
    ]
    assert library.verify(forms) == [{"name": NAME}] * 4


def test_openbadgeslib_refuses_tampered_badges(library: Library) -> None:
    head, _, signature = badges.token().split(".")
    changed = tokens.read(badges.token(badges.unsigned(name="别的")))[1]
    payload = base64.urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=").decode()
    document = json.dumps(tampered(badges.signed()))
    answers = library.verify([{"text": document}, {"text": f"{head}.{payload}.{signature}"}])
    assert ["signature" in answer["error"].lower() for answer in answers] == [True, True]


def test_openbadgeslib_sees_revoked_badges(library: Library) -> None:
    answers = library.verify([{"text": json.dumps(badges.signed())}, {"text": badges.token()}], badges.INDEX)
    assert ["'revocation' is set" in answer["error"] for answer in answers] == [True, True]
