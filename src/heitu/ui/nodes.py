"""The two tags that stand dozens of times on every page, as nodes of their own: a bilingual sentence, and a Text."""

from __future__ import annotations

from html import escape
from typing import Any, cast

from django.template.base import FilterExpression, Node, Parser, TextNode, Token, token_kwargs
from django.template.context import Context
from django.template.exceptions import TemplateSyntaxError
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from heitu.ground.core.text import Language, Text, language_of
from heitu.ui import dates
from heitu.ui.loaders import compiling_for


def language_in(context: Context) -> Language:
    """The page's language, asked once a rendering: Django's own answer takes longer than most tags."""
    kept = vars(context.render_context)
    if "heitu_language" not in kept:
        kept["heitu_language"] = language_of(get_language())
    return cast(Language, kept["heitu_language"])


class Sentence(Node):
    """Renders one of two sentences; `{name}` in either is replaced by the keyword of that name, escaped."""

    def __init__(self, zh: FilterExpression, en: FilterExpression, names: dict[str, Any], target: str | None) -> None:
        self.sentences = {"zh": _constant(zh), "en": _constant(en)}
        self.names = names
        self.target = target

    def render(self, context: Context) -> SafeString:
        sentence = self.sentences[language_in(context)]
        shown = sentence if isinstance(sentence, SafeString) else conditional_escape(sentence.resolve(context))
        if self.names:
            values = {name: conditional_escape(value.resolve(context)) for name, value in self.names.items()}
            shown = mark_safe(str(shown).format_map(values))
        if self.target is None:
            return shown
        context[self.target] = shown
        return SafeString("")


def _constant(sentence: FilterExpression) -> FilterExpression | SafeString:
    """A sentence written out in the template needs no resolving at each rendering."""
    is_written_out = isinstance(sentence.var, SafeString) and not sentence.filters
    return cast(SafeString, sentence.var) if is_written_out else sentence


def sentence(parser: Parser, token: Token) -> Node:
    """`{% t "中文" "English" %}`, with `name=value` for `{name}` in the sentences and `as name` to keep it.

    Where the language is known while the template is compiled, a sentence without names is text like any other.
    """
    bits, target = _target(token.split_contents()[1:])
    if len(bits) < 2:
        raise TemplateSyntaxError('t needs both languages: {% t "中文" "English" %}')
    rest = bits[2:]
    names = token_kwargs(rest, parser)
    if rest:
        raise TemplateSyntaxError(f"t understands name=value after the two sentences, not {rest[0]}")
    node = Sentence(parser.compile_filter(bits[0]), parser.compile_filter(bits[1]), names, target)
    language = compiling_for()
    fixed = node.sentences[language] if language else None
    return TextNode(fixed) if isinstance(fixed, SafeString) and not names and target is None else node


def _target(bits: list[str]) -> tuple[list[str], str | None]:
    """Take `as name` off the end."""
    return (bits[:-2], bits[-1]) if len(bits) > 2 and bits[-2] == "as" else (bits, None)


class Words(Node):
    """A bilingual text in the reader's language, or in the other one, which is empty where it is missing."""

    def __init__(self, value: FilterExpression, other: bool, target: str | None) -> None:
        self.value, self.other, self.target = value, other, target

    def render(self, context: Context) -> SafeString:
        shown = words(self.value.resolve(context), language_in(context), other=self.other)
        if self.target is None:
            return shown
        context[self.target] = shown
        return SafeString("")


def text(parser: Parser, token: Token) -> Words:
    """`{% text value %}`, `{% text value other=True %}`, and `as name` to keep it."""
    bits, target = _target(token.split_contents()[1:])
    if len(bits) not in (1, 2) or bits[1:] not in ([], ["other=True"]):
        raise TemplateSyntaxError("text understands one value, other=True and `as name`")
    return Words(parser.compile_filter(bits[0]), len(bits) == 2, target)


def words(value: Text | str | None, page: Language, *, other: bool = False) -> SafeString:
    """What is not in the page's language is wrapped in a span with its own `lang`."""
    if not isinstance(value, Text):
        return conditional_escape("" if value is None or other else value)
    if other:
        return _in_other(value, page)
    shown = value.language_shown(page)
    return SafeString(escape(value.in_(page))) if shown == page or not value else _marked(value.in_(page), shown)


def _in_other(value: Text, page: Language) -> SafeString:
    second: Language = "en" if page == "zh" else "zh"
    missing = value.language_shown(second) != second or value.zh == value.en
    return SafeString("") if missing else _marked(value.in_(second), second)


def _marked(said: str, language: Language) -> SafeString:
    return format_html('<span lang="{}">{}</span>', dates.HTML_LANG[language], said)
