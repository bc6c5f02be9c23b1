"""An achievement as an unsigned OpenBadgeCredential (1EdTech Open Badges 3.0 on W3C Verifiable Credentials 2.0)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from heitu.ground.core.text import Text
from heitu.stages.credentials.badge import statuslist
from heitu.stages.credentials.badge.jsonld import CREDENTIALS, OPEN_BADGES
from heitu.stages.credentials.badge.proofs import instant


@dataclass(frozen=True)
class Issuer:
    did: str
    name: str
    url: str
    description: str = ""


@dataclass(frozen=True)
class Holder:
    """Who earned it. `id` is an address of the person here; the e-mail address is only given salted and hashed."""

    id: str
    name: str
    email: str
    salt: str


@dataclass(frozen=True)
class Skill:
    code: str
    name: str
    url: str


@dataclass(frozen=True)
class Achievement:
    """What was achieved: `id` is the same for everybody who achieved it."""

    id: str
    name: Text
    description: Text
    criteria: Text
    skills: tuple[Skill, ...]


@dataclass(frozen=True)
class Proven:
    """Where it can be seen: the case or the published result."""

    url: str
    name: str
    narrative: str


def credential(
    *, address: str, issuer: Issuer, holder: Holder, achievement: Achievement, evidence: Proven,
    status: dict[str, Any], issued_at: datetime,
) -> dict[str, Any]:
    """The unsigned document. Both languages stand in one string, Chinese first: wallets show plain strings."""
    return {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": both(achievement.name),
        "issuer": {
            "id": issuer.did, "type": ["Profile"], "name": issuer.name, "url": issuer.url,
            **({"description": issuer.description} if issuer.description else {}),
        },
        "validFrom": instant(issued_at),
        "image": {"id": f"{address}.svg", "type": "Image"},
        "credentialSubject": {
            "id": holder.id,
            "type": ["AchievementSubject"],
            "identifier": _identifiers(holder),
            "achievement": _achievement(achievement),
        },
        "evidence": [
            {"id": evidence.url, "type": ["Evidence"], "name": evidence.name, "narrative": evidence.narrative}
        ],
        "credentialStatus": status,
    }


def with_status(document: dict[str, Any], address: str) -> dict[str, Any]:
    """The same credential, pointing to its bit in the list at another address."""
    index = int(document["credentialStatus"]["statusListIndex"])
    return {**document, "credentialStatus": statuslist.entry(address=address, index=index)}


def email_hash(email: str, salt: str) -> str:
    """Open Badges 3.0 IdentityHash: `sha256$` and the hex digest of the address followed by the salt."""
    return "sha256$" + hashlib.sha256((email.lower() + salt).encode()).hexdigest()


def both(text: Text) -> str:
    """归约算子 · Reduction operator; once where both languages say the same."""
    return text.zh or text.en if not text.zh or not text.en or text.zh == text.en else f"{text.zh} · {text.en}"


def _identifiers(holder: Holder) -> list[dict[str, Any]]:
    return [
        {"type": "IdentityObject", "hashed": False, "identityHash": holder.name, "identityType": "name"},
        {
            "type": "IdentityObject", "hashed": True, "identityHash": email_hash(holder.email, holder.salt),
            "identityType": "emailAddress", "salt": holder.salt,
        },
    ]


def _achievement(achievement: Achievement) -> dict[str, Any]:
    return {
        "id": achievement.id,
        "type": ["Achievement"],
        "achievementType": "Achievement",
        "name": both(achievement.name),
        "description": both(achievement.description),
        "criteria": {"narrative": both(achievement.criteria)},
        "alignment": [
            {"type": ["Alignment"], "targetCode": skill.code, "targetName": skill.name, "targetUrl": skill.url}
            for skill in achievement.skills
        ],
    }
