"""`{% kept … %}`: parts of a page that are rendered once for what they show, and kept in memory for the next reader."""

from __future__ import annotations

from collections.abc import Hashable

from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils import timezone
from django.utils.safestring import SafeString

from heitu.ui.nodes import language_in

MOST = 8_000_000  # characters in all


class _Shelf:
    """What was rendered, by what it shows; emptied when it is full."""

    def __init__(self) -> None:
        self.parts: dict[Hashable, SafeString] = {}
        self.size = 0

    def put(self, key: Hashable, part: SafeString) -> SafeString:
        if self.size + len(part) > MOST:
            self.parts, self.size = {}, 0
        self.parts[key] = part
        self.size += len(part)
        return part


_shelf = _Shelf()


class Kept(Node):
    """Renders its inside only for values that it hasn't met; language and time zone always count among them."""

    def __init__(self, inside: NodeList, values: list[FilterExpression]) -> None:
        self.nodelist, self.values = inside, values

    def render(self, context: Context) -> SafeString:
        key = (
            self, language_in(context), timezone.get_current_timezone_name(),
            *(value.resolve(context) for value in self.values),
        )
        found = _shelf.parts.get(key)
        return found if found is not None else _shelf.put(key, self.nodelist.render(context))


def kept(parser: Parser, token: Token) -> Kept:
    """`{% kept value … %} … {% endkept %}`: the values must tell apart everything that is shown inside.

    They are compared by value, so a Text or a word does, a row of the database doesn't. Nothing inside may depend on
    who asks, unless that is named too, and there may be no form: its token is one person's.
    """
    values = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    inside = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(inside, values)
