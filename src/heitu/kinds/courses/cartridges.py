"""A version of a course as a Common Cartridge, made once and kept among the uploads: a version never changes."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from heitu.kinds.courses.models import CourseVersion, Offering

EDITION = 1  # raise it when the cartridge of the same course changes


def kept_cartridge(version: CourseVersion, offering: Offering | None = None) -> File[bytes]:
    """The zip, opened. Of a class, links lead to the class's labs."""
    site = str(settings.SITE_URL).rstrip("/")
    told = f"{EDITION} {version.digest} {site} {offering.pk if offering else ''}"
    path = f"cartridges/{hashlib.sha256(told.encode()).hexdigest()[:32]}.imscc"
    if not default_storage.exists(path):
        path = default_storage.save(path, ContentFile(_made(version, site, offering)))
    return default_storage.open(path)


def _made(version: CourseVersion, site: str, offering: Offering | None) -> bytes:
    from heitu.kinds.courses.pack.reading import CourseFolder
    from heitu.kinds.courses.trade.giving import Place, cartridge  # docutils takes half a second to import

    files = {file.path: bytes(file.content) for file in version.files.all()}
    course = CourseFolder(version.course.slug, version.manifest, files, version_line=0)
    return cartridge(course, Place(site, offering.pk if offering else None))
