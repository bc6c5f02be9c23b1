"""What is asked about calls, the money behind them, and the packs that they draw on."""

from heitu.stages.calls.queries.calls import (
    Listing,
    call_numbered,
    call_of,
    closing_after,
    counted,
    institutions_with_calls,
    is_claimable,
    listed,
    rows,
    whole,
    why_not_open,
)
from heitu.stages.calls.queries.funds import available, endowed, fund_account, held_for, pot_of, source_account

__all__ = [
    "Listing",
    "available",
    "call_numbered",
    "call_of",
    "closing_after",
    "counted",
    "endowed",
    "fund_account",
    "held_for",
    "institutions_with_calls",
    "is_claimable",
    "listed",
    "pot_of",
    "rows",
    "source_account",
    "whole",
    "why_not_open",
]
