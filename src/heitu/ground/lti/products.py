"""Where products keep the addresses that a registration needs, by their own documentation:
Moodle 4 (mod/lti), Canvas (developer documentation, "Configuring LTI Advantage Tools"), Open edX (lti-consumer-xblock).
"""

from __future__ import annotations

from heitu.ground.lti.enums import Product

# Issuer and addresses; {site} is what the administrator types, without a slash at its end.
PATTERNS = {
    Product.MOODLE: {
        "issuer": "{site}", "auth_url": "{site}/mod/lti/auth.php", "token_url": "{site}/mod/lti/token.php",
        "keys_url": "{site}/mod/lti/certs.php",
    },
    Product.CANVAS: {
        "issuer": "https://canvas.instructure.com", "auth_url": "https://sso.canvaslms.com/api/lti/authorize_redirect",
        "token_url": "https://sso.canvaslms.com/login/oauth2/token",
        "keys_url": "https://sso.canvaslms.com/api/lti/security/jwks", "more_origins": "{site}",
    },
    Product.OPENEDX: {
        "issuer": "{site}", "auth_url": "{site}/api/lti_consumer/v1/launch/",
        "token_url": "{site}/api/lti_consumer/v1/token/", "keys_url": "{site}/api/lti_consumer/v1/public_keysets/",
    },
    Product.OTHER: {"issuer": "{site}"},
}


def suggested(product: str, site: str) -> dict[str, str]:
    """What the form begins with; whatever is particular to the tool (Open edX) is completed by hand."""
    return {name: pattern.format(site=site.rstrip("/")) for name, pattern in PATTERNS[Product(product)].items()}
