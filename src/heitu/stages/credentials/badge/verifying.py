"""Is this badge genuine? A list of plain checks, made without asking anybody over the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from heitu.ground.core.text import Text
from heitu.stages.credentials.badge import baking, jsonld, keys, plain, proofs, tokens

Outcome = Literal["pass", "fail", "unknown"]
Form = Literal["json", "jwt"]
MOST_BYTES = 1 << 18
KINDS = {"OpenBadgeCredential", "AchievementCredential"}

PASSED: dict[str, Text] = {
    "readable": Text(zh="文件可读，内含一份证书", en="The file can be read and holds a credential"),
    "badge": Text(zh="是开放徽章 3.0 证书", en="It is an Open Badges 3.0 credential"),
    "covered": Text(zh="每一项内容都在签名之内", en="Everything in it is covered by the signature"),
    "issuer": Text(zh="签名的密钥属于所称的颁发者", en="The key belongs to the issuer that it names"),
    "signature": Text(zh="签名有效，签发后未被改动", en="The signature fits: nothing was changed since it was signed"),
    "period": Text(zh="在有效期内", en="It is within its period of validity"),
    "status": Text(zh="没有被撤销", en="It has not been revoked"),
}
OTHERWISE: dict[str, Text] = {
    "readable": Text(zh="读不出证书", en="No credential can be read"),
    "badge": Text(zh="不是开放徽章 3.0 证书", en="It is not an Open Badges 3.0 credential"),
    "covered": Text(zh="有内容不受签名保护", en="Something in it is not covered by the signature"),
    "issuer": Text(zh="无法确认颁发者", en="The issuer can't be confirmed"),
    "signature": Text(zh="签名不符：内容被改动，或不是此颁发者所签",
                      en="The signature doesn't fit: it was changed, or somebody else signed it"),
    "period": Text(zh="不在有效期内", en="It is outside its period of validity"),
    "status": Text(zh="撤销状态异常", en="Its revocation status is a problem"),
}


@dataclass(frozen=True)
class Check:
    code: str
    outcome: Outcome
    detail: Text = field(default_factory=Text)

    @property
    def title(self) -> Text:
        return (PASSED if self.outcome == "pass" else OTHERWISE)[self.code]


@dataclass(frozen=True)
class Report:
    """`credential` is what was read, to be shown only beside the verdict; `form` how it was secured."""

    checks: tuple[Check, ...]
    credential: dict[str, Any] | None = None
    form: Form | None = None

    @property
    def verdict(self) -> Outcome:
        """pass only when every check passed; fail when one failed; unknown when something couldn't be checked."""
        outcomes = {check.outcome for check in self.checks}
        return "fail" if "fail" in outcomes else "unknown" if "unknown" in outcomes else "pass"


@dataclass(frozen=True)
class Knowledge:
    """What a verifier knows by itself: its own issuer and keys, and which of its own credentials are revoked.

    `revoked(list address, index)` answers None for a list that isn't its own.
    """

    did: str
    keys: Mapping[str, Ed25519PublicKey]
    revoked: Callable[[str, int], bool | None]


class _Stop(Exception):
    def __init__(self, check: Check) -> None:
        super().__init__(check.code)
        self.check = check


def verify(content: bytes, *, knowledge: Knowledge, now: datetime) -> Report:
    """Check a badge in any form: JSON, compact token, baked SVG or PNG. Never raises for bad content."""
    checks: list[Check] = []
    credential: dict[str, Any] | None = None
    form: Form | None = None
    try:
        text = _text(content)
        form = "json" if text.startswith("{") else "jwt"
        credential = _credential(text, form)
        checks += [Check("readable", "pass"), _badge(credential), _covered(credential, form)]
        key, issuer = _issuer(text, credential, form, knowledge)
        checks.append(issuer)
        checks.append(_signature(text, credential, form, key))
        checks += [_period(credential, now), _status(credential, knowledge)]
    except _Stop as stop:
        checks.append(stop.check)
    return Report(tuple(checks), credential, form)


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise _Stop(_fail("readable", "文件超过 256 KB。", "The file is larger than 256 KB."))
    try:
        if content.startswith(baking.PNG) or content.lstrip()[:1] == b"<":
            return baking.extract(content).strip()
        return content.decode("utf-8-sig").strip()
    except (baking.NotBaked, UnicodeDecodeError) as error:
        raise _Stop(_fail("readable", "图片或文件中没有可读的证书。", f"No readable credential: {error}.")) from None


def _credential(text: str, form: Form) -> dict[str, Any]:
    try:
        found = plain.loads(text) if form == "json" else tokens.read(text)[1]
    except ValueError as error:
        raise _Stop(_fail("readable", "不是证书的 JSON 或 JWT。", f"Neither JSON nor a token: {error}.")) from None
    if not isinstance(found, dict):
        raise _Stop(_fail("readable", "不是证书的 JSON。", "Not a JSON object."))
    return found


def _badge(credential: dict[str, Any]) -> Check:
    kinds = credential.get("type")
    named = {kind for kind in kinds if isinstance(kind, str)} if isinstance(kinds, list) else set()
    subject = credential.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    missing = [
        name
        for name, there in (
            ("type VerifiableCredential", "VerifiableCredential" in named),
            ("type OpenBadgeCredential", bool(named & KINDS)),
            ("id", isinstance(credential.get("id"), str)),
            ("issuer", tokens.issuer_of(credential) is not None),
            ("validFrom", isinstance(credential.get("validFrom"), str)),
            ("achievement", isinstance(achievement, dict) and isinstance(achievement.get("name"), str)),
        )
        if not there
    ]
    if missing:
        listed = ", ".join(missing)
        raise _Stop(_fail("badge", f"缺少：{listed}。", f"Missing: {listed}."))
    return Check("badge", "pass")


def _covered(credential: dict[str, Any], form: Form) -> Check:
    """A token is signed byte by byte; a Data Integrity proof signs only what the contexts define."""
    if form == "jwt":
        return Check("covered", "pass")
    if credential.get("@context") != [jsonld.CREDENTIALS, jsonld.OPEN_BADGES]:
        raise _Stop(
            Check("covered", "unknown", Text(
                zh="它使用了此处没有的上下文版本，无法离线核验；请到颁发者处核验。",
                en="It uses contexts that are not kept here, so it can't be checked offline; ask its issuer.",
            ))
        )
    odd = jsonld.misspelled({name: value for name, value in credential.items() if name != "proof"})
    if odd:
        raise _Stop(_fail("covered", f"写法有歧义：{odd}。", f"It is written ambiguously: {odd}."))
    try:
        lost = jsonld.expand(credential)[1]
    except jsonld.Unusable as error:
        raise _Stop(_fail("covered", f"无法解读：{error}。", f"It can't be read: {error}.")) from None
    if lost:
        names = ", ".join(lost[:5])
        raise _Stop(_fail("covered", f"不受签名保护的内容：{names}。", f"Not covered by any signature: {names}."))
    return Check("covered", "pass")


def _issuer(text: str, credential: dict[str, Any], form: Form, knowledge: Knowledge) -> tuple[Ed25519PublicKey, Check]:
    """Find the key. Ours is known; a did:key carries its own, which says nothing about who that is."""
    try:
        named = tokens.read(text)[0]["kid"] if form == "jwt" else proofs.proof_of(credential)["verificationMethod"]
    except proofs.Unsigned as error:
        raise _Stop(_fail("signature", "没有可核验的签名。", f"There is no signature to check: {error}.")) from None
    issuer = tokens.issuer_of(credential) or ""
    if named.partition("#")[0] != issuer:
        raise _Stop(_fail("issuer", f"密钥 {named} 不属于 {issuer}。", f"The key {named} doesn't belong to {issuer}."))
    if named in knowledge.keys:
        return knowledge.keys[named], Check("issuer", "pass", Text(zh="由本站颁发。", en="Issued here."))
    if issuer == knowledge.did:
        raise _Stop(_fail("issuer", "本站没有这把密钥。", "This site never had that key."))
    try:
        key = keys.public_key(issuer.removeprefix("did:key:"))
    except ValueError:
        raise _Stop(_unknown_issuer(issuer)) from None
    return key, _self_asserted()


def _signature(text: str, credential: dict[str, Any], form: Form, key: Ed25519PublicKey) -> Check:
    try:
        if form == "jwt":
            tokens.verify(text, key)
        else:
            proofs.verify(credential, key)
    except (proofs.Forged, proofs.Unsigned, jsonld.Unusable):
        raise _Stop(Check("signature", "fail")) from None
    return Check("signature", "pass")


def _period(credential: dict[str, Any], now: datetime) -> Check:
    try:
        since = datetime.fromisoformat(credential["validFrom"])
        until = datetime.fromisoformat(credential["validUntil"]) if "validUntil" in credential else None
        if since > now:
            return _fail("period", f"{since:%Y-%m-%d} 起才有效。", f"It is valid only from {since:%Y-%m-%d}.")
        if until is not None and until < now:
            return _fail("period", f"{until:%Y-%m-%d} 已过期。", f"It expired on {until:%Y-%m-%d}.")
    except (TypeError, ValueError):
        return _fail("period", "日期无法读取。", "Its dates can't be read.")
    return Check("period", "pass")


def _status(credential: dict[str, Any], knowledge: Knowledge) -> Check:
    given = credential.get("credentialStatus")
    if given is None:
        return Check("status", "pass", Text(zh="此证书不可撤销。", en="It is of a kind that can't be revoked."))
    entries = given if isinstance(given, list) else [given]
    answers = [_revoked(entry, knowledge) for entry in entries]
    if any(answer is True for answer in answers):
        return _fail("status", "颁发者已撤销此证书。", "Its issuer has revoked it.")
    if any(answer is None for answer in answers):
        return Check("status", "unknown", Text(
            zh="撤销名单在颁发者处，离线无法查看。",
            en="The list of revoked credentials is with its issuer and can't be read offline.",
        ))
    return Check("status", "pass")


def _revoked(entry: Any, knowledge: Knowledge) -> bool | None:
    try:
        return knowledge.revoked(entry["statusListCredential"], int(entry["statusListIndex"]))
    except (KeyError, TypeError, ValueError):
        return None


def _fail(code: str, zh: str, en: str) -> Check:
    return Check(code, "fail", Text(zh=zh, en=en))


def _unknown_issuer(issuer: str) -> Check:
    return Check("issuer", "unknown", Text(
        zh=f"由 {issuer} 颁发，本站离线不知道它的密钥；请到颁发者处核验。",
        en=f"Issued by {issuer}, whose key this site doesn't know offline; ask that issuer.",
    ))


def _self_asserted() -> Check:
    return Check("issuer", "unknown", Text(
        zh="密钥写在证书自身里：内容完整，但无法证明是谁颁发的。",
        en="The key stands in the credential itself: it is intact, but nothing proves who issued it.",
    ))
