"""Neo4j Browser, Neo4j's own page for looking at a graph, served by the workspace's server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from citemesh.errors import ServerError
from citemesh.graph import homes
from citemesh.graph.artifacts import browser_jars
from citemesh.graph.server import ServerOptions, ensure_running, status
from citemesh.workspace import Workspace


@dataclass(frozen=True, slots=True)
class BrowserAddress:
    """Where Neo4j Browser is and how to log in.

    Args:
        url: the page, on this machine only, with address and user filled in.
        server: what the page connects to, as its form calls it.
        username: the login.
        password_file: the file with the password.
    """

    url: str
    server: str
    username: str
    password_file: Path


def serve_browser(workspace: Workspace, http_port: int | None = None) -> BrowserAddress:
    """Have the workspace's server serve Neo4j Browser; it is started anew when it did not.

    Its jar is fetched before a running server is touched.

    Args:
        workspace: whose server.
        http_port: the port on 127.0.0.1; a free one, or the one in use, when None.

    Raises:
        ServerError: when the jar cannot be fetched, the server cannot be started, somebody works
            with a server that had to be started anew, or it serves HTTP on another port.
    """
    browser_jars()
    options = ServerOptions.from_environment()
    ensure_running(workspace, options.with_http(http_port))
    now = status(workspace)
    if now.browser is None or now.uri is None:
        raise ServerError("The server was stopped meanwhile.", "Run the same command again.")
    # Neo4j Browser fills its form from `dbms`.
    url = f"{now.browser}?dbms={now.uri.replace('://', f'://{homes.USERNAME}@')}"
    return BrowserAddress(url, now.uri, homes.USERNAME, homes.password_file(workspace))
