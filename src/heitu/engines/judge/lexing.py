"""Source text as a row of tokens in which names, literals, comments and layout no longer count.

Renaming, reformatting and commenting change nothing here. Names that aren't the writer's to choose, such as those of
a library's functions, stay as they are: without them all array code would look alike.
"""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

SUFFIXES = (".py", ".cpp", ".h", ".hpp")
MOST_COLUMNS = 4000
NAME, NUMBER, TEXT, END, DEEPER, BACK = "name", "number", "text", "end", "{", "}"


class Token(NamedTuple):
    """What is left of one token, and the lines that it stands on, counted from 1."""

    kind: str
    first: int
    last: int


def tokens_of(name: str, content: bytes) -> list[Token]:
    """The tokens of a file by its ending; none where the ending is of no language that we read.

    Of a line only the first MOST_COLUMNS are read: some tokenizers copy the line for each of its tokens.
    """
    lines = content.decode("utf-8", "replace").replace("\0", " ").split("\n")
    text = "\n".join(line[:MOST_COLUMNS] for line in lines)
    if name.endswith(".py"):
        return list(_without_docstrings(list(_python(text))))
    return list(_native(text)) if name.endswith(SUFFIXES) else []


# Python

Read = tuple[int, str, tuple[int, int], tuple[int, int]]  # type, text, start, end
_LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER}
_ALIKE = {
    tokenize.NEWLINE: END, tokenize.INDENT: DEEPER, tokenize.DEDENT: BACK, tokenize.NUMBER: NUMBER, tokenize.STRING: TEXT,
}


def _python(text: str) -> Iterator[Token]:
    found = [each[:4] for each in _readable(text) if each[0] not in _LAYOUT]
    own = _own_names(found)
    before, line, quoted = "", 1, 0
    for kind, word, (first, _), (last, _) in found:
        quoted += kind in _OPENING
        if quoted == 0:
            is_back = kind == tokenize.DEDENT  # which the tokenizer sees only at the next statement
            yield Token(_python_kind(kind, word, before, own), line if is_back else first, line if is_back else last)
            before, line = word, line if is_back else last
        elif kind in _CLOSING:
            quoted -= 1
            if quoted == 0:
                yield Token(TEXT, first, last)


def _types(*names: str) -> set[int]:
    return {getattr(tokenize, name) for name in names if hasattr(tokenize, name)}


# From 3.12 on a formatted string is several tokens.
_OPENING, _CLOSING = _types("FSTRING_START", "TSTRING_START"), _types("FSTRING_END", "TSTRING_END")


def _readable(text: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens up to the place where the text stops being Python."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(text).readline)
    except (tokenize.TokenError, SyntaxError):
        return


def _own_names(found: list[Read]) -> set[str]:
    """Names that the file itself gives to functions, classes and attributes."""
    words = [each[1] for each in found]
    defined = {name for word, name in pairwise(words) if word in ("def", "class")}
    return defined | {name for one, dot, name in zip(words, words[1:], words[2:], strict=False) if (one, dot) == ("self", ".")}


def _python_kind(kind: int, word: str, before: str, own: set[str]) -> str:
    if kind == tokenize.NAME:
        is_kept = keyword.iskeyword(word) or (before == "." and word not in own)
        return word if is_kept else NAME
    return END if word == ";" else _ALIKE.get(kind, word)


def _without_docstrings(tokens: list[Token]) -> Iterator[Token]:
    """Texts that are statements of their own say nothing to the machine."""
    kinds = [END, *(token[0] for token in tokens), END]
    for number, token in enumerate(tokens, start=1):
        if kinds[number] != TEXT or kinds[number - 1] not in _STARTS or kinds[number + 1] != END:
            yield token


_STARTS = {END, DEEPER, BACK}


# C++

_NATIVE = re.compile(
    r"""
    (?P<layout>\s+|//(?:\\\n|[^\n])*|/\*.*?(?:\*/|\Z)|\#[ \t]*(?:include|pragma)\b(?:\\\n|[^\n])*|\\\n)
    |(?P<text>(?:u8|[uUL])?R"(?P<fence>[^()\\\s]{0,16})\(.*?(?:\)(?P=fence)"|\Z)|(?:u8|[uUL])?"(?:\\.|[^"\\\n])*"?)
    |(?P<number>(?:\.?\d)(?:[eEpP][+-]|'(?=\w)|[\w.])*|(?:u8|[uUL])?'(?:\\.|[^'\\\n])+'?)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<mark><<=|>>=|<=>|\.\.\.|->\*|::|->|\+\+|--|&&|\|\||[-+*/%&|^!=<>]=|.)
    """,
    re.X | re.S,
)
_RESERVED = (
    "alignas alignof asm auto bool break case catch char class const constexpr const_cast continue decltype default "
    "delete do double dynamic_cast else enum explicit extern false float for friend goto if inline int long mutable "
    "namespace new noexcept nullptr operator private protected public register reinterpret_cast return short signed "
    "sizeof static static_assert static_cast struct switch template this throw true try typedef typename union "
    "unsigned using virtual void volatile while int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t "
    "size_t _Float16 define ifdef ifndef endif"
)
_KEYWORDS = frozenset(_RESERVED.split())
_FIXED = ("_mm", "__builtin")  # the compiler's own functions


def _native(text: str) -> Iterator[Token]:
    line, before = 1, ""
    for found in _NATIVE.finditer(text):
        group, word = found.lastgroup, found[0]
        first = line
        if group in _MANY_LINES:
            line += word.count("\n")
        if group == "word":
            is_kept = word in _KEYWORDS or before == "::" or word.startswith(_FIXED)
            yield Token(word if is_kept else NAME, first, line)
        elif group != "layout":
            yield Token(_LITERALS.get(group or "", word), first, line)
        before = before if group == "layout" else word


_MANY_LINES = {"layout", "text"}
_LITERALS = {"text": TEXT, "number": NUMBER}
