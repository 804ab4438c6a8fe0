"""Talking to Neo4j: one driver, named queries only, errors in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import neo4j
from neo4j import GraphDatabase, Query
from neo4j.exceptions import AuthError, ConfigurationError, DriverError, Neo4jError

from citemesh.errors import ConnectionFailedError
from citemesh.graph.connection import Connection, connection_from_environment
from citemesh.graph.cypher import NamedQuery, named_query
from citemesh.workspace import Workspace

#: A named query with its parameters.
Statement = tuple[NamedQuery, dict[str, Any]]

#: Rows that a read fetches at once: row transport, not traversal, is what costs time.
FETCH_SIZE = 5_000


class GraphClient:
    """A session's worth of reads and writes; use it as a context manager.

    Args:
        connection: the server.

    Raises:
        ConnectionFailedError: when it does not answer or refuses the login.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        with _in_words(connection):
            self._driver = GraphDatabase.driver(
                connection.uri,
                auth=(connection.username, connection.password),
                connection_acquisition_timeout=30,
                notifications_min_severity="OFF",
            )
        try:
            self.rows(named_query("graph", "ping"))
        except ConnectionFailedError:
            self._driver.close()
            raise

    def rows(self, query: NamedQuery, **params: Any) -> list[dict[str, Any]]:
        """Run a read and return its rows."""
        return list(self.stream(query, **params))

    def stream(self, query: NamedQuery, **params: Any) -> Iterator[dict[str, Any]]:
        """Run a read and yield its rows as they come."""
        with _in_words(self.connection), self._session(neo4j.READ_ACCESS) as session:
            for record in session.run(_text(query), params):
                yield dict(record)  # not record.data(): it walks every value, for half of the time

    def rows_for(
        self, query: NamedQuery, ids: Sequence[Any], batch_size: int, **params: Any
    ) -> Iterator[list[dict[str, Any]]]:
        """Run a read for many ids, a batch at a time (parameter ``ids``)."""
        for start in range(0, len(ids), batch_size):
            yield self.rows(query, ids=list(ids[start : start + batch_size]), **params)

    def write(self, query: NamedQuery, **params: Any) -> None:
        """Run a write in a transaction that is retried on passing failures."""
        with _in_words(self.connection), self._session(neo4j.WRITE_ACCESS) as session:
            session.execute_write(lambda tx: tx.run(_text(query).text, params).consume())

    def write_together(self, statements: Sequence[Statement]) -> None:
        """Run several writes as one transaction, retried on passing failures: all of it or none."""

        def run(transaction: neo4j.ManagedTransaction) -> None:
            for query, params in statements:
                transaction.run(_text(query).text, params).consume()

        with _in_words(self.connection), self._session(neo4j.WRITE_ACCESS) as session:
            session.execute_write(run)

    def write_unmanaged(self, query: NamedQuery, **params: Any) -> None:
        """Run a write that manages its own transactions (schema, ``IN TRANSACTIONS``)."""
        with _in_words(self.connection), self._session(neo4j.WRITE_ACCESS) as session:
            session.run(_text(query), params).consume()

    def write_batches(self, query: NamedQuery, batches: Iterable[list[Any]]) -> Iterator[int]:
        """Write batches of rows (parameter ``rows``), yielding the size of each when it is in."""
        for batch in batches:
            self.write(query, rows=batch)
            yield len(batch)

    def close(self) -> None:
        """Close the driver."""
        self._driver.close()

    def _session(self, access: str) -> neo4j.Session:
        return self._driver.session(
            database=self.connection.database, default_access_mode=access, fetch_size=FETCH_SIZE
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()


def open_graph(workspace: Workspace) -> GraphClient:
    """Connect to the server that ``NEO4J_URI`` names, else to the workspace's own, starting it.

    Raises:
        ConnectionFailedError, ServerError: when no server can be had.
    """
    connection = connection_from_environment()
    if connection is None:
        from citemesh.graph.server import ensure_running

        connection = ensure_running(workspace)
    return GraphClient(connection)


def _text(query: NamedQuery) -> Query:
    # The text comes from a file of the package, never from input.
    return Query(query.text)


@contextmanager
def _in_words(connection: Connection) -> Iterator[None]:
    """Say what a failing server means for the user."""
    try:
        yield
    except AuthError as error:
        raise ConnectionFailedError(
            f"Neo4j at {connection.uri} refused the login {connection.username!r}.",
            "Check NEO4J_USERNAME and NEO4J_PASSWORD.",
        ) from error
    except (ConfigurationError, ValueError) as error:
        raise ConnectionFailedError(
            f"{connection.uri!r} is no address of a Neo4j server: {error}.",
            "NEO4J_URI should look like bolt://127.0.0.1:7687.",
        ) from error
    except (DriverError, Neo4jError) as error:
        what = str(error).splitlines()[0]
        raise ConnectionFailedError(
            f"Neo4j at {connection.uri} failed: {what}.",
            "See: citemesh server status"
            if connection.local
            else "Check that NEO4J_URI names a running server and its database.",
        ) from error
