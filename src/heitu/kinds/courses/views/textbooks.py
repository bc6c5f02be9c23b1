"""Textbooks: all of them, and one with its editions and who reads which."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from heitu.kinds.courses.queries import courses
from heitu.kinds.courses.queries.textbooks import book_page
from heitu.ui.pages import paginate


@require_safe
def textbook_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    page = paginate(request, courses.textbooks(search), per_page=20)
    return render(request, "courses/textbooks.html", {"page": page, "search": search})


@require_safe
def textbook_detail(request: HttpRequest, slug: str, book: str) -> HttpResponse:
    found = book_page(slug, book)
    if found is None:
        raise Http404
    return render(request, "courses/textbook.html", {"page": found, "book": found.book, "version": found.use.version})
