"""The workspace's own Neo4j: started when it is needed, left running, adopted by the next command.

One lock file makes every start and stop of a workspace's server happen one after the other.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from citemesh.errors import ServerError
from citemesh.graph import homes
from citemesh.graph.connection import Connection
from citemesh.graph.java import checked_memory
from citemesh.graph.locks import exclusive_lock
from citemesh.graph.server_process import (
    Launch,
    LoginRefusedError,
    end,
    free_port,
    has_clients,
    is_busy,
    launch,
    wait_until_answers,
    wait_until_listens,
)
from citemesh.graph.server_state import (
    ServerState,
    describe,
    running_server,
    started_with,
    state_file,
    write_state,
)
from citemesh.progress import say, step
from citemesh.workspace import Workspace

#: How often a start is tried on another free port when somebody took the first in between.
_PORT_ATTEMPTS = 3


@dataclass(frozen=True)
class ServerOptions:
    """How to start a server.

    Args:
        heap: the most memory its Java heap may take.
        page_cache: memory for the graph's pages, beside the heap.
        bolt_port: the port on 127.0.0.1; a free one when None.
        wait_seconds: how long it may take until it answers; a recovery needs longer than a start.
        http: whether it must serve HTTP and Neo4j Browser; if not, a server that does will do.
        http_port: the port on 127.0.0.1 for that; a free one when None.
    """

    heap: str = "1g"
    page_cache: str = "512m"
    bolt_port: int | None = None
    wait_seconds: float = 120
    http: bool = False
    http_port: int | None = None

    @classmethod
    def from_environment(cls) -> ServerOptions:
        """The defaults, with ``CITEMESH_NEO4J_HEAP`` and ``CITEMESH_NEO4J_PAGE_CACHE`` obeyed."""
        return cls(
            heap=os.environ.get("CITEMESH_NEO4J_HEAP") or cls.heap,
            page_cache=os.environ.get("CITEMESH_NEO4J_PAGE_CACHE") or cls.page_cache,
        )

    def with_http(self, port: int | None) -> ServerOptions:
        """The same, with HTTP and Neo4j Browser on a port, or on a free one."""
        return replace(self, http=True, http_port=port)


@dataclass(frozen=True)
class ServerStatus:
    """What is known of a workspace's server; None where it does not run."""

    running: bool
    uri: str | None
    browser: str | None
    pid: int | None
    version: str | None
    home: str | None
    log: str
    password_file: str
    memory_mb: int | None
    since: str | None


def log_file(workspace: Workspace) -> Path:
    """What the server prints."""
    return workspace.graph / "neo4j.log"


def ensure_running(workspace: Workspace, options: ServerOptions | None = None) -> Connection:
    """Adopt the workspace's server, or start it, making an empty home when there is none.

    Raises:
        ServerError: naming the log file, when it cannot be started or does not answer.
        SettingsError: for a size that is not one.
    """
    options = options or ServerOptions.from_environment()
    checked_memory(options.heap, "The heap")
    checked_memory(options.page_cache, "The page cache")
    with _server_lock(workspace):
        home = homes.current_home(workspace) or _first_home(workspace)
        state = running_server(workspace)
        if state and state.home != home.name:
            say("The running server shows an older graph; it is stopped.")
            end(state.process())
            state = None
        if state and options.http and not state.http_port:
            options = _stopped_for_http(workspace, state, options)
            state = None
        if state:
            return _adopt(workspace, state, options)
        return _start(workspace, home, options)


def stop(workspace: Workspace) -> bool:
    """Stop the workspace's server; whether there was one.

    Raises:
        ServerError: when it cannot be ended.
    """
    if not workspace.graph.is_dir():
        return False
    with _server_lock(workspace):
        state = running_server(workspace)
        if state:
            end(state.process())
        state_file(workspace).unlink(missing_ok=True)
        return state is not None


def status(workspace: Workspace) -> ServerStatus:
    """What is known of the workspace's server; starts and changes nothing."""
    home = homes.current_home(workspace)
    none = ServerStatus(
        running=False, uri=None, browser=None, pid=None, version=None,
        home=str(home) if home else None, log=str(log_file(workspace)),
        password_file=str(homes.password_file(workspace)), memory_mb=None, since=None,
    )  # fmt: skip
    state = running_server(workspace)
    if state is None:
        return none
    try:
        memory = state.process().memory_info().rss // 1_000_000
    except psutil.NoSuchProcess:
        return none
    return replace(
        none, running=True, uri=state.uri, browser=state.browser, pid=state.pid,
        version=state.version,
        home=str(workspace.graph / state.home), memory_mb=memory, since=state.started,
    )  # fmt: skip


def _server_lock(workspace: Workspace) -> AbstractContextManager[None]:
    folder = homes.graph_folder(workspace)
    return exclusive_lock(folder / "server.lock", "Another command starts or stops the server")


def _first_home(workspace: Workspace) -> Path:
    home = homes.create_home(workspace)
    homes.switch_home(workspace, home)
    return home


def _stopped_for_http(
    workspace: Workspace, state: ServerState, options: ServerOptions
) -> ServerOptions:
    """Stop a server that serves no HTTP; how to start it as it was, but with HTTP.

    Raises:
        ServerError: when somebody works with it.
    """
    if has_clients(state.process(), state.bolt_port):
        raise ServerError(
            "The server runs without HTTP and must be started anew, but another program is "
            "connected to it.",
            "Wait until that has ended, or end it with: citemesh server stop",
        )
    say("The server runs without HTTP; it is stopped and started again with it.")
    sizes = started_with(workspace.graph / state.home)
    end(state.process())
    heap, page_cache = sizes or (options.heap, options.page_cache)
    return replace(options, heap=heap, page_cache=page_cache, bolt_port=state.bolt_port)


def _adopt(workspace: Workspace, state: ServerState, options: ServerOptions) -> Connection:
    if options.bolt_port not in (None, state.bolt_port):
        raise ServerError(
            f"The server runs already, on port {state.bolt_port} instead of {options.bolt_port}.",
            "Stop it first: citemesh server stop",
        )
    if options.http_port not in (None, state.http_port):
        raise ServerError(
            f"The server serves HTTP already, on port {state.http_port} instead of "
            f"{options.http_port}.",
            "Stop it first: citemesh server stop",
        )
    connection = _connection(workspace, state.bolt_port)
    _wait(workspace, state.process(), connection, options.wait_seconds, state.http_port)
    write_state(workspace, state)
    return connection


def _wait(
    workspace: Workspace, process: psutil.Process, connection: Connection, seconds: float,
    http_port: int | None,
) -> None:  # fmt: skip
    try:
        wait_until_answers(process, connection, log_file(workspace), seconds)
    except LoginRefusedError as error:
        raise ServerError(
            f"The password in {homes.password_file(workspace)} is not the server's.",
            "Put the old file back, or stop the server, remove that folder and load the graph "
            f"anew. The log: {log_file(workspace)}",
        ) from error
    if http_port:
        wait_until_listens(process, http_port, log_file(workspace), seconds)


def _start(workspace: Workspace, home: Path, options: ServerOptions) -> Connection:
    state_file(workspace).unlink(missing_ok=True)
    given = {"--bolt-port": options.bolt_port, "--http-port": options.http_port}
    for option, port in given.items():
        if port is not None and is_busy(port):
            raise ServerError(
                f"Port {port} on 127.0.0.1 is taken by another program.",
                f"Give another with {option}, or none to get a free one.",
            )
    for attempt in range(1, _PORT_ATTEMPTS + 1):
        plan = _plan(workspace, home, options)
        try:
            return _start_once(workspace, plan, options.wait_seconds)
        except ServerError:
            chosen = {plan.port, plan.http_port} - {None, *given.values()}
            if not any(is_busy(port) for port in chosen if port) or attempt == _PORT_ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _plan(workspace: Workspace, home: Path, options: ServerOptions) -> Launch:
    port = options.bolt_port or free_port()
    http_port = (options.http_port or free_port()) if options.http else None
    sizes = (options.heap, options.page_cache)
    return Launch(home, log_file(workspace), port, *sizes, http_port)


def _start_once(workspace: Workspace, plan: Launch, wait_seconds: float) -> Connection:
    connection = _connection(workspace, plan.port)
    with step("Starting Neo4j"):
        try:
            process = launch(plan)
            _wait(workspace, process, connection, wait_seconds, plan.http_port)
            state = describe(process, plan.home)
            if state is None:
                raise ServerError("Neo4j ended right after its start.", f"Its log: {plan.log}")
            write_state(workspace, state)
        except BaseException:
            _end_unfinished(workspace)
            raise
    return connection


def _end_unfinished(workspace: Workspace) -> None:
    """End a server that never came into use; another Ctrl-C meanwhile kills it.

    It is looked up, as an interrupt may have come before its start had returned its process.
    """
    state = running_server(workspace)
    if state is None:
        return
    try:
        end(state.process())
    except BaseException:
        state.process().kill()
        raise


def _connection(workspace: Workspace, port: int) -> Connection:
    return Connection(
        uri=f"bolt://127.0.0.1:{port}",
        username=homes.USERNAME,
        password=homes.read_password(workspace),
        local=True,
    )
