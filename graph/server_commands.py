"""``citemesh server``: start, stop and inspect the local Neo4j."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from citemesh.errors import SettingsError
from citemesh.graph.connection import connection_from_environment
from citemesh.tables import format_option, print_rows
from citemesh.workspace import Workspace

if TYPE_CHECKING:
    from citemesh.graph.connection import Connection


@click.group()
def server() -> None:
    """Start, stop and inspect the local Neo4j.

    With NEO4J_URI set (and NEO4J_USERNAME, NEO4J_PASSWORD, NEO4J_DATABASE) that server is used, and
    none is started or stopped.
    """


@server.command()
@click.option(
    "--bolt-port",
    type=click.IntRange(1, 65535),
    help="The port on 127.0.0.1; a free one when left out.",
)
@click.option(
    "--heap",
    envvar="CITEMESH_NEO4J_HEAP",
    default="1g",
    show_default=True,
    help="The most memory its Java heap may take (CITEMESH_NEO4J_HEAP).",
)
@click.option(
    "--page-cache",
    envvar="CITEMESH_NEO4J_PAGE_CACHE",
    default="512m",
    show_default=True,
    help="Memory for the graph's pages, beside the heap (CITEMESH_NEO4J_PAGE_CACHE).",
)
@click.pass_obj
def start(workspace: Workspace, bolt_port: int | None, heap: str, page_cache: str) -> None:
    """Start the workspace's Neo4j, or find it running; it stays up until it is stopped.

    The first start fetches Neo4j (about 150 MB) from Maven Central.

    \b
    Example:
      citemesh server start --heap 2g
    """
    remote = connection_from_environment()
    if remote is not None:
        version = _check_remote(remote)
        click.echo(f"NEO4J_URI is set: using {version} at {remote.uri}; no server was started.")
    else:
        from citemesh.graph.server import ServerOptions, ensure_running
        from citemesh.graph.server import status as server_status

        ensure_running(workspace, ServerOptions(heap, page_cache, bolt_port))
        now = server_status(workspace)
        click.echo(f"Neo4j {now.version} runs at {now.uri} (process {now.pid}).")
    click.echo("Next: citemesh graph load FILES")


@server.command()
@click.pass_obj
def stop(workspace: Workspace) -> None:
    """Stop the workspace's Neo4j; what is in it stays.

    \b
    Example:
      citemesh server stop
    """
    remote = connection_from_environment()
    if remote is not None:
        click.echo(f"NEO4J_URI is set: {remote.uri} is not ours to stop; it was left alone.")
        click.echo("Next: citemesh server status")
        return
    from citemesh.graph.server import stop as stop_server

    click.echo("Neo4j is stopped." if stop_server(workspace) else "No Neo4j was running.")
    click.echo("Next: citemesh server start")


@server.command()
@format_option
@click.pass_obj
def status(workspace: Workspace, output_format: str) -> None:
    """Show which Neo4j is used, whether it runs, and where its files are.

    \b
    Example:
      citemesh server status --format json
    """
    remote = connection_from_environment()
    if remote is not None:
        facts: dict[str, object] = {
            "running": True, "uri": remote.uri, "version": _check_remote(remote),
            "username": remote.username, "database": remote.database, "from": "NEO4J_URI",
        }  # fmt: skip
    else:
        from citemesh.graph.server import status as server_status

        facts = asdict(server_status(workspace))
    if output_format == "json":
        print_rows([facts], output_format)
        return
    rows = [{"what": key, "value": _shown(value)} for key, value in facts.items()]
    print_rows(rows, output_format)
    click.echo(f"Next: citemesh {'graph stats' if facts['running'] else 'server start'}")


@server.command()
@click.option(
    "--http-port",
    type=click.IntRange(1, 65535),
    help="The port on 127.0.0.1; a free one when left out.",
)
@click.option(
    "--show-password", is_flag=True, help="Print the password instead of the file that holds it."
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in the system's browser.")
@click.pass_obj
def browser(
    workspace: Workspace, http_port: int | None, show_password: bool, open_page: bool
) -> None:
    """Serve Neo4j Browser, Neo4j's own page for looking at the graph, on this machine only.

    The first time fetches it (about 15 MB) from Maven Central. A server that runs without it is
    started anew. The password stays in its file unless you ask for it: what a terminal shows is
    seen by whoever looks on, and kept in logs. It may write: the login can change the graph.

    \b
    Example:
      citemesh server browser --open
    """
    _refuse_remote(connection_from_environment())
    from citemesh.graph.browser import serve_browser
    from citemesh.graph.homes import read_password

    address = serve_browser(workspace, http_port)
    shown = read_password(workspace) if show_password else f"in {address.password_file}"
    click.echo(f"Neo4j Browser: {address.url}")
    click.echo(f"Connect to:    {address.server}")
    click.echo(f"User:          {address.username}")
    click.echo(f"Password:      {shown}")
    if open_page and click.launch(address.url) != 0:
        click.echo("No browser could be opened; open the address yourself.", err=True)
    click.echo("Next: citemesh server stop, when you have done")


def _refuse_remote(remote: Connection | None) -> None:
    if remote is not None:
        raise SettingsError(
            f"NEO4J_URI names {remote.uri}: that server serves its own Neo4j Browser, if any, "
            "mostly on port 7474.",
            "Open it there, or unset NEO4J_URI to look into the workspace's own graph.",
        )


def _check_remote(remote: Connection) -> str:
    from citemesh.graph.server_process import answers

    return answers(remote)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)
