"""The verifier: what it says about genuine, tampered, foreign, revoked and hostile badges."""

from __future__ import annotations

import copy
import json
import time
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heitu.stages.credentials.badge import baking, drawing, jsonld, keys, verifying
from heitu.stages.credentials.badge.verifying import Report
from tests.unit.credentials import badges

FACE = drawing.Face("RMSNorm <融合>", "Fused & fast", "孙琪", "黑土", "2026-03-15", badges.unsigned()["id"])


def verify(badge: dict[str, Any] | str | bytes, *revoked: int) -> Report:
    text = json.dumps(badge, ensure_ascii=False) if isinstance(badge, dict) else badge
    content = text if isinstance(text, bytes) else text.encode()
    return verifying.verify(content, knowledge=badges.knowledge(*revoked), now=badges.NOW)


def failed(report: Report) -> list[str]:
    return [check.code for check in report.checks if check.outcome == "fail"]


def test_a_genuine_badge_passes_every_check_in_every_form() -> None:
    document = json.dumps(badges.signed(), ensure_ascii=False)
    svg = baking.bake_svg(drawing.svg(FACE), document)
    png = baking.bake_png(drawing.png(FACE), document)
    for form in (document, "\ufeff" + document, badges.token(), svg, png):
        report = verify(form)
        assert report.verdict == "pass", report.checks
        assert [check.code for check in report.checks] == list(verifying.PASSED)
    assert verify(badges.token()).form == "jwt"
    assert verify(document).form == "json"


def test_a_token_baked_into_an_svg_attribute_is_found() -> None:
    svg = f'<svg xmlns:ob="{baking.NAMESPACE}"><ob:credential verify="{badges.token()}"/></svg>'
    assert verify(svg).verdict == "pass"


def test_a_revoked_badge_fails_on_its_status_alone() -> None:
    for badge in (badges.signed(), badges.token()):
        report = verify(badge, badges.INDEX)
        assert report.verdict == "fail"
        assert failed(report) == ["status"]
    assert verify(badges.signed(), badges.INDEX + 1).verdict == "pass"


def test_any_change_breaks_the_signature() -> None:
    signed = badges.signed()
    for path in (("name",), ("credentialSubject", "achievement", "name"), ("credentialStatus", "statusListIndex")):
        changed: Any = copy.deepcopy(signed)
        *way, last = path
        inner = changed
        for step in way:
            inner = inner[step]
        inner[last] = "12"
        assert failed(verify(changed)) == ["signature"], path


def test_a_badge_of_somebody_else_in_our_name_fails() -> None:
    ours = keys.Key(badges.DID, badges.OTHER_KEY.seed)  # a key that we never had, under our name
    assert failed(verify(badges.signed(key=ours))) == ["issuer"]
    theirs = badges.signed(key=badges.OTHER_KEY)  # our name, signed with a key that says it is another's
    assert failed(verify(theirs)) == ["issuer"]
    assert failed(verify(badges.token(key=badges.OTHER_KEY))) == ["issuer"]


def test_foreign_badges_are_not_called_invalid() -> None:
    issuer = {"id": badges.OTHER_KEY.did, "type": ["Profile"], "name": "Elsewhere"}
    report = verify(badges.signed(badges.unsigned(issuer=issuer), badges.OTHER_KEY))
    assert report.verdict == "unknown"
    assert report.checks[-1].code == "issuer"


def test_a_self_signed_badge_is_intact_but_proves_nobody() -> None:
    did = "did:key:" + keys.multikey(badges.OTHER_KEY.public)
    own = keys.Key(did, badges.OTHER_KEY.seed)
    bare = badges.unsigned(issuer={"id": did, "type": ["Profile"], "name": "Me"})
    bare.pop("credentialStatus")
    report = verify(badges.signed(bare, own))
    assert report.verdict == "unknown"
    outcomes = {check.code: check.outcome for check in report.checks}
    assert outcomes["signature"] == "pass"
    assert outcomes["issuer"] == "unknown"
    assert failed(verify({**badges.signed(bare, own), "name": "changed"})) == ["signature"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": ["VerifiableCredential"]}, "badge"),
        ({"type": "OpenBadgeCredential"}, "badge"),
        ({"credentialSubject": {}}, "badge"),
        ({"issuer": None}, "badge"),
        ({"honours": "summa cum laude"}, "covered"),
        ({"https://schema.org/name": "x"}, "covered"),
        ({"@included": [{"id": "urn:x"}]}, "covered"),
        ({"image": "picture.png"}, "covered"),
        ({"evidence": [[{"id": "https://heitu.example/applications/3/"}]]}, "covered"),
        ({"evidence": [{"id": "did:web:heitu.example", "name": "twice"}]}, "covered"),
        ({"proof": None}, "signature"),
        ({"proof": {"type": "DataIntegrityProof", "cryptosuite": "ecdsa-sd-2023"}}, "signature"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], code: str) -> None:
    report = verify({**badges.signed(), **change})
    assert failed(report) == [code]
    assert report.checks[-1].detail


def test_other_contexts_cant_be_checked_offline() -> None:
    newer = [jsonld.CREDENTIALS, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.9.json"]
    assert verify({**badges.signed(), "@context": newer}).verdict == "unknown"


def test_the_period_counts() -> None:
    early = badges.unsigned(validFrom="2031-01-01T00:00:00Z")
    assert failed(verify(badges.signed(early))) == ["period"]
    over = badges.unsigned(validUntil=(badges.NOW - timedelta(days=1)).isoformat())
    assert failed(verify(badges.signed(over))) == ["period"]
    for odd in ("yesterday", "2026-01-01T00:00:00"):
        assert failed(verify(badges.signed(badges.unsigned(validFrom=odd)))) == ["period"]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff\xfe", b"hello", b"{}", b"[]", b"a.b.c", b"<svg/>", b"<svg", baking.PNG, baking.PNG + b"\0" * 40,
        b'<!DOCTYPE svg [<!ENTITY a "x">]><svg>&a;</svg>', b"{" + b'"a":{' * 3000, b"x" * (verifying.MOST_BYTES + 1),
        baking.bake_svg("<svg></svg>", "not json").encode(),
    ],
)
def test_what_is_no_badge_is_said_to_be_none(content: bytes) -> None:
    report = verify(content)
    assert report.verdict == "fail"
    assert failed(report) in (["readable"], ["badge"])


def test_a_document_made_to_exhaust_the_verifier_is_cut_short() -> None:
    child = {"type": ["Evidence"], "narrative": "x"}
    hostile = badges.unsigned(
        evidence=[{"type": ["Evidence"], "name": "y", "fundingSource": "z"}] * 2,
        credentialSubject={
            "type": ["AchievementSubject"],
            "achievement": {
                "type": ["Achievement"], "name": "n",
                "related": [{"type": ["Related"], "related": [child] * 9} for _ in range(9)],
            },
        },
    )
    hostile.pop("id")
    hostile["id"] = "urn:uuid:hostile"
    began = time.monotonic()
    assert verify({**hostile, "proof": badges.signed()["proof"]}).verdict == "fail"
    assert time.monotonic() - began < 30


def test_look_alike_blank_nodes_stop_the_canonicalisation() -> None:
    leaf = {"type": "Image", "caption": "x"}
    branch = {"type": ["Evidence"], "name": "same", "image": [leaf] * 9}
    hostile = {"@context": badges.unsigned()["@context"], "type": ["VerifiableCredential"], "evidence": [branch] * 4}
    began = time.monotonic()
    with pytest.raises(jsonld.Unusable, match="look-alike"):
        jsonld.canonical(hostile)
    assert time.monotonic() - began < 30


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(badges.signed())), json_values)
def test_no_change_is_ever_accepted_and_none_crashes(name: str, value: Any) -> None:
    signed = badges.signed()
    report = verify({**signed, name: value})
    assert report.verdict != "pass" or signed[name] == value or _says_the_same(signed, name, value)


def _says_the_same(signed: dict[str, Any], name: str, value: Any) -> bool:
    """JSON-LD's two spellings of one value: alone, or in a list."""
    return bool(value == [signed[name]] or [value] == signed[name])


def test_drawings_hold_long_titles_and_foreign_letters() -> None:
    long = drawing.Face("超长标题" * 20 + "<script>", "a very long second title " * 8, "孙琪", "黑土", "2026-03-15", "https://x")
    svg = drawing.svg(long)
    assert "…" in svg
    assert "<script" not in svg
    document = json.dumps({"quote": '"<&>]]>', "name": "孙琪"}, ensure_ascii=False)
    assert baking.extract(baking.bake_svg(svg, document).encode()) == document
    assert baking.extract(baking.bake_png(drawing.png(long), document)) == document
