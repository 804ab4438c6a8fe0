"""What a strategy of the graph is, and the order in which it gives what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.mining.anchors import Anchor
from citemesh.mining.candidates import Candidates, places_within

if TYPE_CHECKING:
    from citemesh.mining.array_engine import ArrayEngine
    from citemesh.mining.cypher_engine import CypherEngine
    from citemesh.mining.engine import Engine
    from citemesh.mining.found import FoundForAnchors
    from citemesh.mining.texts.indexes import Indexes

Positions = NDArray[np.int64]


class GraphStrategy(Protocol):
    """A way to find candidates that both engines know, with equal rows, order and evidence.

    What it finds comes in a fixed pseudo-random order, that of ``(start.h + candidate.h) mod
    2^31``, unless its docstring names another: the same every time, and no one's choice.
    """

    @property
    def name(self) -> str:
        """The word after ``--strategy``."""

    def ask(self, engine: CypherEngine, starts: Pmids, limit: int) -> Candidates:
        """Up to `limit` candidates for each start, found by a Cypher query."""

    def look(self, engine: ArrayEngine, starts: Pmids, limit: int) -> Candidates:
        """Up to `limit` candidates for each start, found in a snapshot."""


@runtime_checkable
class TextStrategy(Protocol):
    """A way to find candidates in what was prepared once for the run, the same in every engine.

    `needs` names what it searches in: ``lexical``, ``dense``, ``space`` (texts/prepare.py).
    """

    needs: ClassVar[frozenset[str]]

    @property
    def name(self) -> str:
        """The word after ``--strategy``."""

    def find(
        self, engine: Engine, indexes: Indexes, anchors: Sequence[Anchor], limit: int
    ) -> FoundForAnchors:
        """Up to `limit` candidates for each anchor, starts themselves left out."""


Strategy: TypeAlias = GraphStrategy | TextStrategy


def in_key_order(
    engine: ArrayEngine, starts: Positions, owner: Positions, found: Positions, limit: int
) -> Positions:
    """Rows of the first `limit` articles of each start in the order of the pseudo-random key.

    Args:
        engine: knows the keys.
        starts: positions of the starts.
        owner: index of the start of each row, shape (n,).
        found: position of the article of each row, shape (n,).
        limit: rows per start.
    """
    h = engine.snapshot.h
    # Keys are below 2^31, and no two articles have the same: no tie is left to be broken.
    key = owner << 31 | (h[starts[owner]] + h[found]) % (1 << 31)
    order = np.argsort(key)
    return order[places_within(owner[order]) < limit]


def flat(starts: Pmids, rows: Iterable[dict[str, Any]], names: Sequence[str]) -> dict[str, Any]:
    """Rows of a query, one list of lists per start, as columns of `Candidates`.

    Args:
        starts: what was asked for.
        rows: with ``id`` and ``found``; a start without a row has found nothing.
        names: of the values in each list.
    """
    by_start = {row["id"]: row["found"] for row in rows}
    columns: dict[str, list[Any]] = {name: [] for name in ("start", *names)}
    for index, pmid in enumerate(starts.tolist()):
        found = by_start.get(pmid, ())
        columns["start"].extend([index] * len(found))
        for values in found:
            for name, value in zip(names, values, strict=True):
                columns[name].append(value)
    return columns
