"""The tags and filters that every template has without loading them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from heitu.ground.core import clock
from heitu.ground.core.money import format_yuan
from heitu.ground.core.text import Text, language_of
from heitu.ui import dates, forms, kept, nodes, shelf

register = template.Library()


register.tag("t", nodes.sentence)
register.tag("text", nodes.text)
register.tag("kept", kept.kept)


@register.filter
def yuan(fen: int | str | None) -> str:
    """6800000 → "68,000.00"; nothing for None."""
    return "" if fen is None or fen == "" else format_yuan(int(fen))


@register.filter
def number(value: float | str | None) -> str:
    """12345 → "12,345", with the decimals that it has; an en dash for None."""
    return "–" if value is None or isinstance(value, str) else f"{value:,}"


@register.filter
def ago(moment: datetime | None, now: datetime | None = None) -> SafeString:
    """How far from now: 3 天前 / in 6 days. The exact moment stands in the title."""
    if not moment:
        return SafeString("")
    language = language_of(get_language())
    words = dates.distance(moment, now=now or clock.now(), language=language)
    return _time(moment, words, title=dates.moment(moment, language=language))


@register.filter
def when(moment: datetime | None) -> SafeString:
    """2026年3月19日 14:05 / 19 Mar 2026, 14:05, in the reader's zone."""
    return _time(moment, dates.moment(moment, language=language_of(get_language()))) if moment else SafeString("")


@register.filter
def day(moment: datetime | date | None, now: datetime | None = None) -> SafeString:
    """3月19日 / 19 Mar; with the year where it isn't this one."""
    if not moment:
        return SafeString("")
    return _time(moment, dates.day(moment, now=now or clock.now(), language=language_of(get_language())))


def _time(moment: datetime | date, words: str, title: str = "") -> SafeString:
    """Every part is made of digits and our own words, so nothing here needs escaping."""
    named = f' title="{title}"' if title else ""
    return SafeString(f'<time datetime="{moment.isoformat()}"{named}>{words}</time>')


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """This page's query string with some parameters changed: `{% query page=3 %}` → "?q=a&page=3". None drops one."""
    request = context.get("request")
    parameters = request.GET.copy() if request else _no_parameters()
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


def _no_parameters() -> Any:
    from django.http import QueryDict

    return QueryDict(mutable=True)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One drawing of the sprite `ui/icons.svg`; decorative unless it has a label."""
    address = f"{static('ui/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)


@register.simple_tag(takes_context=True)
def options(context: template.Context, choices: Iterable[tuple[object, Text | str]], chosen: object = "") -> SafeString:
    """The `<option>`s of a select: (value, title) each. One tag, since a list's filters have a hundred of them."""
    page, mark = nodes.language_in(context), str(chosen)
    return format_html_join(
        "", '<option value="{}"{}>{}</option>',
        ((value, " selected" if str(value) == mark else "", nodes.words(title, page)) for value, title in choices),
    )


@register.simple_tag
def shares(first: float, second: float, total: float) -> dict[str, float]:
    """Two parts of a whole as per cent for a bar, and what is left: {first, second, rest}; never more than 100."""
    first, second, total = first or 0, second or 0, total or 0
    whole = max(total, first + second)
    if whole <= 0:
        return {"first": 0, "second": 0, "rest": total - first - second}
    return {
        "first": round(100 * max(first, 0) / whole, 2),
        "second": round(100 * max(second, 0) / whole, 2),
        "rest": total - first - second,
    }


@register.simple_tag(takes_context=True)
def svg_text(context: template.Context, value: Text | str) -> SafeString:
    """Like `text` but without a span, which SVG text can't hold."""
    return conditional_escape(value.in_(nodes.language_in(context)) if isinstance(value, Text) else value)


@register.simple_tag
def sum_of(first: float, second: float) -> float:
    return round(first + second, 3)


@register.filter
def initial(name: str) -> str:
    """What an avatar shows: 林致远 → 林, He Tian → H."""
    return str(name).strip()[:1].upper()


@register.filter
def passed(attrs: Any) -> SafeString:
    """The attributes given to a component that it doesn't declare itself, escaped, for its outermost element.

    Cotton's own rendering of `attrs` trusts a value that starts and ends with a quotation mark.
    """
    pairs = ((name, value) for name, value in attrs.attrs_dict().items() if value is not None and value is not False)
    return SafeString("".join(_attribute(name, value) for name, value in pairs))


def _attribute(name: str, value: object) -> str:
    return f" {escape(name)}" if value is True else format_html(' {}="{}"', name, value)


@register.simple_tag
def form_key() -> SafeString:
    """By which a form that is sent twice is done once."""
    return format_html('<input type="hidden" name="{}" value="{}">', forms.SENT, forms.new_key())


@register.simple_tag
def html_lang() -> str:
    return dates.HTML_LANG[language_of(get_language())]


@register.simple_tag
def stylesheet() -> str:
    """The address of the one stylesheet that all css files make together."""
    return shelf.address()
