"""Our ledger beside django-hordak, on one real server with safe commits, in one run.

Each measurement is a process of its own, and the two take turns, so that neither has the quieter machine. The best of
three rounds counts. Ours has every check, seal and idempotency key on; hordak its own checks.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROUNDS = 3
GOALS = {"singly": 1_600, "batch": 25_000, "balance_ms": 1.0, "audit_s": 20.0}


def main(arguments: Sequence[str]) -> None:
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="heitu-bench-") as folder:
        os.environ["HEITU_HOME"] = folder
        from heitu.ground.core import embedded

        with embedded.database(Path(folder)) as url:
            result = _compare(url, rows=1_000_000 if options.full else options.rows)
    print(json.dumps(result, indent=2) if options.json else _table(result))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench ledger", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rows", type=int, default=200_000, help="transfers to audit")
    parser.add_argument("--full", action="store_true", help="audit 1,000,000 transfers, the goal's size")
    return parser.parse_args(arguments)


def _compare(url: str, *, rows: int) -> dict[str, Any]:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE hordak")
        settings = {name: _setting(connection, name) for name in ("fsync", "synchronous_commit", "server_version")}
    peer_url = url.replace("/postgres?", "/hordak?")
    _measure("heitu", url, "prepare")
    _measure("hordak", peer_url, "prepare")
    pairs = [
        (
            {work: _measure("heitu", url, work, ours) for work, ours, _ in _WORKS},
            {work: _measure("hordak", peer_url, work, theirs) for work, _, theirs in _WORKS},
        )
        for _ in range(ROUNDS)
    ]
    best = {work: (max(p[0][work] for p in pairs), max(p[1][work] for p in pairs)) for work, _, _ in _WORKS}
    balance = _measure("heitu", url, "balance", 100_000), _measure("hordak", peer_url, "balance", 100_000)
    return {
        "server": settings, "cores": os.cpu_count(), "load": os.getloadavg()[0],
        "singly": _pair(best["singly"]), "batch": _pair(best["batch"]), "balance_ms": _pair(balance),
        "audit_s": {"heitu": _measure("heitu", url, "audit", rows), "rows": rows},
    }


def _setting(connection: Any, name: str) -> str:
    return str(connection.execute(f"SHOW {name}").fetchone()[0])


_WORKS = [("singly", 2_000, 500), ("batch", 50_000, 2_000)]  # name, how many of ours, how many of the peer's


def _pair(values: tuple[float, float]) -> dict[str, float]:
    ours, theirs = values
    return {"heitu": ours, "hordak": theirs, "ratio": round(ours / theirs, 4)}


def _measure(who: str, url: str, work: str, count: int = 0) -> float:
    """Run one piece of work in a fresh process; its last line is the number."""
    done = subprocess.run(
        [sys.executable, "-m", f"bench.ledger_{who}", work, str(count)],
        env=os.environ | {"DATABASE_URL": url}, check=True, stdout=subprocess.PIPE, text=True,
    )
    return float(done.stdout.split()[-1])


def _table(result: dict[str, Any]) -> str:
    def line(title: str, key: str) -> str:
        row = result[key]
        return f"{title:<40}{row['heitu']:>12,.2f}{row['hordak']:>12,.2f}{row['ratio']:>10,.3f}{GOALS[key]:>10,g}"

    audit = result["audit_s"]
    return "\n".join([
        f"PostgreSQL {result['server']['server_version']}, fsync {result['server']['fsync']}, synchronous_commit"
        f" {result['server']['synchronous_commit']}, {result['cores']} cores, load {result['load']:.1f}",
        f"{'':<40}{'heitu':>12}{'hordak':>12}{'ratio':>10}{'goal':>10}",
        line("transfers/s, one per commit", "singly"),
        line("transfers/s, many per commit", "batch"),
        line("balance at 100,000 legs, ms", "balance_ms"),
        f"{'audit of ' + format(audit['rows'], ',') + ' transfers, s':<40}{audit['heitu']:>12,.2f}{'-':>12}{'-':>10}"
        f"{GOALS['audit_s'] if audit['rows'] == 1_000_000 else '-':>10}",
    ])
