"""What Canvas fetches to set us up (`doc/api/lti_dev_key_config.md` of canvas-lms, "Anatomy of a JSON configuration")."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from heitu.ground.lti import addresses
from heitu.ground.lti.actions.registration import CANVAS_PLACEMENTS, NAME_EN, SCOPES
from heitu.ground.lti.messages import DEEP_LINKING
from heitu.ground.lti.models import Platform


def configuration(platform: Platform) -> dict[str, Any]:
    """Where no redirect address is typed in, Canvas takes the target's: so it is the launch's here."""
    launch = addresses.ours("lti_launch", platform.uuid)
    placed = [
        {"placement": name, "message_type": DEEP_LINKING, "target_link_uri": launch, "text": NAME_EN} for name in CANVAS_PLACEMENTS
    ]
    extension = {
        "platform": "canvas.instructure.com", "domain": urlsplit(launch).netloc, "tool_id": f"heitu-{platform.uuid}",
        "privacy_level": "name_only", "settings": {"text": NAME_EN, "placements": placed},
    }
    return {
        "title": NAME_EN, "description": NAME_EN, "target_link_uri": launch,
        "oidc_initiation_url": addresses.ours("lti_login", platform.uuid),
        "public_jwk_url": addresses.ours("lti_keys", platform.uuid), "scopes": list(SCOPES), "extensions": [extension],
    }
