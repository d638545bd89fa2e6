"""A network between a client and an endpoint that can be cut, and that can refuse requests as AWS does when busy."""

import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class FaultyNetwork:
    """Passes requests on to an endpoint, as they are: signatures stay right, since the Host header does.

    Parameters
    ----------
    endpoint : str
        The URL of the endpoint.
    """

    def __init__(self, endpoint: str):
        self.address = urlsplit(endpoint).netloc
        self.cut = False
        """Whether it swallows requests and answers, as a network does that is lost: no connection is refused."""
        self._closed = threading.Event()
        self.refusals: dict[str, int] = {}
        """Glue action, such as ``CreateSession`` -> how many more of its requests are refused."""
        self.refusal = "ThrottlingException"
        self.seen: list[str] = []
        network = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                network.pass_on(self)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self._closed.set()
        self.server.shutdown()
        self.server.server_close()

    def pass_on(self, request: BaseHTTPRequestHandler):
        body = self._body(request)
        action = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        self.seen.append(action)
        if self.cut:
            self._swallow(request)
            return
        if self.refusals.get(action, 0) > 0:
            self.refusals[action] -= 1
            answer = json.dumps({"__type": self.refusal, "message": "Rate exceeded"}).encode()
            self._reply(request, 400, [("Content-Type", "application/x-amz-json-1.1")], answer)
            return
        there = http.client.HTTPConnection(self.address, timeout=120)
        try:
            there.putrequest(request.command, request.path, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers.items():
                if name.lower() not in ("transfer-encoding", "expect", "connection", "content-length"):
                    there.putheader(name, value)
            there.putheader("Content-Length", str(len(body)))
            there.endheaders(body)
            answer = there.getresponse()
            content = answer.read()
        finally:
            there.close()
        if self.cut:
            self._swallow(request)
            return
        self._reply(request, answer.status, answer.getheaders(), content)

    def _swallow(self, request: BaseHTTPRequestHandler):
        self._closed.wait()
        request.close_connection = True

    def _body(self, request: BaseHTTPRequestHandler) -> bytes:
        if request.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return request.rfile.read(int(request.headers.get("Content-Length", 0)))
        parts = []
        while size := int(request.rfile.readline().split(b";")[0], 16):
            parts.append(request.rfile.read(size))
            request.rfile.readline()
        request.rfile.readline()
        return b"".join(parts)

    def _reply(self, request: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], content: bytes):
        request.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                request.send_header(name, value)
        length = {name.lower(): value for name, value in headers}.get("content-length", str(len(content)))
        request.send_header("Content-Length", length if request.command == "HEAD" else str(len(content)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(content)
