"""A whole class hands in within a minute, endless loops among it: how long a hand-in takes, and until when each is graded.

    ./dev bench class_rush [--students 500] [--seconds 60] [--loops 10] [--course operator-development] [--without] [--json]

Serves a fresh world as `heitu up` does (two web workers, a worker for the queue and one for grading), and plays the students
over real HTTP on loopback: each posts the notebook at a random moment of the minute, then asks for the page's part that
tells of its place, as often as the page does, until it is graded. One in ten hands in what raises, one in ten an untouched
notebook, `--loops` of them an endless loop. `--without` plays the same class without loops first.

An honest student should wait about as long either way. The queue place that a page told should never rise.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.pages import served, session

MOST_WAIT = 600.0
TOKEN = "a" * 32  # against forged requests: cookie and form agree
BORDER = "class-rush"
FAULTY = {"loop": "while True:\n    pass", "raising": "raise ValueError('not today')"}
EVERY = re.compile(r'hx-trigger="every (\d+)s"')
AHEAD = re.compile(r"(\d+) before it")


@dataclass
class Student:
    """One student's hand-in, and what the page told of it: (seconds since, how many before it)."""

    cookie: str
    body: bytes
    kind: str
    at: float
    posted: float = 0.0
    graded: float = 0.0
    places: list[int] = field(default_factory=list)
    fault: str = ""

    @property
    def rises(self) -> int:
        """How often the place that it was told went up."""
        return sum(after > before for before, after in zip(self.places, self.places[1:], strict=False))


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="./dev bench class_rush", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--loops", type=int, default=10)
    parser.add_argument("--course", default="operator-development")
    parser.add_argument("--without", action="store_true", help="the same class without loops, too")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="heitu-rush-") as folder:
        os.chmod(folder, 0o755)
        os.environ.update(HEITU_HOME=str(Path(folder).resolve()), DJANGO_SETTINGS_MODULE="heitu.site.settings")
        rounds = [0, given.loops] if given.without else [given.loops]
        results = measure(Path(folder), given.course, given.students, given.seconds, rounds)
    print(json.dumps(results, indent=1) if given.json else "\n\n".join(map(table, results)))


def measure(home: Path, course: str, students: int, seconds: float, rounds: Sequence[int]) -> list[dict[str, Any]]:
    from heitu.ground.core import embedded

    with embedded.database(home):
        import django

        django.setup()
        offerings = a_class_for_each(course, len(rounds))
        classes = [of_class(each, students + 1, seconds, loops) for each, loops in zip(offerings, rounds, strict=True)]
        with served("default", "grade") as (port, _):
            return [
                play(port, f"/classes/{offering.pk}/labs/{lab_of(offering)}/", rows)
                for offering, rows in zip(offerings, classes, strict=True)
            ]


# The world


def a_class_for_each(course: str, number: int) -> list[Any]:
    """Classes of the pack's course, its first lab open."""
    from heitu.ground.core import clock
    from heitu.kinds.courses.actions.classes import set_deadlines
    from heitu.kinds.courses.actions.packs import load_course
    from heitu.site.setup import load_pack, migrate
    from tests import courses
    from tests.people import make_cast

    now, pack = clock.now(), Path("packs/ascend")
    migrate()
    load_pack(pack)
    cast = make_cast(now)
    version = load_course(folder=pack / "courses" / course, pack=pack.name, by=None, now=now)
    adoption = courses.an_adoption(version, cast, now=now)
    made = [courses.an_offering(adoption, cast, now=now, given=False) for _ in range(number)]
    for offering in made:
        dates = {lab_of(offering): (now - timedelta(hours=1), now + timedelta(days=7))}
        set_deadlines(offering=offering, deadlines=dates, by=cast.lin, now=now)
    return made


def lab_of(offering: Any) -> str:
    return str(offering.version.manifest.labs[0].id)


def of_class(offering: Any, students: int, seconds: float, loops: int) -> list[Student]:
    """Enrolled, signed in, each with a notebook and a moment to hand it in."""
    from heitu.ground.core import clock
    from heitu.kinds.courses.enums import Entry
    from heitu.kinds.courses.models import Enrolment
    from tests.factories import a_person

    draw, kinds = random.Random(20), ["loop"] * loops + ["raising"] * (students // 10) + ["empty"] * (students // 10)
    kinds += ["right"] * (students - len(kinds))
    draw.shuffle(kinds)
    kinds[-1], kinds[kinds.index("right")] = "right", kinds[-1]
    notebooks = {kind: notebook_of(offering, kind) for kind in set(kinds)}
    people = [a_person() for _ in kinds]
    Enrolment.objects.bulk_create([
        Enrolment(offering=offering, person=person, entry=Entry.FILE, joined_at=clock.now()) for person in people
    ])
    return [
        Student(session(person).strip(), multipart(notebooks[kind]), kind, draw.uniform(0, seconds))
        for person, kind in zip(people, kinds, strict=True)
    ]


def notebook_of(offering: Any, kind: str) -> bytes:
    """The students' notebook, solved, raising, looping or untouched."""
    from heitu.kinds.courses.queries import labs

    lab = lab_of(offering)
    notebook = json.loads(labs.release(offering.version_id, lab))
    solved = json.loads(labs.notebook_of(labs.class_source(offering, lab)))
    answers = {cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"]) for cell in solved["cells"] if is_answer(cell)}
    written = [cell for cell in notebook["cells"] if is_answer(cell) and cell["cell_type"] == "code" and kind != "empty"]
    for cell in written:
        cell["source"] = answers[cell["metadata"]["nbgrader"]["grade_id"]]
    if kind in FAULTY:
        written[0]["source"] = FAULTY[kind]
    return json.dumps(notebook).encode()


def is_answer(cell: dict[str, Any]) -> bool:
    return bool(cell["metadata"].get("nbgrader", {}).get("solution"))


def multipart(notebook: bytes) -> bytes:
    parts = (
        f'--{BORDER}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n--{BORDER}\r\n'
        'Content-Disposition: form-data; name="notebook"; filename="a.ipynb"\r\nContent-Type: application/json\r\n\r\n'
    )
    return parts.encode() + notebook + f"\r\n--{BORDER}--\r\n".encode()


# The minute


def play(port: int, door: str, everybody: list[Student]) -> dict[str, Any]:
    """The last one comes before the minute, alone: then the server and the workers are awake."""
    *students, first = everybody
    first.at = 0.0
    attend(port, door, first, time.monotonic())
    begun = time.monotonic()
    threads = [threading.Thread(target=attend, args=(port, door, each, begun)) for each in students]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults := [each.fault for each in students if each.fault]:
        print(f"not served or graded: {faults[:5]}", file=sys.stderr)
    return told(students, max(each.graded for each in students))


def attend(port: int, door: str, student: Student, begun: float) -> None:
    """Hand in at the student's moment, then look until it is graded; `graded` counts from the beginning of the minute."""
    time.sleep(max(0.0, begun + student.at - time.monotonic()))
    asked = time.monotonic()
    status, where = ask(port, "POST", door, student)
    student.posted = time.monotonic() - asked
    if status != 302:
        student.fault = f"{status} for the hand-in"
        return
    _, page = ask(port, "GET", where, student)
    asking = re.compile(rf'hx-get="({door}\d+/progress/[^"]*)"')
    while (found := asking.search(page)) and time.monotonic() - asked < MOST_WAIT:
        time.sleep(float(EVERY.findall(page)[0]))
        status, said = ask(port, "GET", found[1], student)
        if status != 204:  # which says that nothing has changed
            page = said
            student.places += map(int, AHEAD.findall(page))
    student.graded = time.monotonic() - begun
    student.fault = "" if "stat-value" in page else "not graded"


def ask(port: int, method: str, path: str, student: Student) -> tuple[int, str]:
    """Status, and the page or the address that it leads to."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request(method, path, student.body if method == "POST" else None, {
            "Cookie": f"{student.cookie.removeprefix('Cookie: ')}; csrftoken={TOKEN}", "Accept-Language": "en-GB",
            "Content-Type": f"multipart/form-data; boundary={BORDER}",
        })
        response = connection.getresponse()
        page = response.read().decode()
        return response.status, response.getheader("Location") or page
    finally:
        connection.close()


# What it came to


def told(students: list[Student], until: float) -> dict[str, Any]:
    honest = [each for each in students if each.kind != "loop"]
    waits = sorted(each.graded - each.at for each in honest if not each.fault)
    loops = [each.graded - each.at for each in students if each.kind == "loop" and not each.fault]
    posts = sorted(each.posted for each in students)
    return {
        "students": len(students), "loops": len(students) - len(honest), "faults": [each.fault for each in students if each.fault],
        "hand_ins_per_second": round(len(students) / max(each.at + each.posted for each in students), 1),
        "hand_in_ms": {"p50": ms(posts, 0.5), "p95": ms(posts, 0.95), "longest": ms(posts, 1.0)},
        "honest_wait_s": {
            "p50": round(statistics.median(waits), 1), "p95": round(at(waits, 0.95), 1), "longest": round(waits[-1], 1),
        },
        "loops_wait_s": round(max(loops), 1) if loops else None, "all_graded_after_s": round(until, 1),
        "told_a_place": sum(bool(each.places) for each in students), "places_that_rose": sum(each.rises for each in honest),
    }


def at(values: list[float], share: float) -> float:
    return values[int(share * (len(values) - 1))]


def ms(values: list[float], share: float) -> int:
    return round(at(values, share) * 1000)


def table(found: dict[str, Any]) -> str:
    post, wait = found["hand_in_ms"], found["honest_wait_s"]
    return "\n".join([
        f"{found['students']} students, {found['loops']} endless loops, {len(found['faults'])} not served or graded",
        f"  hand-ins          {found['hand_ins_per_second']}/s",
        f"  a hand-in         p50 {post['p50']} ms, p95 {post['p95']} ms, longest {post['longest']} ms",
        f"  honest until done p50 {wait['p50']} s, p95 {wait['p95']} s, longest {wait['longest']} s",
        f"  loops until done  {found['loops_wait_s'] or '–'} s; all graded {found['all_graded_after_s']} s after the first",
        f"  place in queue    told to {found['told_a_place']}, rose {found['places_that_rose']} times",
    ])
