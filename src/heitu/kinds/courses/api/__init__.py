"""Courses, adoptions and classes for programs."""

from ninja import Router

from heitu.kinds.courses.api import cells, classes, courses, labs, lms, textbooks

router = Router()
router.add_router("", courses.router)
router.add_router("", classes.router)
router.add_router("", labs.router)
router.add_router("", textbooks.router)
router.add_router("", cells.router)
router.add_router("", lms.router)
