"""Verifies credentials with openbadgeslib, in that library's own environment.

Reads {pages, credentials} from standard input: `pages` maps each address that may be downloaded to its text, and
`credentials` are tokens, JSON documents, or baked pictures as base64. Writes one answer for each.
"""

import base64
import json
import sys

from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3 import OB3LdpVerifier, OB3Verifier

asked = json.load(sys.stdin)


def download(url):
    if url not in asked["pages"]:
        raise OSError(f"not offline: {url}")
    return asked["pages"][url].encode()


def unbaked(credential):
    if "svg" in credential:
        return OB3Verifier.extract_token_from_svg(base64.b64decode(credential["svg"]))
    if "png" in credential:
        return OB3Verifier.extract_token_from_png(base64.b64decode(credential["png"]))
    return credential["text"]


def verified(text):
    """A token's list is checked with its signature; of a Data Integrity list this library reads the bits only."""
    if text.lstrip().startswith("{"):
        verifier = OB3LdpVerifier.for_issuer_did(asked["did"], download=download)
        return verifier.verify(text, check_status=True, download=download, verify_status_list=False)
    verifier = OB3Verifier.for_issuer_did(asked["did"], download=download)
    return verifier.verify(text, check_status=True, download=download)


answers = []
for credential in asked["credentials"]:
    try:
        answers.append({"name": verified(unbaked(credential)).achievement.name})
    except LibOpenBadgesException as error:
        answers.append({"error": str(error)})
print(json.dumps(answers))
