"""Run in otter's environment: `by_otter_assign.py SOURCE.ipynb…` makes each source's autograder and grades by it the
author's own solution and the notebooks in `submitted/` beside the source; prints scores by source as JSON."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path

from otter.api import grade_submission
from otter.assign import main as assign


def scores(source: Path) -> dict[str, dict[str, list[float]]]:
    made = source.parent / "made"
    assign(str(source), str(made), no_pdfs=True, no_run_tests=True)
    (packed,) = (made / "autograder").glob("*.zip")
    found = {}
    for path in (made / "autograder" / source.name, *(source.parent / "submitted").glob("*.ipynb")):
        with contextlib.redirect_stdout(io.StringIO()):
            results = grade_submission(str(path), str(packed), quiet=True).results
        found[path.stem] = {name: [test.score, test.possible] for name, test in results.items()}
    return found


sources = [Path(each).resolve() for each in sys.argv[1:]]
print("\n" + json.dumps({source.parent.name: scores(source) for source in sources}))
