"""What the demo world does once its workers have begun."""

from __future__ import annotations

from procrastinate.contrib.django import app

from heitu.ground.core import clock
from heitu.ground.core.queue import job
from heitu.kinds.courses.models import Offering
from heitu.site.demo.teaching import go_on, is_graded

LONGEST_WAIT = 600  # seconds


@app.task(name="demo.go_on")
def go_on_teaching(offering_id: int, tries: int = 0) -> bool:
    """Once the class's labs are graded its teacher goes on; until then look again, ever less often. Safe to run twice."""
    offering = Offering.objects.select_related("version").get(pk=offering_id)
    if is_graded(offering):
        go_on(offering, clock.now())
        return True
    wait = {"seconds": min(4 + tries, LONGEST_WAIT)}
    job("demo.go_on", schedule_in=wait).defer(offering_id=offering_id, tries=tries + 1)
    return False
