"""The service, one request at a time."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from model import Bad, Model

MODEL = None


def load(content):
    global MODEL
    MODEL = Model(content)
    return 200, {"ready": True}


def predict(content):
    if MODEL is None:
        return 409, {"error": "no model yet: POST /model first"}
    name = content.get("id")
    if not isinstance(name, str):
        raise Bad("id must be a string")
    scores = MODEL.scores(MODEL.tokens(content))
    return 200, {"id": name, "label": int(np.argmax(scores)), "scores": scores.tolist()}


PATHS = {"/model": load, "/predict": predict}


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

    def do_GET(self):
        if self.path == "/health":
            self.say(200, {"ready": MODEL is not None})
        else:
            self.say(404, {"error": f"nothing at {self.path}"})

    def say(self, status, content):
        body = json.dumps(content).encode()
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
