"""Courses, adoptions and classes for programs."""

from ninja import Router

from heitu.kinds.courses.api import cells, classes, courses, labs, likenesses, lms, marking, regrades, textbooks

router = Router()
router.add_router("", courses.router)
router.add_router("", classes.router)
router.add_router("", labs.router)
router.add_router("", textbooks.router)
router.add_router("", cells.router)
router.add_router("", lms.router)
router.add_router("", regrades.router)
router.add_router("", marking.router)
router.add_router("", likenesses.router)
