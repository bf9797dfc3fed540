"""A server of language models on this machine: real HTTP, and every way to answer wrongly."""

import http.server
import json
import threading


class ChatServer:
    """Runs in a thread from the moment it is made until `stop`.

    `reply` is what the model says, or a function that answers a request by itself.
    """

    def __init__(self, reply="Most praise the courier."):
        self.reply = reply
        self.bodies, self.headers, self.paths = [], [], []
        # Held by a test that wants an answer to wait.
        self.gate = threading.Event()
        self.gate.set()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                server.bodies.append(body)
                server.headers.append({k.lower(): v for k, v in self.headers.items()})
                server.paths.append(self.path)
                server.gate.wait(60)
                try:
                    if callable(server.reply):
                        server.reply(self)
                    else:
                        self.say(200, chat(server.reply))
                except OSError:
                    pass  # Who asked has left.

            def do_GET(self):
                server.paths.append(self.path)
                self.say(404, b"")

            def say(self, status, body, **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_address[1]}/v1"

    def stop(self):
        self.gate.set()
        self.http.shutdown()
        self.http.server_close()


def chat(text, reason="stop"):
    """The body of a completed chat."""
    message = {"role": "assistant", "content": text}
    return json.dumps(
        {"object": "chat.completion",
         "choices": [{"index": 0, "message": message, "finish_reason": reason}]}).encode()


def endless(handler):
    """Answers with far more than a model writes."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(1600):
        handler.wfile.write(b"x" * 65_536)
