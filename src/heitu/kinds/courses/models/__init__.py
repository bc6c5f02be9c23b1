"""Courses as packs bring them; who adopted them; the classes that learn from them; and their marks."""

from heitu.kinds.courses.models.adoptions import Adoption, ComputeAward, CourseCall, Uptake
from heitu.kinds.courses.models.classes import Deadline, Enrolment, Extension, Offering, RosterRun
from heitu.kinds.courses.models.grades import Grade, GradeChange, GradeItem, LabSubmission, Score
from heitu.kinds.courses.models.likenesses import Comparison
from heitu.kinds.courses.models.packs import Course, CourseFile, CourseVersion, UnitPage
from heitu.kinds.courses.models.regrades import Regrade, Revision
from heitu.kinds.courses.models.rubrics import RubricItem, RubricUse, Snippet

__all__ = [
    "Adoption", "Comparison", "ComputeAward", "Course", "CourseCall", "CourseFile", "CourseVersion", "Deadline",
    "Enrolment", "Extension", "Grade", "GradeChange", "GradeItem", "LabSubmission", "Offering", "Regrade",
    "Revision", "RosterRun", "RubricItem", "RubricUse", "Score", "Snippet", "UnitPage", "Uptake",
]
