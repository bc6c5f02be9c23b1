"""An id_token by the rules of OpenID Connect Core 3.1.3.7 and the 1EdTech Security Framework 1.0, 5.1.3."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import jwt

from heitu.ground.core.errors import refuse
from heitu.ground.lti.models import Platform
from heitu.ground.lti.theirkeys import KINDS, key_of

LEEWAY = 60  # seconds that clocks may differ by
MOST_LENGTH = 64 << 10
UNCHECKED = {f"verify_{what}": False for what in ("exp", "iat", "nbf", "aud", "iss", "sub", "jti")}


def verified(platform: Platform, token: str, *, nonce: str, now: datetime) -> dict[str, Any]:
    """The claims of a token that the platform signed for us, now, in answer to `nonce`. Raises Refused."""
    claims = _signed(platform, token, now)
    _insist_on_parties(platform, claims)
    _insist_on_times(claims, now.timestamp())
    if claims.get("nonce") != nonce:
        raise refuse("nonce_wrong", "启动令牌不是为这次启动签发的。", "The token was not made for this launch.")
    return claims


def _signed(platform: Platform, token: str, now: datetime) -> dict[str, Any]:
    malformed = refuse("token_malformed", "平台送来的启动令牌格式不对。", "The platform sent a token that can't be read.")
    if len(token) > MOST_LENGTH:
        raise malformed
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError):
        raise malformed from None
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in KINDS:
        raise refuse("algorithm_refused", "启动令牌的签名算法不被接受。", "The token's algorithm is not accepted.")
    if not isinstance(kid, str) or not kid:
        raise refuse("key_unnamed", "启动令牌没有写明密钥编号（kid）。", "The token does not say which key signed it (kid).")
    try:
        claims = jwt.decode(token, key_of(platform, kid, algorithm, now), algorithms=[algorithm], options=UNCHECKED)  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError):
        raise refuse("signature_wrong", "启动令牌的签名不对。", "The token's signature is wrong.") from None
    return dict(claims)


def _insist_on_parties(platform: Platform, claims: dict[str, Any]) -> None:
    if claims.get("iss") != platform.issuer:
        raise refuse("issuer_wrong", "启动令牌不是这个平台签发的。", "The token is not from this platform.")
    audience, azp = claims.get("aud"), claims.get("azp")
    listed = audience if isinstance(audience, list) else [audience]
    if platform.client_id not in listed:
        raise refuse("audience_wrong", "启动令牌是给别的工具的。", "The token is meant for another tool.")
    if (azp is None and len(listed) > 1) or azp not in (None, platform.client_id):
        raise refuse("azp_wrong", "启动令牌授权的是别的工具（azp）。", "The token authorises another tool (azp).")


def _insist_on_times(claims: dict[str, Any], now: float) -> None:
    expires, issued = _time(claims.get("exp")), _time(claims.get("iat"))
    begins = issued if claims.get("nbf") is None else _time(claims["nbf"])
    if expires is None or issued is None or begins is None:
        raise refuse("times_missing", "启动令牌没有写明签发与失效时间。", "The token does not say when it was issued and when it expires.")
    if expires <= now - LEEWAY:
        raise refuse("token_expired", "启动令牌已过期，请从学习平台重新打开。", "The token has expired: open it again from your platform.")
    if max(issued, begins) > now + LEEWAY:
        raise refuse(
            "token_early", "启动令牌的签发时间在将来，请检查平台的时钟。",
            "The token comes from the future: check the platform's clock.",
        )


def _time(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
