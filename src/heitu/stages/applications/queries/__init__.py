"""What is asked about applications."""

from heitu.stages.applications.queries.claims import (
    DECLARATIONS,
    problems,
    why_not_claim,
    why_not_more,
    why_not_seat,
)
from heitu.stages.applications.queries.lists import (
    Listing,
    Standing,
    case_file,
    listed,
    live,
    loaded,
    rows,
    standing,
    whole,
)
from heitu.stages.applications.queries.telling import (
    Line,
    Shown,
    blinded,
    blinded_row,
    blinded_rows,
    filled,
    story,
)

__all__ = [
    "DECLARATIONS",
    "Line",
    "Listing",
    "Shown",
    "Standing",
    "blinded",
    "blinded_row",
    "blinded_rows",
    "case_file",
    "filled",
    "listed",
    "live",
    "loaded",
    "problems",
    "rows",
    "standing",
    "story",
    "whole",
    "why_not_claim",
    "why_not_more",
    "why_not_seat",
]
