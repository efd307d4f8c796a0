"""A loopback proxy that adds the bearer header, for a conformance suite that cannot send one."""

from __future__ import annotations

import http.client
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Iterator
from urllib.parse import urlsplit


class Server(ThreadingHTTPServer):
    """Clients that are killed while they wait are no news."""

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Proxy:
    """Knows its own address before it knows whom it stands for: the server is told of it at its start."""

    def __init__(self) -> None:
        self.target = ""
        self.key = ""
        self.server = Server(("127.0.0.1", 0), self._handler())
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"

    def _handler(proxy) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length)
                target = urlsplit(proxy.target)
                upstream = http.client.HTTPConnection(target.hostname, target.port, timeout=60)
                # Every header as it came, Host and Origin above all: the suite tests what the server makes of them.
                upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    if name.lower() not in ("authorization", "connection", "content-length", "transfer-encoding"):
                        upstream.putheader(name, value)
                upstream.putheader("Authorization", f"Bearer {proxy.key}")
                upstream.putheader("Content-Length", str(len(body)))
                upstream.endheaders(body)
                answer = upstream.getresponse()
                content = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("connection", "content-length", "transfer-encoding", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                upstream.close()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = do_OPTIONS = forward

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@contextmanager
def running() -> Iterator[Proxy]:
    """The proxy, serving until the block ends."""
    proxy = Proxy()
    threading.Thread(target=proxy.server.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.server.shutdown()
