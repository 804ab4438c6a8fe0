"""Anchors of a user's own queries: all that is known of a query, as arrays of integers.

Texts are streamed; held are 64-bit hashes of ids and texts, and PMIDs.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from citemesh.errors import InputError
from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query
from citemesh.graph.pmid_set import Pmids, PmidSet
from citemesh.graph.snapshot.arrays import Csr, csr_of, find_sorted
from citemesh.mining.anchors.anchor import Anchor
from citemesh.mining.anchors.left_out import LeftOut
from citemesh.mining.anchors.query_file import QueryFile

Hashes = NDArray[np.int64]
#: PMIDs per query to the server.
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class KnownPositives:
    """What a file says of its queries.

    Args:
        first: which of the file's queries is the first of its id, shape (queries,).
        group: number of each query's text, shape (queries,); equal for equal texts.
        pmids: group to the known positives of its text, sorted.
        key: `text_key` of each query's id, shape (queries,).
    """

    first: NDArray[np.bool_]
    group: NDArray[np.int64]
    pmids: Csr
    key: Hashes

    def keep(self, kept: Pmids) -> KnownPositives:
        """With only some positives, given sorted."""
        owner, pmids = self.pmids.rows(np.arange(len(self.pmids)))
        there = find_sorted(kept, pmids) >= 0
        return KnownPositives(
            self.first, self.group, csr_of(owner[there], pmids[there], len(self.pmids)), self.key
        )


def query_anchors(
    file: QueryFile,
    client: GraphClient,
    left_out: LeftOut,
    deny: PmidSet | None = None,
    limit: int | None = None,
) -> Iterator[Anchor]:
    """A user's queries, in the order of the file, without an article of their own.

    All known positives of a query are known everywhere: the same text under several ids, but for
    capitals and white space, is one query, and each of its ids has all positives of all of them.
    Positives that are articles without a text stay known to the guards. PMIDs that the graph has
    not are left out, since nothing can be mined from or confused with them.

    Args:
        file: the queries.
        client: the graph.
        left_out: counts PMIDs that the graph has not, and queries with no other.
        deny: PMIDs of evaluation sets: such a document is no positive.
        limit: at most this many anchors, the first of the file; all when None.

    Raises:
        InputError: with file and line, for a fault of the file.
    """
    known = read_positives(file)
    pmids = np.unique(known.pmids.indices).astype(np.int64)
    there = _in_graph(client, pmids)
    left_out.add_unknown(np.setdiff1d(pmids, there))
    known = known.keep(there if deny is None else there[~deny.contains(there)])
    given = 0
    for row, (_, query_id, text) in enumerate(file.queries()):
        if not known.first[row]:
            continue
        positives = known.pmids.row(int(known.group[row]))
        if not len(positives):
            left_out.skipped += 1
        elif limit is None or given < limit:
            given += 1
            yield Anchor(query_id, text, None, tuple(positives.tolist()))


def read_positives(file: QueryFile) -> KnownPositives:
    """Read the known positives of all queries of a file.

    Raises:
        InputError: with file and line, for a fault, an id with two texts, an id without a query.
    """
    ids, texts = array("q"), array("q")
    for _, query_id, text in file.queries():
        ids.append(text_key(query_id))
        texts.append(text_key(text.casefold()))
    names, first_row, which = np.unique(_numbers(ids), return_index=True, return_inverse=True)
    first = np.zeros(len(ids), bool)
    first[first_row] = True
    _check_repeats(file, first, _numbers(texts), _numbers(texts)[first_row][which])
    _, group = np.unique(_numbers(texts), return_inverse=True)
    owners, pmids = array("q"), array("q")
    for _, query_id, pmid in file.positives():
        owners.append(text_key(query_id))
        pmids.append(pmid)
    rows = find_sorted(names, _numbers(owners))
    _check_known(file, rows)
    # Sorted and each once: a PMID has at most 27 bits.
    pairs = np.unique(group[first_row][rows] << 32 | _numbers(pmids))
    groups = int(group.max()) + 1 if len(group) else 0
    positives = csr_of(pairs >> 32, pairs & 0xFFFFFFFF, groups)
    return KnownPositives(first, group, positives, _numbers(ids))


def _check_repeats(
    file: QueryFile, first: NDArray[np.bool_], texts: Hashes, text_of_id: Hashes
) -> None:
    wrong = np.flatnonzero(texts != text_of_id if file.repeats else ~first)
    if len(wrong):
        place, query_id, _ = next(islice(file.queries(), int(wrong[0]), None))
        what = "has another text further up" if file.repeats else "is there twice"
        raise place.fault(f"the query id {query_id!r} {what}.")


def _check_known(file: QueryFile, rows: NDArray[np.int64]) -> None:
    wrong = np.flatnonzero(rows < 0)
    if len(wrong):
        place, query_id, _ = next(islice(file.positives(), int(wrong[0]), None))
        raise place.fault(f"there is no query {query_id!r} in {file.paths[0].name}.")
    if not len(rows):
        raise InputError(f"{file.paths[-1]} names no known positive, so there is no anchor.")


def _in_graph(client: GraphClient, pmids: Pmids) -> Pmids:
    """Those of some PMIDs that the graph has, sorted."""
    batches = client.rows_for(named_query("mining", "known_articles"), pmids.tolist(), _BATCH)
    return np.sort(np.array([row["pmid"] for rows in batches for row in rows], np.int64))


def text_key(text: str) -> int:
    """A 64-bit hash of a text, to be held in its place."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _numbers(values: array[int]) -> Hashes:
    return np.frombuffer(values, np.int64) if len(values) else np.empty(0, np.int64)
