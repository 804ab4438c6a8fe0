"""A real HTTP server on this machine that misbehaves as a test tells it to, then heals."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: 2026-01-30, when the baseline of 2026 came out.
PUBLISHED = 1769774400.0
Behaviour = Callable[["Handler", bytes], None]


class MisbehavingServer(ThreadingHTTPServer):
    """Serves bytes by path; each request to a path takes the next behaviour off its script."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.files: dict[str, bytes] = {}
        self.modified: dict[str, float] = {}
        self.scripts: dict[str, list[Behaviour]] = {}
        self.with_validators = True
        self.asked: list[tuple[str, dict[str, str]]] = []
        #: Set when a stalling answer is waiting; such answers end when `ending` is set.
        self.stalled = threading.Event()
        self.ending = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is nothing to talk about."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def put(self, path: str, content: bytes, *, sidecar: bool = False) -> None:
        """Publish a file, with NLM's ``.md5`` beside it if asked for."""
        self.files[path] = content
        if sidecar:
            name, md5 = path.rpartition("/")[2], hashlib.md5(content).hexdigest()
            self.files[f"{path}.md5"] = f"MD5({name})= {md5}\n".encode()

    def script(self, path: str, *behaviours: Behaviour) -> None:
        self.scripts[path] = list(behaviours)

    def requests_of(self, path: str) -> list[dict[str, str]]:
        """The headers of each request for a path."""
        return [headers for asked, headers in self.asked if asked == path]


class Handler(BaseHTTPRequestHandler):
    server: MisbehavingServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.asked.append((path, dict(self.headers.items())))
        script = self.server.scripts.get(path)
        behave = script.pop(0) if script else honest
        behave(self, self.server.files.get(path, b""))

    def start(self, status: int, length: int | None, **more: str) -> None:
        self.send_response(status)
        if self.server.with_validators and status in (200, 206):
            for name, value in self.validators().items():
                self.send_header(name, value)
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def validators(self) -> dict[str, str]:
        path = self.path.partition("?")[0]
        content = self.server.files.get(path, b"")
        time = self.server.modified.get(path, PUBLISHED)
        etag = f'"{hashlib.sha1(content).hexdigest()[:12]}"'
        return {"ETag": etag, "Last-Modified": formatdate(time, usegmt=True)}

    def drop(self) -> None:
        """Close the connection, whatever was promised."""
        self.wfile.flush()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def honest(handler: Handler, content: bytes) -> None:
    """Range, If-Range and If-Modified-Since as RFC 9110 has them."""
    path, headers = handler.path.partition("?")[0], handler.headers
    if path not in handler.server.files:
        return status(404)(handler, content)
    validators = handler.validators()
    since = headers.get("If-Modified-Since")
    time = handler.server.modified.get(path, PUBLISHED)
    if since and parsedate_to_datetime(since).timestamp() >= time:
        return status(304)(handler, b"")
    start = headers.get("Range", "")
    if start and headers.get("If-Range") in (None, *validators.values()):
        first, _, last = start.removeprefix("bytes=").partition("-")
        return part(int(first), int(last) if last else None)(handler, content)
    handler.start(200, len(content))
    handler.wfile.write(content)
    return None


def part(first: int, last: int | None = None) -> Behaviour:
    """A range, whatever was asked for."""

    def behave(handler: Handler, content: bytes) -> None:
        if first >= len(content):
            handler.start(416, 0, Content_Range=f"bytes */{len(content)}")
            return
        end = min(len(content) - 1 if last is None else last, len(content) - 1)
        shown = f"bytes {first}-{end}/{len(content)}"
        handler.start(206, end - first + 1, Content_Range=shown)
        handler.wfile.write(content[first : end + 1])

    return behave


def status(code: int, body: bytes = b"<html>no</html>", **headers: str) -> Behaviour:
    """An error, or a redirect with ``Location=``."""

    def behave(handler: Handler, _: bytes) -> None:
        length = 0 if code == 304 else len(body)
        handler.start(code, length, **headers)
        handler.wfile.write(body[:length])

    return behave


def page(handler: Handler, _: bytes) -> None:
    """An HTML page with status 200 and the type of a gzip file."""
    body = b"\n<!DOCTYPE html><html><body>Moved</body></html>"
    handler.start(200, len(body), Content_Type="application/gzip")
    handler.wfile.write(body)


def truncate(sent: int) -> Behaviour:
    """Promise everything (from where it was asked), send `sent` bytes, hang up."""

    def behave(handler: Handler, content: bytes) -> None:
        headers = handler.headers
        first = int(headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        if first:
            shown = f"bytes {first}-{len(content) - 1}/{len(content)}"
            handler.start(206, len(content) - first, Content_Range=shown)
        else:
            handler.start(200, len(content))
        handler.wfile.write(content[first : first + sent])
        handler.drop()

    return behave


def stall(sent: int) -> Behaviour:
    """Send `sent` bytes, then nothing until the test ends."""

    def behave(handler: Handler, content: bytes) -> None:
        handler.start(200, len(content))
        handler.wfile.write(content[:sent])
        handler.wfile.flush()
        handler.server.stalled.set()
        handler.server.ending.wait()
        handler.drop()

    return behave


def whole(handler: Handler, content: bytes) -> None:
    """The whole file, as if no range had been asked for."""
    handler.start(200, len(content))
    handler.wfile.write(content)


def lying_length(difference: int) -> Behaviour:
    """A Content-Length that is wrong by `difference`; all bytes are sent."""

    def behave(handler: Handler, content: bytes) -> None:
        handler.start(200, len(content) + difference)
        handler.wfile.write(content)
        handler.drop()

    return behave


def garble(handler: Handler, _: bytes) -> None:
    """Something that is no HTTP."""
    handler.wfile.write(b"\0\1\2 220 mail.example.org ready\r\n\r\n")
    handler.drop()


def together(barrier: threading.Barrier) -> Behaviour:
    """Answer when as many requests as the barrier has parties wait at the same time."""

    def behave(handler: Handler, content: bytes) -> None:
        barrier.wait(timeout=10)
        honest(handler, content)

    return behave


@contextmanager
def misbehaving_server() -> Iterator[MisbehavingServer]:
    """A server that listens for the length of a block."""
    with MisbehavingServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server
        finally:
            server.ending.set()
            server.shutdown()
