"""Licences known by their words: enough to tell a person what they will find, no legal advice.

Identifiers and names are those of the SPDX licence list, https://spdx.org/licenses/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# All of these phrases, in small letters and with single spaces, are in the licence's text. First match wins.
_PHRASES: dict[str, tuple[str, ...]] = {
    "Apache-2.0": ("apache license", "version 2.0"),
    "MulanPSL-2.0": ("mulan permissive software license", "version 2"),
    "AGPL-3.0-only": ("gnu affero general public license", "version 3"),
    "LGPL-3.0-only": ("gnu lesser general public license", "version 3"),
    "GPL-3.0-only": ("gnu general public license", "version 3"),
    "GPL-2.0-only": ("gnu general public license", "version 2"),
    "MPL-2.0": ("mozilla public license", "2.0"),
    "BSD-3-Clause": ("redistribution and use in source and binary forms", "neither the name"),
    "BSD-2-Clause": ("redistribution and use in source and binary forms",),
    "ISC": ("permission to use, copy, modify, and/or distribute this software",),
    "MIT": ("permission is hereby granted, free of charge", "the software is provided \"as is\""),
    "CC0-1.0": ("cc0 1.0 universal",),
    "CC-BY-4.0": ("creative commons attribution 4.0",),
    "Unlicense": ("this is free and unencumbered software",),
}
KNOWN = tuple(_PHRASES)
FILES = ("LICENSE", "LICENCE", "COPYING", "LICENSE.txt", "LICENSE.md", "LICENCE.txt", "LICENCE.md")
_DECLARED = re.compile(r"SPDX-License-Identifier:\s*([A-Za-z0-9.+-]+)")
_LOOKED_AT = 1 << 16


def recognised(text: str) -> str:
    """The SPDX identifier that a licence's text, or a declaration in it, stands for.

    Empty for none that we know, and for a declaration above the text of another licence.
    """
    declared, worded = _DECLARED.search(text[:_LOOKED_AT]), _worded(text[:_LOOKED_AT])
    if declared is None:
        return worded
    return declared[1] if declared[1] in KNOWN and worded in ("", declared[1]) else ""


def _worded(text: str) -> str:
    words = " ".join(text.replace("“", '"').replace("”", '"').lower().split())
    return next((name for name, phrases in _PHRASES.items() if all(phrase in words for phrase in phrases)), "")


def found(files: Mapping[str, bytes]) -> tuple[str, str]:
    """The licence file of a submission and its identifier, each empty where there is none."""
    for name in FILES:
        if name in files:
            return name, recognised(files[name].decode(errors="replace"))
    return "", ""
