"""`heitu audit`: is everything as it was written? Seals and links of every chain, and every balance."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def audit(as_json: bool) -> None:
    """Check the ledger, the audit log and the transitions; exit 1 naming the first bad row."""
    from django.conf import settings

    started = time.perf_counter()
    findings = list(_findings(settings.HOME))
    bad = next((finding for finding in findings if finding["fault"]), None)
    if as_json:
        seconds = round(time.perf_counter() - started, 3)
        click.echo(json.dumps({"ok": bad is None, "seconds": seconds, "checked": findings}, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(_line(finding))
    if bad:
        raise SystemExit(1)


def _findings(home: Path) -> Iterator[dict[str, Any]]:
    """Each chained table, then the balances, of one snapshot; ends with the first fault. Clean: remember the ends."""
    from heitu.engines.ledger import checking as ledger
    from heitu.ground.audit import checking
    from heitu.ground.audit.chain import streams

    followed = []
    with checking.snapshot():
        for stream, model in streams().items():
            chain = checking.check_chain(model, checking.read_marks(home, stream))
            yield {"name": stream, "rows": chain.rows, "fault": _plain(chain.fault)}
            if chain.fault:
                return
            followed.append(chain)
        fault = ledger.first_fault()
        yield {"name": "balances", "rows": None, "fault": _plain(fault)}
    if fault is None:
        for chain in followed:
            checking.write_marks(home, chain)


def _plain(fault: Any) -> dict[str, Any] | None:
    return fault and {"code": fault.code, "row": fault.row, "message": fault.message.model_dump()}


def _line(finding: dict[str, Any]) -> str:
    fault = finding["fault"]
    if fault:
        return f"✗ {fault['row']}  {fault['message']['zh']} {fault['message']['en']} [{fault['code']}]"
    return f"✓ {finding['name']}" + (f"  {finding['rows']:,}" if finding["rows"] is not None else "")
