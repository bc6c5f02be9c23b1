"""Amounts of yuan as whole fen. No floats anywhere."""

from __future__ import annotations

import re

from heitu.ground.core.errors import refuse

LARGEST = 10**16  # fen; far above any fund, far below what the database's integers hold
_AMOUNT = re.compile(r"\s*¥?\s*(?P<sign>-?)(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<part>[0-9]*))?\s*")
# What an input method in full-width mode types: "６８，０００．５０".
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xFFE5: "¥", 0x2212: "-"}


def parse_yuan(text: str, *, field: str = "amount", most: int | None = None) -> int:
    """Read an amount that a person typed ("68,000.50", "¥ 300", full-width or not) as fen.

    `most` is the largest allowed amount in fen.
    Raises Refused `amount_malformed`, `amount_negative`, `amount_decimals` or `amount_over_cap`.
    """
    found = _AMOUNT.fullmatch(text.translate(_NARROW))
    if not found:
        typed = text if len(text) <= 30 else f"{text[:30]}…"
        raise refuse(
            "amount_malformed", f"“{typed}”不是金额，请填数字，例如 68000.50。",
            f"“{typed}” is not an amount. Enter a number such as 68000.50.", field=field,
        )
    if found["sign"]:
        raise refuse("amount_negative", "金额不能为负数。", "The amount can't be negative.", field=field)
    part = found["part"] or ""
    if len(part) > 2:
        raise refuse(
            "amount_decimals", "金额最多两位小数（精确到分）。",
            "At most two decimals: amounts are exact to the fen.", field=field,
        )
    whole = found["whole"].replace(",", "").lstrip("0")
    fen = int(whole or 0) * 100 + int(part.ljust(2, "0")) if len(whole) <= 15 else LARGEST + 1
    most = LARGEST if most is None else most
    if fen > most:
        raise refuse(
            "amount_over_cap", f"金额超过上限 ¥ {format_yuan(most)}。",
            f"The amount is over the limit of ¥ {format_yuan(most)}.", field=field, limit=most,
        )
    return fen


def format_yuan(fen: int) -> str:
    """68000050 → "680,000.50"."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d}"
