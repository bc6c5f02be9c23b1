"""Amounts as people type them."""

from __future__ import annotations

import pytest

from heitu.ground.core.errors import Refused
from heitu.ground.core.money import LARGEST, format_yuan, parse_yuan

CAP = 20_000_000


@pytest.mark.parametrize(("typed", "fen"), [
    ("68000.50", 6_800_050), ("68,000.5", 6_800_050), ("¥ 300", 30_000), ("￥300", 30_000), (" 0.01 ", 1), ("5.", 500),
    ("６８０００．５０", 6_800_050), ("６８，０００", 6_800_000), ("68，000", 6_800_000), ("0", 0), ("000200000", CAP),
])
def test_what_is_an_amount(typed: str, fen: int) -> None:
    assert parse_yuan(typed, most=CAP) == fen


@pytest.mark.parametrize(("typed", "code"), [
    ("", "amount_malformed"), ("1e5", "amount_malformed"), ("１e５", "amount_malformed"), ("68.000,50", "amount_malformed"),
    ("1,00,000", "amount_malformed"), ("十万", "amount_malformed"), ("٣٠٠", "amount_malformed"), ("5²", "amount_malformed"),
    ("NaN", "amount_malformed"), ("inf", "amount_malformed"), ("+5", "amount_malformed"), ("0x10", "amount_malformed"),
    ("--5", "amount_malformed"), ("-5", "amount_negative"), ("－5", "amount_negative"),
    ("−5", "amount_negative"), ("0.001", "amount_decimals"), ("5.000", "amount_decimals"), ("５．００１", "amount_decimals"),
    ("200000.01", "amount_over_cap"), ("9" * 5000, "amount_over_cap"), ("x" * 5000, "amount_malformed"),
])
def test_what_is_none_is_told_by_its_rule(typed: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        parse_yuan(typed, field="prize", most=CAP)
    assert (caught.value.code, caught.value.field) == (code, "prize")
    assert caught.value.message.zh != caught.value.message.en
    assert len(caught.value.message.zh) < 120
    if code == "amount_over_cap":
        assert "200,000.00" in caught.value.message.zh
        assert "200,000.00" in caught.value.message.en


def test_without_a_cap_the_limit_is_what_can_be_kept() -> None:
    assert parse_yuan(format_yuan(LARGEST)) == LARGEST
    with pytest.raises(Refused, match="amount_over_cap"):
        parse_yuan("9" * 16)
