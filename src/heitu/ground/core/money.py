"""Amounts of yuan as whole fen. No floats anywhere."""

from __future__ import annotations

import re

from heitu.ground.core.errors import refuse

_AMOUNT = re.compile(r"^\s*[¥￥]?\s*(?P<sign>-?)(?P<whole>\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.(?P<part>\d*))?\s*$")


def parse_yuan(text: str, *, field: str = "amount", most: int | None = None) -> int:
    """Read an amount that a person typed ("68,000.50", "¥ 300") as fen.

    `most` is the largest allowed amount in fen.
    Raises Refused `amount_malformed`, `amount_negative`, `amount_decimals` or `amount_over_cap`.
    """
    found = _AMOUNT.match(text)
    if not found:
        raise refuse(
            "amount_malformed", f"“{text}”不是金额，请填数字，例如 68000.50。",
            f"“{text}” is not an amount. Enter a number such as 68000.50.", field=field,
        )
    if found["sign"]:
        raise refuse("amount_negative", "金额不能为负数。", "The amount can't be negative.", field=field)
    part = found["part"] or ""
    if len(part) > 2:
        raise refuse(
            "amount_decimals", "金额最多两位小数（精确到分）。",
            "At most two decimals: amounts are exact to the fen.", field=field,
        )
    fen = int(re.sub("[,，]", "", found["whole"])) * 100 + int(part.ljust(2, "0") or 0)
    if most is not None and fen > most:
        raise refuse(
            "amount_over_cap", f"金额超过上限 ¥ {format_yuan(most)}。",
            f"The amount is over the limit of ¥ {format_yuan(most)}.", field=field, limit=most,
        )
    return fen


def format_yuan(fen: int) -> str:
    """68000050 → "680,000.50"."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d}"
