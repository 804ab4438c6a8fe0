"""The graph asked in Cypher: for exploring, and for thousands of anchors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import NamedQuery, named_query
from citemesh.graph.mesh.from_graph import mesh_from_graph
from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import Csr, find_sorted
from citemesh.graph.snapshot.rows import title_keys
from citemesh.mining.candidates import Candidates
from citemesh.mining.engine import Articles, PairCitations
from citemesh.mining.mesh_columns import MeshColumns
from citemesh.mining.strategies.base import GraphStrategy

#: Ids per query: row transport costs less per anchor from some hundred on.
BATCH = 500
#: Queries at once: each session keeps one core of the server busy.
SESSIONS = 2

Row = dict[str, Any]


class CypherEngine:
    """Answers from a Neo4j server.

    Args:
        client: a loaded graph.
        sessions: queries at once.
    """

    name = "cypher"

    def __init__(self, client: GraphClient, sessions: int = SESSIONS) -> None:
        self._client = client
        self._sessions = sessions
        tree = mesh_from_graph(client)
        self.mesh = MeshColumns(tree, tuple(sorted(tree.descriptors)))

    def find(self, strategy: GraphStrategy, starts: Pmids, limit: int) -> Candidates:
        """Up to `limit` candidates for each start."""
        return strategy.ask(self, starts, limit)

    def ask(self, query: NamedQuery, ids: Sequence[Any], **params: Any) -> Iterator[Row]:
        """Rows of a query for many ids, in their order; several batches are asked at once."""
        with ThreadPoolExecutor(self._sessions) as pool:
            yield from (
                row
                for rows in pool.map(
                    lambda some: self._client.rows(query, ids=some, **params),
                    [list(ids[first : first + BATCH]) for first in range(0, len(ids), BATCH)],
                )
                for row in rows
            )

    def ask_pairs(
        self, query: NamedQuery, first: Pmids, second: Pmids, **params: Any
    ) -> dict[tuple[int, int], tuple[Any, ...]]:
        """What a query with one list per article finds for pairs; pairs may repeat."""
        pairs: dict[int, dict[int, None]] = {}
        for one, other in zip(first.tolist(), second.tolist(), strict=True):
            pairs.setdefault(one, {})[other] = None
        asked = [{"id": one, "others": list(others)} for one, others in pairs.items()]
        return {
            (row["id"], other): tuple(rest)
            for row in self.ask(query, asked, **params)
            for other, *rest in row["found"]
        }

    def articles(self, pmids: Pmids) -> Articles:
        """What is known of articles."""
        wanted = np.unique(pmids)
        rows = list(self.ask(named_query("mining", "article_facts"), wanted.tolist()))
        places = find_sorted(wanted, np.array([row["pmid"] for row in rows], np.int64))
        order = np.argsort(places)
        given = dict(zip(places[order].tolist(), (rows[i] for i in order), strict=True))
        all_rows = [given.get(place, _NOTHING) for place in range(len(wanted))]
        headings, major = self._headings(all_rows)
        return Articles(
            pmid=wanted,
            known=np.isin(np.arange(len(wanted)), places),
            year=np.array([row["year"] or 0 for row in all_rows], np.int16),
            retracted=np.array([bool(row["retracted"]) for row in all_rows], bool),
            title_key=title_keys([row["title"] for row in all_rows]),
            headings=headings,
            major=major,
            same_work=_lists([sorted(set(row["same_work"])) for row in all_rows]),
            indexing_method=np.array([row["indexing_method"] for row in all_rows], object),
        )

    def _headings(self, rows: Sequence[Row]) -> tuple[Csr, NDArray[np.bool_]]:
        """Topical headings by position, and which are major."""
        topical, positions = self.mesh.topical, self.mesh.positions
        kept = [
            sorted((positions[ui], bool(major)) for ui, major in row["headings"]) for row in rows
        ]
        kept = [[pair for pair in own if topical[pair[0]]] for own in kept]
        majors = np.array([major for own in kept for _, major in own], bool)
        return _lists([[position for position, _ in own] for own in kept]), majors

    def pair_citations(self, first: Pmids, second: Pmids) -> PairCitations:
        """What the citation graph says of pairs."""
        found = self.ask_pairs(named_query("mining", "pair_citations"), first, second)
        nothing = (0, 0, False, False)
        columns = [
            found.get(pair, nothing) for pair in zip(first.tolist(), second.tolist(), strict=True)
        ]
        references, citers, cites, cited_by = zip(*columns, strict=True) if columns else ((),) * 4
        return PairCitations(
            np.array(references, np.int32), np.array(citers, np.int32),
            np.array(cites, bool), np.array(cited_by, bool),
        )  # fmt: skip

    def references(self, pmids: Pmids) -> Csr:
        """Each article to the PMIDs of the documents that it cites."""
        rows = self.ask(named_query("mining", "references"), pmids.tolist())
        found = {row["id"]: row["found"] for row in rows}
        return _lists([sorted(set(found.get(pmid, ()))) for pmid in pmids.tolist()])


_NOTHING: Row = {
    "year": None, "retracted": False, "title": None, "headings": (), "same_work": (),
    "indexing_method": None,
}  # fmt: skip


def _lists(lists: Iterable[Sequence[int]]) -> Csr:
    given = list(lists)
    indptr = np.concatenate([[0], np.cumsum([len(own) for own in given])]).astype(np.int64)
    values = [value for own in given for value in own]
    # PMIDs have at most eight digits, so that they fit as positions do.
    return Csr(indptr, np.array(values, np.int32))
