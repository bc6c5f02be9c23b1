"""Where to begin: the paths answer, but nothing is predicted yet."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODEL = None


def load(content):
    # content: embedding [64, 64], recurrent [32, 64], bias [64], output [32, 8], offset [8]
    global MODEL
    MODEL = content
    return 200, {"ready": True}


def predict(content):
    # content: {"id": string, "tokens": [integers from 0 to 63]}
    return 200, {"id": content["id"], "label": 0, "scores": [0.0] * 8}


PATHS = {"/model": load, "/predict": predict}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        work = PATHS.get(self.path)
        if work is None:
            return self.say(404, {"error": f"nothing at {self.path}"})
        try:
            content = json.loads(body)
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
