"""What courses put onto the case page of an adoption or a grant of compute, and onto the call of a course."""

from __future__ import annotations

from typing import Any

from heitu.kinds.courses.queries.adoptions import course_of_call
from heitu.kinds.courses.queries.classes import minutes_in
from heitu.ui.panels import View, panel


@panel("adoption", template="courses/adoption_panel.html", order=20)
def adoption_panel(view: View) -> dict[str, Any] | None:
    """Where the adoption that the case was awarded goes on."""
    adoption = getattr(view.subject, "adoption", None)
    return {"adoption": adoption} if adoption else None


@panel("compute", template="courses/compute_panel.html", order=21)
def compute_panel(view: View) -> dict[str, Any] | None:
    award = getattr(view.subject, "compute_award", None)
    if award is None:
        return None
    return {"award": award, "left": minutes_in([award.account_code]).get(award.account_code, 0)}


@panel("course", template="courses/course_panel.html", order=10, page="call")
def course_panel(view: View) -> dict[str, Any] | None:
    """The course that the call is about."""
    if view.subject.programme != "course-adoption":
        return None
    course = course_of_call(view.subject)
    return {"course": course} if course else None
