"""What a server says of a query that it does not run, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j.exceptions import DriverError, Neo4jError

from citemesh.errors import ConnectionFailedError, InputError

#: A syntax error lists every word that would have fitted; this much of it is shown.
_MESSAGE_LENGTH = 300


@contextmanager
def refusals_in_words(uri: str) -> Iterator[None]:
    """Say what the server did not like about a query.

    Args:
        uri: the server, for messages.

    Raises:
        InputError: for what the user can mend in the query.
        ConnectionFailedError: for everything else that the driver or the server reports.
    """
    try:
        yield
    except DriverError as error:
        raise ConnectionFailedError(
            f"Neo4j at {uri} failed: {error}.", "See: citemesh server status"
        ) from error
    except Neo4jError as error:
        message = error.message or str(error)
        kind = (error.code or "").removeprefix("Neo.")
        if kind == "ClientError.Statement.AccessMode":
            raise InputError(
                "The query would change the graph, and queries are read-only.",
                "To let it change the graph, add --write.",
            ) from error
        if kind == "ClientError.Statement.ParameterMissing":
            names = message.partition(":")[2].strip()
            raise InputError(
                f"The query needs a value for: {names}.", "Add --param NAME=VALUE for each."
            ) from error
        if kind.startswith("ClientError.Statement"):
            raise InputError(f"Neo4j refuses the query: {readable_message(message)}") from error
        raise ConnectionFailedError(
            f"Neo4j at {uri} could not run the query: {readable_message(message)}",
            "See: citemesh server status",
        ) from error


def readable_message(message: str) -> str:
    """A message of the server: its first line cut short, the lines with the caret as they are."""
    what, *place = message.splitlines()
    if len(what) > _MESSAGE_LENGTH:
        # The place in the text stands at the end of the line.
        position = what.rpartition(" (line ")
        where = " (line " + position[2] if position[1] else ""
        what = f"{what[:_MESSAGE_LENGTH]} …{where}"
    return "\n".join([what, *place])
