"""Building, signing and status lists, as pure functions."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heitu.ground.core.text import Text
from heitu.stages.credentials.badge import document, jsonld, keys, plain, proofs, statuslist, tokens
from tests.unit.credentials import badges

CONTEXTS = Path(jsonld.__file__).parent / "contexts"


def test_contexts_are_the_files_that_the_readme_names() -> None:
    readme = (CONTEXTS / "README.md").read_text()
    for address, name in jsonld.FILES.items():
        digest = hashlib.sha256((CONTEXTS / name).read_bytes()).hexdigest()
        assert f"| {address} | {name} | {digest} |" in readme


def test_a_badge_uses_only_what_its_contexts_define() -> None:
    assert jsonld.expand(badges.unsigned())[1] == []
    assert jsonld.misspelled(badges.unsigned()) is None


def test_the_email_address_is_only_there_salted_and_hashed() -> None:
    badge = badges.unsigned()
    assert "sun@" not in json.dumps(badge)
    expected = hashlib.sha256(b"sun@yunling.edu.examplec0ffee").hexdigest()
    assert badge["credentialSubject"]["identifier"][1]["identityHash"] == f"sha256${expected}"


def test_signing_refuses_names_that_no_context_defines() -> None:
    with pytest.raises(proofs.Uncovered, match="favouriteColour"):
        badges.signed(badges.unsigned(favouriteColour="green"))
    with pytest.raises(proofs.Uncovered, match="NoSuchType"):
        badges.signed(badges.unsigned(type=["VerifiableCredential", "OpenBadgeCredential", "NoSuchType"]))


def test_unknown_contexts_are_never_fetched() -> None:
    with pytest.raises(jsonld.Unusable):
        jsonld.canonical({"@context": "https://example.org/evil", "id": "https://example.org/x"})


def test_a_signature_fits_its_document_only() -> None:
    signed = badges.signed()
    proofs.verify(signed, badges.KEY.public)
    with pytest.raises(proofs.Forged):
        proofs.verify({**signed, "name": "另一枚徽章"}, badges.KEY.public)
    with pytest.raises(proofs.Forged):
        proofs.verify(signed, badges.OTHER_KEY.public)
    with pytest.raises(proofs.Forged):
        proofs.verify({**signed, "proof": {**signed["proof"], "created": "2020-01-01T00:00:00Z"}}, badges.KEY.public)


@pytest.mark.parametrize("proof", [None, [], [{}, {}], {"type": "Ed25519Signature2020"}, {"type": 3}])
def test_other_proofs_are_no_proof(proof: object) -> None:
    with pytest.raises(proofs.Unsigned):
        proofs.proof_of({"proof": proof})


@pytest.mark.parametrize("value", [None, 3, "", "z", "u5555", "z0OIl", "z" + "1" * 300])
def test_a_damaged_signature_is_forged(value: object) -> None:
    signed = badges.signed()
    with pytest.raises(proofs.Forged):
        proofs.verify({**signed, "proof": {**signed["proof"], "proofValue": value}}, badges.KEY.public)


def test_a_token_fits_its_payload_only() -> None:
    token = badges.token()
    tokens.verify(token, badges.KEY.public)
    head, payload, signature = token.split(".")
    changed = json.loads(base64.urlsafe_b64decode(payload + "=="))
    changed["name"] = "另一枚徽章"
    forged = base64.urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=").decode()
    with pytest.raises(proofs.Forged):
        tokens.verify(f"{head}.{forged}.{signature}", badges.KEY.public)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": badges.KEY.id},
        {"alg": "HS256", "kid": badges.KEY.id},
        {"alg": "EdDSA"},
        {"alg": "EdDSA", "kid": badges.KEY.id, "crit": ["b64"]},
    ],
)
def test_only_eddsa_by_a_named_key_is_a_token(header: dict[str, object]) -> None:
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    with pytest.raises(proofs.Unsigned):
        tokens.read(f"{head}.e30.AAAA")


def test_registered_claims_must_repeat_the_credential() -> None:
    bare = badges.unsigned()
    foreign = tokens._encode(json.dumps({**bare, "iss": "did:web:elsewhere.example", "jti": bare["id"]}).encode())
    head = badges.token().split(".")[0]
    signature = tokens._encode(badges.KEY.private.sign(f"{head}.{foreign}".encode()))
    with pytest.raises(proofs.Forged):
        tokens.verify(f"{head}.{foreign}.{signature}", badges.KEY.public)


@settings(deadline=None)
@given(st.sets(st.integers(0, statuslist.SIZE - 1), max_size=40))
def test_a_status_list_holds_exactly_what_was_set(revoked: set[int]) -> None:
    bits = statuslist.decode(statuslist.encode(revoked))
    assert len(bits) * 8 == statuslist.SIZE
    near = {index for each in revoked for index in (each - 1, each, each + 1) if 0 <= index < statuslist.SIZE}
    assert {index for index in near if statuslist.is_set(bits, index)} == revoked
    assert int.from_bytes(bits, "big").bit_count() == len(revoked)


def test_bit_zero_is_the_first_bytes_highest() -> None:
    assert statuslist.decode(statuslist.encode([0]))[0] == 0x80


def test_a_status_list_is_never_smaller_than_the_specifications_minimum() -> None:
    with pytest.raises(ValueError, match="131072"):
        statuslist.encode([], size=8)
    small = "u" + base64.urlsafe_b64encode(gzip.compress(b"\0" * 8)).decode().rstrip("=")
    with pytest.raises(ValueError, match="whole status list"):
        statuslist.decode(small)


def test_a_status_list_that_explodes_is_refused() -> None:
    bomb = "u" + base64.urlsafe_b64encode(gzip.compress(b"\0" * (statuslist.MOST_BYTES + 1))).decode().rstrip("=")
    with pytest.raises(ValueError, match="whole status list"):
        statuslist.decode(bomb)


@pytest.mark.parametrize("text", ["", "u", "xabc", "u!!!", "uAAAA"])
def test_what_is_no_status_list(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        statuslist.decode(text)


@pytest.mark.parametrize(
    ("site", "did"),
    [
        ("https://heitu.example", "did:web:heitu.example"),
        ("https://heitu.example:8443/", "did:web:heitu.example%3A8443"),
        ("https://heitu.example/campus/badges/", "did:web:heitu.example:campus:badges"),
    ],
)
def test_did_web(site: str, did: str) -> None:
    assert keys.did_web(site) == did


def test_a_multikey_reads_back() -> None:
    text = keys.multikey(badges.KEY.public)
    assert text.startswith("z6Mk")
    assert keys.public_key(text).public_bytes_raw() == badges.KEY.public.public_bytes_raw()
    for wrong in ("", "z", "z6Mk", "u" + text[1:], text[:-1], "z" + "1" * 80):
        with pytest.raises(ValueError, match=r"."):
            keys.public_key(wrong)


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', "[NaN]", "{", "[" * 5000, b"\xff", '["\\ud800"]'])
def test_json_from_strangers(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        plain.loads(text)


def test_both_languages_stand_in_one_string_once() -> None:
    assert document.both(Text(zh="算子", en="Operator")) == "算子 · Operator"
    assert document.both(Text(zh="MindSpore", en="MindSpore")) == "MindSpore"
    assert document.both(Text(en="Only")) == "Only"
