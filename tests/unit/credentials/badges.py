"""A badge made by hand, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from heitu.ground.core.text import Text
from heitu.stages.credentials.badge import document, keys, proofs, statuslist, tokens
from heitu.stages.credentials.badge.verifying import Knowledge

NOW = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)
SITE = "https://heitu.example"
DID = keys.did_web(SITE)
KEY = keys.Key(DID, bytes(range(32)))
OTHER_KEY = keys.Key("did:web:elsewhere.example", bytes(range(1, 33)))
INDEX = 4711


def list_address(form: str) -> str:
    return f"{SITE}/credentials/status/0.{form}"


def unsigned(**changes: Any) -> dict[str, Any]:
    made = document.credential(
        address=f"{SITE}/credentials/0b9f3c1e-8e0e-4a43-9a5e-2f4f5b1f7c11",
        issuer=document.Issuer(DID, "黑土", f"{SITE}/credentials/issuer/", "产教融合"),
        holder=document.Holder(f"{SITE}/people/7/", "孙琪", "sun@yunling.edu.example", "c0ffee"),
        achievement=document.Achievement(
            id=f"{SITE}/calls/ZZ-2026-0417/",
            name=Text(zh="RMSNorm 融合算子", en="Fused RMSNorm"),
            description=Text(zh="半精度、长序列", en="Half precision, long sequences"),
            criteria=Text(zh="通过验收", en="Accepted"),
            skills=(
                document.Skill("mixed-precision", "混合精度", f"{SITE}/skills/mixed-precision/"),
                document.Skill("cpp-kernels", "C++ 算子内核", f"{SITE}/skills/cpp-kernels/"),
            ),
        ),
        evidence=document.Proven(f"{SITE}/applications/3/", "ZZ-2026-0417", "42/42"),
        status=statuslist.entry(address=list_address("json"), index=INDEX),
        issued_at=NOW - timedelta(days=1),
    )
    return {**made, **changes}


def signed(bare: dict[str, Any] | None = None, key: keys.Key = KEY) -> dict[str, Any]:
    return proofs.sign(bare or unsigned(), key=key, now=NOW)


def token(bare: dict[str, Any] | None = None, key: keys.Key = KEY) -> str:
    return tokens.sign(document.with_status(bare or unsigned(), list_address("jwt")), key=key, now=NOW)


def status_list(*revoked: int, form: str = "json", now: datetime = NOW) -> dict[str, Any]:
    return statuslist.credential(
        address=list_address(form), issuer=DID, revoked=revoked, valid_from=now, good_for=timedelta(days=2)
    )


def knowledge(*revoked: int) -> Knowledge:
    return Knowledge(
        DID, {KEY.id: KEY.public},
        lambda address, index: index in revoked if address.startswith(SITE) else None,
    )
