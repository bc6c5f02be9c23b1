"""Courses as packs bring them; who adopted them; the classes that learn from them; and their marks."""

from heitu.kinds.courses.models.adoptions import Adoption, ComputeAward, CourseCall, Uptake
from heitu.kinds.courses.models.classes import Deadline, Enrolment, Extension, Offering, RosterRun
from heitu.kinds.courses.models.grades import Grade, GradeChange, GradeItem, LabSubmission, Score
from heitu.kinds.courses.models.likenesses import Comparison
from heitu.kinds.courses.models.lms import LmsClass, LmsLab, RosterReading
from heitu.kinds.courses.models.machines import GradingMachine
from heitu.kinds.courses.models.packs import Course, CourseFile, CourseVersion, UnitPage
from heitu.kinds.courses.models.regrades import Regrade, Revision
from heitu.kinds.courses.models.rubrics import RubricItem, RubricUse, Snippet
from heitu.kinds.courses.models.sessions import CellRun, LabCopy, LabDraft, LabSession, SessionHost

__all__ = [
    "Adoption", "CellRun", "Comparison", "ComputeAward", "Course", "CourseCall", "CourseFile", "CourseVersion",
    "Deadline", "Enrolment", "Extension", "Grade", "GradeChange", "GradeItem", "GradingMachine", "LabCopy", "LabDraft",
    "LabSession", "LabSubmission", "LmsClass", "LmsLab", "Offering", "Regrade", "Revision", "RosterReading", "RosterRun", "RubricItem",
    "RubricUse", "Score", "SessionHost", "Snippet", "UnitPage", "Uptake",
]
