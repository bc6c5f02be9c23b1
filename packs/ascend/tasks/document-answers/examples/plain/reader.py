"""Finds the documents that fit a question, and takes the answer from the sentence that shares
most with what the question asks beside the document's title."""

import re

from ranking import Ranking, terms

_VALUE = re.compile(r"(?:是|为)(.+)$")


class Reader:
    def __init__(self, documents):
        self._ids = [each["id"] for each in documents]
        self._titles = [each["title"] for each in documents]
        self._sentences = [re.split("[。！？]", each["text"]) for each in documents]
        self._ranking = Ranking([f"{each['title']}。{each['text']}" for each in documents])

    def answer(self, question, k):
        order = self._ranking.best(question)[:k]
        if not order:
            return [], ""
        asked = set(terms(question)) - set(terms(self._titles[order[0]]))
        sentence = max(self._sentences[order[0]], key=lambda each: len(asked & set(terms(each))))
        value = _VALUE.search(sentence)
        return [self._ids[n] for n in order], value[1] if value else sentence
