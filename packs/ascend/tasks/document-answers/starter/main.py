"""Where to begin: the paths answer, but nothing is found yet."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

READER = None


class Reader:
    def __init__(self, documents):
        """documents: [{"id": …, "title": …, "text": …}]"""

    def answer(self, question, k):
        """Ids of supporting documents, best first and at most k; and the answer, empty where no document tells."""
        return [], ""


class Bad(ValueError):
    """A request that can't be answered; the words say why."""


def index(content):
    global READER
    documents = content.get("documents")
    if not isinstance(documents, list):
        raise Bad("documents must be an array")
    for each in documents:
        if not isinstance(each, dict) or not all(isinstance(each.get(name), str) for name in ("id", "title", "text")):
            raise Bad("each document must have id, title and text")
    READER = Reader(documents)
    return 200, {"documents": len(documents)}


def ask(content):
    reader = READER
    if reader is None:
        return 409, {"error": "no documents yet: POST /index first"}
    question, k = content.get("question"), content.get("k", 5)
    if not isinstance(question, str) or not question.strip():
        raise Bad("question must be a string that isn't empty")
    if type(k) is not int or not 0 < k <= 50:
        raise Bad("k must be an integer from 1 to 50")
    documents, answer = reader.answer(question, k)
    return 200, {"documents": documents, "answer": answer}


PATHS = {"/index": index, "/ask": ask}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        work = PATHS.get(self.path)
        if work is None:
            return self.say(404, {"error": f"nothing at {self.path}"})
        try:
            content = json.loads(body)
            if not isinstance(content, dict):
                raise Bad("the body must be an object")
            self.say(*work(content))
        except ValueError as error:
            self.say(400, {"error": str(error)})

    def say(self, status, content):
        body = json.dumps(content, ensure_ascii=False).encode()
        head = f"HTTP/1.1 {status} \r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.close_connection = True
        self.wfile.write(head.encode() + body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


if __name__ == "__main__":
    Server(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
