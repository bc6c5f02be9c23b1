"""How much of what cells put out is kept: so much of a cell, so much of a whole lab of one student."""

from __future__ import annotations

from collections.abc import Sequence

from heitu.engines.cells.port import Output, size

MOST_OF_CELL, MOST_OF_DRAFT = 400_000, 4_000_000  # characters


def bounded(outputs: Sequence[Output], most: int = MOST_OF_CELL) -> list[Output]:
    """As much from the beginning as there is room for; an error is always told, if in short."""
    made, room = [], most
    for each in outputs:
        fit = each if size(each) <= room else _begun(each, room)
        if fit is not None:
            made.append(fit)
            room = max(room - size(fit), 0)
    return made


def _begun(output: Output, room: int) -> Output | None:
    """None where it is no use without its end, as half a picture is."""
    if output["output_type"] == "stream":
        return output | {"text": output["text"][:room]} if room else None
    if output["output_type"] == "error":
        line = f"{output['ename']}: {output['evalue']}"[:500]
        return output | {"ename": output["ename"][:80], "evalue": output["evalue"][:500], "traceback": [line]}
    return None
