"""Which Neo4j to talk to: the user's, named by the environment, or the local one."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from citemesh.errors import InputError


@dataclass(frozen=True)
class Connection:
    """Address and login of a Neo4j server.

    Args:
        uri: such as ``bolt://127.0.0.1:7687`` or ``neo4j+s://…``.
        username: the login.
        password: kept out of ``repr`` so that it never reaches a log.
        database: the database's name; Community has one, ``neo4j``.
        local: whether it is the workspace's own server, which we start, import into and stop.
    """

    uri: str
    username: str
    password: str = field(repr=False)
    database: str = "neo4j"
    local: bool = False


def connection_from_environment() -> Connection | None:
    """The server that ``NEO4J_URI`` names, or None when it is not set.

    Raises:
        InputError: when ``NEO4J_URI`` is set without ``NEO4J_PASSWORD``.
    """
    uri = os.environ.get("NEO4J_URI", "").strip()
    if not uri:
        return None
    password = os.environ.get("NEO4J_PASSWORD", "")
    if not password:
        raise InputError(
            f"NEO4J_URI names {uri}, but NEO4J_PASSWORD is not set.",
            "Set it, or unset NEO4J_URI to use the workspace's own server.",
        )
    return Connection(
        uri=uri,
        username=os.environ.get("NEO4J_USERNAME", "neo4j"),
        password=password,
        database=os.environ.get("NEO4J_DATABASE", "neo4j"),
    )
