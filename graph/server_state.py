"""Which process is the workspace's server: the state file, and the process table behind it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from citemesh.graph.artifacts import NEO4J_VERSION
from citemesh.outputs import write_text
from citemesh.workspace import Workspace

#: Seconds by which two readings of one process's start may differ.
_CLOCK_TOLERANCE = 2.0
_PORT = re.compile(r"^server\.bolt\.listen_address=127\.0\.0\.1:(\d+)$", re.MULTILINE)
_HTTP_PORT = re.compile(r"^server\.http\.listen_address=127\.0\.0\.1:(\d+)$", re.MULTILINE)
_PAGE_CACHE = re.compile(r"^server\.memory\.pagecache\.size=(\w+)$", re.MULTILINE)
_HEAP = re.compile(r'^"-Xmx(\w+)"$', re.MULTILINE)


@dataclass(frozen=True)
class ServerState:
    """A running server of a workspace.

    Args:
        pid: its process.
        created: when the process began, in seconds since 1970; with the pid it names one process.
        bolt_port: the port on 127.0.0.1 on which it speaks Bolt.
        home: the name of its home in the workspace's graph folder.
        version: Neo4j's version.
        started: UTC time in ISO 8601.
        http_port: the port on 127.0.0.1 for HTTP and Neo4j Browser; None without them.
    """

    pid: int
    created: float
    bolt_port: int
    home: str
    version: str
    started: str
    http_port: int | None = None

    @property
    def browser(self) -> str | None:
        """The address of Neo4j Browser; None when the server does not serve it."""
        return f"http://127.0.0.1:{self.http_port}/browser/" if self.http_port else None

    @property
    def uri(self) -> str:
        """The server's address."""
        return f"bolt://127.0.0.1:{self.bolt_port}"

    def process(self) -> psutil.Process:
        """The server's process."""
        return psutil.Process(self.pid)


def home_argument(home: Path) -> str:
    """The argument by which a server's process shows its home."""
    return f"--home-dir={home.resolve()}"


def state_file(workspace: Workspace) -> Path:
    """The file that remembers the running server."""
    return workspace.graph / "server.json"


def write_state(workspace: Workspace, state: ServerState) -> None:
    """Remember the running server."""
    write_text(state_file(workspace), json.dumps(asdict(state), indent=2) + "\n", mode=0o600)


def running_server(workspace: Workspace) -> ServerState | None:
    """The server that runs on a home of this workspace, whatever the state file says.

    A stale file (process gone, or its pid now another program's) counts for nothing; a server
    without a file, left by a killed command, is found in the process table.
    """
    return _remembered(workspace) or _found(workspace)


def _remembered(workspace: Workspace) -> ServerState | None:
    try:
        state = ServerState(**json.loads(state_file(workspace).read_text(encoding="utf-8")))
        process = psutil.Process(state.pid)
        same = abs(process.create_time() - state.created) < _CLOCK_TOLERANCE
        serves = home_argument(workspace.graph / state.home) in process.cmdline()
    except (OSError, ValueError, TypeError, psutil.Error):
        return None
    return state if same and serves else None


def _found(workspace: Workspace) -> ServerState | None:
    homes = {home_argument(home): home for home in workspace.graph.glob("home-*")}
    for process in psutil.process_iter(["cmdline"]) if homes else ():
        for argument in process.info["cmdline"] or ():
            if argument in homes and (state := describe(process, homes[argument])):
                return state
    return None


def describe(process: psutil.Process, home: Path) -> ServerState | None:
    """The state of a server process, read from the process and its settings; None when it ended."""
    try:
        created = process.create_time()
        settings = (home / "conf" / "neo4j.conf").read_text(encoding="utf-8")
    except (OSError, psutil.Error):
        return None
    port, http = _PORT.search(settings), _HTTP_PORT.search(settings)
    if port is None:
        return None
    started = datetime.fromtimestamp(created, UTC).isoformat(timespec="seconds")
    http_port = int(http[1]) if http else None
    return ServerState(
        process.pid, created, int(port[1]), home.name, NEO4J_VERSION, started, http_port
    )


def started_with(home: Path) -> tuple[str, str] | None:
    """Heap and page cache that a home's server was last started with; None when nothing says so."""
    try:
        settings = (home / "conf" / "neo4j.conf").read_text(encoding="utf-8")
        arguments = (home / "conf" / "server.args").read_text(encoding="utf-8")
    except OSError:
        return None
    heap, page_cache = _HEAP.search(arguments), _PAGE_CACHE.search(settings)
    return (heap[1], page_cache[1]) if heap and page_cache else None


def has_ended(process: psutil.Process) -> bool:
    """Whether a process is gone; one that only waits for its parent to notice is."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
