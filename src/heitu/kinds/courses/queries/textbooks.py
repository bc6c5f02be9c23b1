"""One textbook: its editions, and who reads which of them, in every course that lists the same book."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from heitu.kinds.courses.models import CourseVersion
from heitu.kinds.courses.pack.manifest import Edition, Textbook, Unit
from heitu.kinds.courses.queries.courses import BookUse, textbooks


@dataclass(frozen=True)
class Reader:
    """A unit that reads chapters of an edition."""

    version: CourseVersion
    unit: Unit
    chapters: str


@dataclass(frozen=True)
class EditionUse:
    edition: Edition
    readers: list[Reader]


@dataclass(frozen=True)
class BookPage:
    """`editions` newest first; `behind` are readers of an edition that isn't the newest."""

    use: BookUse
    editions: list[EditionUse]

    @property
    def book(self) -> Textbook:
        return self.use.book

    @property
    def behind(self) -> list[Reader]:
        return [reader for each in self.editions[1:] for reader in each.readers]


def book_page(slug: str, book: str) -> BookPage | None:
    """The book of that id in the current version of the course; one query."""
    uses = textbooks()
    here = next((use for use in uses if use.version.course.slug == slug and use.book.id == book), None)
    if here is None:
        return None
    same = [here, *(use for use in uses if use is not here and _is_same(use.book, here.book))]
    editions = {each.edition: each for use in reversed(same) for each in use.book.editions}
    readers = [(number, reader) for use in same for number, reader in _readers(use)]
    return BookPage(here, [
        EditionUse(editions[number], [reader for read, reader in readers if read == number])
        for number in sorted(editions, reverse=True)
    ])


def _readers(use: BookUse) -> Iterator[tuple[int, Reader]]:
    for unit, edition, chapters in use.readers:
        yield edition, Reader(use.version, unit, chapters)


def _is_same(one: Textbook, other: Textbook) -> bool:
    """By an ISBN that both list, or by title and publisher: a book's id is each course's own."""
    numbers, others = (_numbers(book) for book in (one, other))
    return bool(numbers & others) or (one.title, one.publisher) == (other.title, other.publisher)


def _numbers(book: Textbook) -> set[str]:
    return {each.isbn.replace("-", "") for each in book.editions if each.isbn}

