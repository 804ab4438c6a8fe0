"""The homes of the local Neo4j: each load fills a fresh one that replaces the old when whole.

``graph/home-N/`` is one home, ``graph/current`` names the one in use, ``graph/password`` holds the
password of them all.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from pathlib import Path

import psutil

from citemesh.errors import ServerError
from citemesh.graph.java import run_admin
from citemesh.outputs import write_text
from citemesh.workspace import Workspace

USERNAME = "neo4j"
#: Heap of the tool that sets a home's password.
_ADMIN_HEAP = "256m"
#: Names the process that is filling a home, so that nobody else removes it.
_BUILDER = "builder.pid"
_HOME = re.compile(r"home-([0-9]+)")


def graph_folder(workspace: Workspace) -> Path:
    """The folder of homes, password and log, made when missing; its owner's only (mode 0700)."""
    workspace.root.mkdir(parents=True, exist_ok=True)
    workspace.graph.mkdir(mode=0o700, exist_ok=True)
    workspace.graph.chmod(0o700)
    return workspace.graph


def password_file(workspace: Workspace) -> Path:
    """The file, mode 0600, with the password of the workspace's server."""
    return workspace.graph / "password"


def read_password(workspace: Workspace) -> str:
    """The password of the workspace's server.

    Raises:
        ServerError: when its file is gone: Neo4j keeps only a hash of it.
    """
    try:
        return password_file(workspace).read_text(encoding="ascii").strip()
    except OSError as error:
        raise ServerError(
            f"The server's password cannot be read from {password_file(workspace)} "
            f"({error.strerror}).",
            f"Put the file back, or remove {workspace.graph} and load the graph anew.",
        ) from error


def current_home(workspace: Workspace) -> Path | None:
    """The home in use; None when there is none yet."""
    try:
        name = (workspace.graph / "current").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    home = workspace.graph / name
    if not _HOME.fullmatch(name) or not home.is_dir():
        raise ServerError(
            f"{workspace.graph / 'current'} names {name!r}, and there is no such home.",
            "Load the graph anew: citemesh graph load FILES --force",
        )
    return home


def create_home(workspace: Workspace) -> Path:
    """Make the next home, empty and with the workspace's password; it is not yet the current one.

    Raises:
        ServerError: when Neo4j cannot be fetched or its password tool fails.
    """
    folder = graph_folder(workspace)
    if current_home(workspace) is None and not password_file(workspace).exists():
        write_text(password_file(workspace), secrets.token_urlsafe(24) + "\n", mode=0o600)
    home = _next_home(folder)
    try:
        (home / "conf").mkdir()
        write_text(home / "conf" / "neo4j.conf", "")
        set_password = ["dbms", "set-initial-password", "--", read_password(workspace)]
        run_admin(home, set_password, _ADMIN_HEAP)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    return home


def switch_home(workspace: Workspace, home: Path) -> None:
    """Make a home the current one, at once or not at all; the server must be stopped before."""
    write_text(workspace.graph / "current", home.name + "\n")
    (home / _BUILDER).unlink(missing_ok=True)


def remove_other_homes(workspace: Workspace) -> None:
    """Remove old and abandoned homes; never the current one nor one that is being filled."""
    current = current_home(workspace)
    for home in _homes(workspace.graph):
        if home != current and not _is_being_filled(home):
            shutil.rmtree(home, ignore_errors=True)
            home.with_name(f"{home.name}.log").unlink(missing_ok=True)


def _homes(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if _HOME.fullmatch(path.name)]


def _next_home(folder: Path) -> Path:
    number = max((int(home.name.removeprefix("home-")) for home in _homes(folder)), default=0)
    while True:
        number += 1
        home = folder / f"home-{number}"
        try:
            home.mkdir()
        except FileExistsError:
            continue
        me = psutil.Process()
        write_text(home / _BUILDER, f"{me.pid} {me.create_time()}\n")
        return home


def _is_being_filled(home: Path) -> bool:
    try:
        pid, created = (home / _BUILDER).read_text(encoding="ascii").split()
        process = psutil.Process(int(pid))
        return process.pid != os.getpid() and abs(process.create_time() - float(created)) < 2
    except (OSError, ValueError, psutil.Error):
        return False
