"""Running one query for people: read-only unless asked, streamed, and stopped when they leave."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import neo4j
from neo4j import Query, Result, SummaryCounters
from neo4j.exceptions import DriverError, Neo4jError

from citemesh.errors import CitemeshError, InputError
from citemesh.graph.client import GraphClient
from citemesh.graph.connection import connection_from_environment
from citemesh.graph.cypher import named_query
from citemesh.graph.query.interrupt import Interrupt, deferred_interrupt
from citemesh.graph.query.refusals import refusals_in_words
from citemesh.graph.query.values import plain_value
from citemesh.progress import say
from citemesh.workspace import Workspace

#: Seconds of silence after which a person is told what is being waited for.
_PATIENCE = 2.0
#: How often a query is looked for that is to be stopped, five times a second.
_STOP_TRIES = 25
#: What a write may have changed, as the driver names it.
_CHANGES = (
    "nodes_created", "nodes_deleted", "relationships_created", "relationships_deleted",
    "properties_set", "labels_added", "labels_removed", "indexes_added", "indexes_removed",
    "constraints_added", "constraints_removed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """A query to run.

    Args:
        text: the Cypher, from a file of the package or typed by the user as a whole.
        params: its parameters.
        write: whether it may change the graph.
        limit: rows to give at most; None for all.
        types: columns to the types that a header declares; empty for a user's own query.
    """

    text: str
    params: dict[str, Any] = field(default_factory=dict)
    write: bool = False
    limit: int | None = None
    types: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gives.

    Args:
        columns: their names; empty for a write that returns nothing.
        rows: one list per row, in the order of the columns, each read from the server when it is
            asked for.
        types: columns to declared types, as in `Question`.
    """

    columns: list[str]
    rows: Iterator[list[Any]]
    types: Mapping[str, str]


class QueryClient(GraphClient):
    """A client that runs one query for a person."""

    @contextmanager
    def ask(self, question: Question) -> Iterator[Answer]:
        """Run a query; its rows can be read inside the block.

        Leaving the block before the last row, by Ctrl-C or otherwise, stops a read on the server
        too. A write is run to its end unless an interrupt stops it, which undoes it, and raises the
        graph's version before and after: nothing made from the graph meanwhile passes as current.

        Raises:
            InputError: when the server refuses the query, with its reason.
            ConnectionFailedError: when the server fails.
        """
        if question.write:
            self.write(named_query("graph", "raise_version"))
        try:
            with refusals_in_words(self.connection.uri):
                yield from self._run(question)
        finally:
            if question.write:
                self.write(named_query("graph", "raise_version"))

    def _run(self, question: Question) -> Iterator[Answer]:
        """Yield the answer once; afterwards stop or finish what is still running."""
        access = neo4j.WRITE_ACCESS if question.write else neo4j.READ_ACCESS
        mark = uuid.uuid4().hex
        result: Result | None = None
        stop = False
        # The session is closed last, as closing waits for a query that nobody has stopped.
        with (
            self._session(access) as session,
            deferred_interrupt(lambda: self._stop_soon(mark)) as interrupt,
        ):
            try:
                with _patience():
                    # The text is a file's or the user's own as a whole; values go as parameters.
                    query = Query(question.text, metadata={"citemesh": mark})
                    result = session.run(query, question.params)
                    result.peek()
                rows = _Rows(result, question.limit, interrupt)
                yield Answer(list(result.keys()), rows, question.types)
                interrupt.check()
                stop = not (rows.finished or question.write)
                if question.write:
                    _say_changes(result.consume().counters)  # raises what failed at the end
            except (Neo4jError, DriverError):
                interrupt.check()  # then the error says that the query was stopped
                raise
            except BaseException as error:
                stop = isinstance(error, KeyboardInterrupt) or not question.write
                raise
            finally:
                if stop:
                    self._stop(mark)
                if result is not None:
                    with suppress(Neo4jError, DriverError):  # it was told above, or is ours
                        result.consume()

    def _stop(self, mark: str) -> bool:
        """Stop a query on the server; false for one that has just ended, or not begun."""
        with suppress(CitemeshError):
            return bool(self.rows(named_query("graph", "stop_query"), mark=mark))
        return False

    def _stop_soon(self, mark: str) -> None:
        """Stop a query that may be on its way to the server yet."""
        for _ in range(_STOP_TRIES):
            if self._stop(mark):
                return
            time.sleep(0.2)


class _Rows:
    """Rows of a result as plain values, and whether the last has been read."""

    def __init__(self, result: Result, limit: int | None, interrupt: Interrupt) -> None:
        self.finished = False
        self._interrupt = interrupt
        self._records = iter(result)
        self._left = limit

    def __iter__(self) -> Iterator[list[Any]]:
        return self

    def __next__(self) -> list[Any]:
        self._interrupt.check()
        if self._left == 0:
            raise StopIteration
        try:
            record = next(self._records)
        except StopIteration:
            self.finished = True
            raise
        if self._left is not None:
            self._left -= 1
        return [plain_value(value) for value in record.values()]


def open_for_queries(workspace: Workspace) -> QueryClient:
    """Connect to the graph that ``NEO4J_URI`` names, else to the workspace's own, starting it.

    Raises:
        InputError: when nothing was ever loaded there.
        ConnectionFailedError, ServerError: when no server can be had.
    """
    connection = connection_from_environment()
    if connection is None:
        from citemesh.graph.homes import current_home
        from citemesh.graph.server import ensure_running

        if current_home(workspace) is None:  # starting a server for it would help nobody
            raise InputError(
                f"No graph has been loaded into {workspace.root}.",
                "Load one: citemesh graph load FILE…",
            )
        connection = ensure_running(workspace)
    client = QueryClient(connection)
    for state in client.rows(named_query("graph", "graph_state")):
        if state["target"] is not None:
            say("A load or update of this graph has not ended: answers may lack a part.")
    return client


def _say_changes(counters: SummaryCounters) -> None:
    changes = {name: getattr(counters, name) for name in _CHANGES if getattr(counters, name)}
    listed = ", ".join(f"{name.replace('_', ' ')}: {n:,}" for name, n in changes.items())
    say(f"Changed the graph: {listed or 'nothing'}.")


@contextmanager
def _patience() -> Iterator[None]:
    """Say once that the server is working, when it takes long."""
    timer = threading.Timer(_PATIENCE, say, ["Neo4j is working on the query; Ctrl-C stops it …"])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
