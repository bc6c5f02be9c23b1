"""Textbooks and cartridges for programs."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from ninja import Router, Schema
from ninja.pagination import PageNumberPagination, paginate

from heitu.ground.core.text import Text
from heitu.kinds.courses.queries import courses
from heitu.kinds.courses.queries.courses import BookUse
from heitu.kinds.courses.queries.textbooks import BookPage, EditionUse, Reader, book_page
from heitu.kinds.courses.views import cartridges
from heitu.kinds.courses.views.shared import taught_class
from heitu.stages.calls.api import READ, visitor

router = Router(tags=["courses"], auth=[*READ, visitor])


class ReaderOut(Schema):
    course: str
    version: str
    unit: str
    title: Text
    chapters: str

    @staticmethod
    def resolve_course(reader: Reader) -> str:
        return reader.version.course.slug

    @staticmethod
    def resolve_version(reader: Reader) -> str:
        return reader.version.version

    @staticmethod
    def resolve_unit(reader: Reader) -> str:
        return reader.unit.id

    @staticmethod
    def resolve_title(reader: Reader) -> Text:
        return reader.unit.title


class EditionOut(Schema):
    """`changes` is what is new in it; `readers` are the units that read it, in every course that lists the book."""

    edition: int
    year: int
    isbn: str | None
    changes: Text
    readers: list[ReaderOut]

    @staticmethod
    def resolve_edition(use: EditionUse) -> int:
        return use.edition.edition

    @staticmethod
    def resolve_year(use: EditionUse) -> int:
        return use.edition.year

    @staticmethod
    def resolve_isbn(use: EditionUse) -> str | None:
        return use.edition.isbn

    @staticmethod
    def resolve_changes(use: EditionUse) -> Text:
        return use.edition.changes


class TextbookOut(Schema):
    course: str
    id: str
    title: Text
    authors: list[Text]
    publisher: Text
    newest: int

    @staticmethod
    def resolve_course(use: Any) -> str:
        return str(use.version.course.slug)

    @staticmethod
    def resolve_id(use: Any) -> str:
        return str(use.book.id)

    @staticmethod
    def resolve_title(use: Any) -> Any:
        return use.book.title

    @staticmethod
    def resolve_authors(use: Any) -> Any:
        return list(use.book.authors)

    @staticmethod
    def resolve_publisher(use: Any) -> Any:
        return use.book.publisher

    @staticmethod
    def resolve_newest(use: Any) -> int:
        return int(use.newest.edition)


class WholeTextbookOut(Schema):
    """`editions` newest first."""

    book: TextbookOut
    editions: list[EditionOut]

    @staticmethod
    def resolve_book(page: BookPage) -> BookUse:
        return page.use


@router.get("/textbooks", response=list[TextbookOut], summary="Textbooks")
@paginate(PageNumberPagination, page_size=25)
def textbook_list(request: HttpRequest, search: str = "") -> list[BookUse]:
    return courses.textbooks(search.strip())


@router.get("/courses/{slug}/textbooks/{book}", response=WholeTextbookOut, summary="A textbook, its editions and who reads them")
def textbook_detail(request: HttpRequest, slug: str, book: str) -> BookPage:
    found = book_page(slug, book)
    if found is None:
        raise Http404
    return found


@router.get("/courses/{slug}/versions/{version}/cartridge", summary="A course as an IMS Common Cartridge 1.3")
def course_cartridge(request: HttpRequest, slug: str, version: str) -> FileResponse:
    return cartridges.course_cartridge(request, slug, version)


@router.get("/classes/{int:pk}/cartridge", auth=READ, summary="A class's course as an IMS Common Cartridge 1.3")
def class_cartridge(request: HttpRequest, pk: int) -> FileResponse:
    """Its links lead to the class's labs; for the class's teachers."""
    offering, _ = taught_class(request, pk)
    return cartridges.cartridge_response(offering.version, offering)
