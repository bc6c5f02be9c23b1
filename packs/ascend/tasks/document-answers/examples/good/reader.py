"""Whom a question is about, by names and aliases; what it is after, by its words; then the sentence that says so."""

import re

from ranking import Ranking
from words import aspect, value

_ALIAS = re.compile(r"^(\w+?)，(?:又称|又名|也叫|别名)(\w+)。")
_TITLE = re.compile(r"(?:的?简介|介绍|概况)$")


class Reader:
    def __init__(self, documents):
        self._ids = [each["id"] for each in documents]
        self._names = [names(each) for each in documents]
        self._sentences = [re.split("[。！？]", each["text"]) for each in documents]
        self._ranking = Ranking([f"{each['title']}。{each['text']}" for each in documents])

    def answer(self, question, k):
        order = self._ranking.best(question)
        about = max(range(len(self._ids)), key=lambda n: self._named(n, question), default=None)
        if about is None:
            return [], ""
        if self._named(about, question):
            order = [about, *(n for n in order if n != about)]
            return [self._ids[n] for n in order[:k]], self._said(about, question)
        return [self._ids[n] for n in order[:k]], ""

    def _named(self, number, question):
        """How long a name of the document's subject stands in the question."""
        return max((len(name) for name in self._names[number] if name in question), default=0)

    def _said(self, number, question):
        wanted = aspect(question)
        for sentence in self._sentences[number] if wanted else ():
            if not self._is_of_another(number, sentence) and (found := value(sentence, *wanted)):
                return found
        return ""

    def _is_of_another(self, number, sentence):
        """Names the subject of another document, which isn't just part of our own name."""
        rest = sentence
        for name in self._names[number]:
            rest = rest.replace(name, "")
        others = (name for n, names in enumerate(self._names) if n != number for name in names)
        return any(name in rest for name in others)


def names(document):
    """The title's subject, and what the text begins with: `name，又称alias。`"""
    found = {_TITLE.sub("", document["title"])}
    alias = _ALIAS.match(document["text"])
    return sorted(name for name in found | set(alias.groups() if alias else ()) if name)
