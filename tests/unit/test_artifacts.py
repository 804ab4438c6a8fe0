"""Neo4j's jars: fetched whole or not at all, from a real HTTP server that misbehaves on demand."""

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from citemesh.errors import ServerError
from citemesh.graph import artifacts, maven

POM = (
    b'<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
    b"<groupId>g</groupId><artifactId>a</artifactId><version>1</version></project>"
)
JAR = bytes(range(256)) * 4096
PATHS = {"/g/a/1/a-1.pom": POM, "/g/a/1/a-1.jar": JAR}


class Repository(ThreadingHTTPServer):
    """A Maven repository with one artifact."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.damaged = False
        self.failures = 0
        self.stalled = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()


class Handler(BaseHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        content = PATHS.get(self.path.removesuffix(".sha1"))
        if content is None or self.server.failures:
            self.server.failures -= content is not None
            self.send_error(404 if content is None else 503)
            return
        if self.path.endswith(".sha1"):
            content = hashlib.sha1(content, usedforsecurity=False).hexdigest().encode()
        elif self.server.damaged and self.path.endswith(".jar"):
            content = content[:-1] + b"?"
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])
        self.server.stalled.set()
        self.server.go_on.wait()
        self.wfile.write(content[len(content) // 2 :])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def repository(monkeypatch) -> Iterator[Repository]:
    monkeypatch.setattr(maven, "PAUSE", 0.01)
    with Repository() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.go_on.set()
        server.shutdown()


def fetch(repository: Repository, folder: Path) -> list[Path]:
    context = maven.maven_context(folder, lambda _: None, repository.url)
    return [artifact.resolve() for artifact in maven.resolve(context, ("g:a:1",))]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_fetches_a_jar_and_its_pom(repository, tmp_path):
    [jar] = fetch(repository, tmp_path)
    assert jar.read_bytes() == JAR
    assert files(tmp_path) == ["a-1.jar", "a-1.pom"]


def test_passing_failures_are_tried_again(repository, tmp_path):
    repository.failures = maven.ATTEMPTS - 1
    assert fetch(repository, tmp_path)


def test_damaged_jar_is_an_error_and_leaves_nothing(repository, tmp_path):
    repository.damaged = True
    with pytest.raises(maven.DamagedFileError, match=r"a-1\.jar"):
        fetch(repository, tmp_path)
    assert files(tmp_path) == ["a-1.pom"]


def test_killed_download_is_never_taken_for_a_jar(repository, tmp_path):
    program = (
        "from pathlib import Path; import sys; from citemesh.graph import maven;"
        "c = maven.maven_context(Path(sys.argv[1]), print, sys.argv[2]);"
        "[a.resolve() for a in maven.resolve(c, ('g:a:1',))]"
    )
    repository.go_on.clear()
    child = subprocess.Popen([sys.executable, "-c", program, str(tmp_path), repository.url])
    try:
        assert repository.stalled.wait(60)
    finally:
        child.kill()
        child.wait()
    assert not [name for name in files(tmp_path) if not name.endswith(".partial")]
    repository.go_on.set()
    maven.remove_damaged(tmp_path, {})
    assert [jar.read_bytes() for jar in fetch(repository, tmp_path)] == [JAR]
    assert files(tmp_path) == ["a-1.jar", "a-1.pom"]


def test_stamp_is_believed_only_while_every_jar_is_whole(tmp_path):
    jar = tmp_path / "x.jar"
    jar.write_bytes(b"12345")
    stamp = {"coordinates": list(artifacts.COORDINATES), "jars": {"x.jar": 5}}
    (tmp_path / artifacts.STAMP).write_text(json.dumps(stamp))
    assert artifacts.stamped_jars(tmp_path) == (jar,)
    jar.write_bytes(b"123")
    assert artifacts.stamped_jars(tmp_path) == ()
    maven.remove_damaged(tmp_path, artifacts.recorded_sizes(tmp_path))
    assert not jar.exists() and artifacts.stamped_jars(tmp_path) == ()
    (tmp_path / artifacts.STAMP).write_text("{half a st")
    assert artifacts.stamped_jars(tmp_path) == () and artifacts.recorded_sizes(tmp_path) == {}


def test_a_network_that_is_not_there_is_said_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(maven, "ATTEMPTS", 1)
    with pytest.raises(ServerError) as caught:
        artifacts.neo4j_jars()
    message = str(caught.value)
    assert "Maven Central" in message and "NEO4J_URI" in message and "\n" not in message


def test_neo4j_browser_is_fetched_apart_and_neo4j_not_again(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = artifacts.cache_folder()
    folder.mkdir(parents=True)
    (folder / "x.jar").write_bytes(b"12345")
    stamp = {"coordinates": list(artifacts.COORDINATES), "jars": {"x.jar": 5}}
    (folder / artifacts.STAMP).write_text(json.dumps(stamp))
    asked = []

    def download(_, wanted):
        asked.append(wanted.coordinates)
        (folder / "b.jar").write_bytes(b"123")
        return (folder / "b.jar",)

    monkeypatch.setattr(artifacts, "_download_all", download)
    assert artifacts.neo4j_jars() == (folder / "x.jar",)
    assert artifacts.browser_jars() == artifacts.browser_jars() == (folder / "b.jar",)
    assert asked == [artifacts.BROWSER.coordinates]
    assert artifacts.neo4j_jars() == (folder / "x.jar",), "without the other's jar"


def test_a_network_that_is_not_there_spoils_neither(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def no_network(*_):
        raise ConnectionError("no route to host")

    monkeypatch.setattr(maven, "resolve", no_network)
    with pytest.raises(ServerError, match=r"Neo4j Browser .* could not be fetched"):
        artifacts.browser_jars()
    assert not (artifacts.cache_folder() / artifacts.BROWSER.stamp).exists()


def test_what_has_arrived_needs_neither_jgo_nor_the_network(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = artifacts.cache_folder()
    folder.mkdir(parents=True)
    (folder / "x.jar").write_bytes(b"12345")
    stamp = {"coordinates": list(artifacts.COORDINATES), "jars": {"x.jar": 5}}
    (folder / artifacts.STAMP).write_text(json.dumps(stamp))
    program = (
        "import sys; from citemesh.graph.artifacts import neo4j_jars; print(len(neo4j_jars()));"
        "assert not {'jgo', 'requests'} & set(sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "1\n"
