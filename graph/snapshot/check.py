"""A snapshot against itself, in the moment it is opened, and against the graph, row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query
from citemesh.graph.snapshot.arrays import Csr, find_sorted
from citemesh.graph.snapshot.build import ARTICLE_ARRAYS
from citemesh.graph.snapshot.numbered import NumberedTexts
from citemesh.graph.snapshot.rows import Lists, Numbering, article_batches
from citemesh.graph.snapshot.snapshot import DOCUMENT, Snapshot, is_document
from citemesh.graph.snapshot.transpose import CHUNK

Offenders = Iterator[dict[str, Any]]
#: A position that no array holds, for what the snapshot does not know.
_NOWHERE = (1 << 31) - 1
# Odd constants that spread (row, column) over 64 bits (Steele and Vigna's splitmix64).
_MIX_ROW, _MIX_COLUMN = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


def snapshot_offenders(client: GraphClient, snapshot: Snapshot) -> Offenders:
    """What a snapshot says otherwise than the graph that it claims to show.

    Args:
        client: the graph.
        snapshot: of the graph's present version.
    """
    broken = list(_broken_arrays(snapshot))
    if broken:
        yield from broken  # such arrays cannot be looked at row by row
        return
    yield from _transpose_offenders(snapshot)
    yield from _key_order_offenders(snapshot)
    yield from _descriptor_offenders(client, snapshot)
    yield from _article_offenders(client, snapshot)


def _broken_arrays(snapshot: Snapshot) -> Offenders:
    if not _rises(snapshot.pmid, strictly=True):
        yield {"array": "pmid", "is": "not sorted"}
    articles, descriptors = len(snapshot.pmid), len(snapshot.descriptors)
    columns = {
        "cites": articles, "cited_by": articles, "same_work": articles, "headed": articles,
        "major_documents": articles,
        "headings": descriptors, "broader": descriptors, "sibling": descriptors,
    }  # fmt: skip
    for name, limit in columns.items():
        csr: Csr = getattr(snapshot, name)
        inside = all(
            part.min() >= 0 and part.max() < limit for part in _chunks(csr.indices) if len(part)
        )
        if csr.indptr[0] or not _rises(csr.indptr, strictly=False) or not inside:
            yield {"array": name, "is": "broken"}


def _chunks(array: NDArray[Any], overlap: int = 0) -> Iterator[NDArray[Any]]:
    for start in range(0, len(array), CHUNK):
        yield array[start : start + CHUNK + overlap]


def _rises(array: NDArray[Any], *, strictly: bool) -> bool:
    least = 1 if strictly else 0
    return all(bool((np.diff(part) >= least).all()) for part in _chunks(array, overlap=1))


def _transpose_offenders(snapshot: Snapshot) -> Offenders:
    nothing = None
    pairs = {
        "cited_by": (snapshot.cites, nothing, snapshot.cited_by, nothing),
        "headed": (
            snapshot.headings, snapshot.headings_major, snapshot.headed, snapshot.headed_major,
        ),
    }  # fmt: skip
    for name, (forth, marks, back, back_marks) in pairs.items():
        if _digest(forth, marks) != _digest(back, back_marks, swap=True):
            yield {"array": name, "is": "not the transpose of what it turns round"}


def _key_order_offenders(snapshot: Snapshot) -> Offenders:
    """Documents by key: each of them once, in the order of ``h``."""
    documents = np.flatnonzero(snapshot.flags & DOCUMENT)
    held = np.asarray(snapshot.documents_by_h)
    in_order = bool((np.diff(snapshot.h[held]) > 0).all())
    if not in_order or not np.array_equal(np.sort(held), documents):
        yield {"array": "documents_by_h", "is": "not the documents in the order of their keys"}
    expected = np.zeros(len(snapshot.headed), np.int64)
    for part in _parts(snapshot.headed):
        kept = snapshot.headed_major[part] & is_document(snapshot, snapshot.headed.indices[part])
        rows = np.searchsorted(snapshot.headed.indptr, np.flatnonzero(kept) + part.start, "right")
        expected += np.bincount(rows - 1, minlength=len(expected))
    lists = snapshot.major_documents
    wrong = not np.array_equal(np.diff(lists.indptr), expected)
    for part in _parts(lists):
        rows = np.searchsorted(lists.indptr, np.arange(part.start, part.stop), "right")
        articles = lists.indices[part]
        key = rows << 31 | snapshot.h[articles]
        wrong |= not (is_document(snapshot, articles).all() and (np.diff(key) > 0).all())
    if wrong:
        yield {"array": "major_documents", "is": "not what headings say, or not in order"}


def _parts(lists: Csr) -> Iterator[slice]:
    """The entries in runs of `CHUNK`."""
    for start in range(0, len(lists.indices), CHUNK):
        yield slice(start, min(start + CHUNK, len(lists.indices)))


def _digest(csr: Csr, marks: NDArray[np.bool_] | None, *, swap: bool = False) -> int:
    """A sum over all entries of a mix of row, column and mark: the same in any order."""
    total = np.uint64(0)
    for start in range(0, len(csr.indices), CHUNK):
        stop = min(start + CHUNK, len(csr.indices))
        rows = np.searchsorted(csr.indptr, np.arange(start, stop), side="right") - 1
        ends = [rows.astype(np.uint64), csr.indices[start:stop].astype(np.uint64)]
        row, column = reversed(ends) if swap else ends
        mixed = (row + np.uint64(1)) * _MIX_ROW ^ (column + np.uint64(1)) * _MIX_COLUMN
        mixed ^= mixed >> np.uint64(29)
        if marks is not None:
            mixed += marks[start:stop]
        total += np.sum(mixed * _MIX_COLUMN ^ mixed >> np.uint64(32), dtype=np.uint64)
    return int(total)


def _descriptor_offenders(client: GraphClient, snapshot: Snapshot) -> Offenders:
    held = snapshot.descriptors
    kept = {ui: position for position, ui in enumerate(held["ui"])}
    rows = held.astype(object).where(held.notna(), None).to_dict("records")
    for row in client.stream(named_query("graph", "snapshot_descriptors")):
        position = kept.pop(row["ui"], None)
        if position is None:
            yield {"descriptor": row["ui"], "is": "not in the snapshot"}
            continue
        kept_row = rows[position] | {"tree_numbers": list(rows[position]["tree_numbers"])}
        if any(row[str(name)] != value for name, value in kept_row.items()):
            yield {"descriptor": row["ui"], "differs in": "properties"}
        for name in ("broader", "sibling"):
            ends = held["ui"].to_numpy()[getattr(snapshot, name).row(position)]
            if sorted(row[name]) != list(ends):
                yield {"descriptor": row["ui"], "differs in": name}
    for ui in kept:
        yield {"descriptor": ui, "is": "only in the snapshot"}


def _article_offenders(client: GraphClient, snapshot: Snapshot) -> Offenders:
    held_uis = {ui: position for position, ui in enumerate(snapshot.descriptors["ui"])}
    numbering = Numbering(
        defaultdict(lambda: _NOWHERE, held_uis),
        NumberedTexts(snapshot.qualifier_sets),
        NumberedTexts(snapshot.indexing_methods),
    )
    met = 0
    for batch in article_batches(client, numbering):
        positions = snapshot.positions(batch.pmid)
        known = positions >= 0
        met += int(known.sum())
        for pmid in batch.pmid[~known]:
            yield {"pmid": int(pmid), "is": "not in the snapshot"}
        if not known.any():
            continue
        positions[~known] = 0  # any row will do: what is compared there is left out
        for name in ARTICLE_ARRAYS:
            differ = known & (getattr(batch, name) != getattr(snapshot, name)[positions])
            yield from _named(batch.pmid[differ], name)
        for name in ("cites", "same_work"):
            there: Lists = getattr(batch, name)
            ends = find_sorted(snapshot.pmid, there.values)
            wanted = Lists(there.counts, np.where(ends < 0, _NOWHERE, ends))
            counts, entries = _entries(getattr(snapshot, name), positions)
            held = Lists(counts, getattr(snapshot, name).indices[entries])
            yield from _named(batch.pmid[known & _differ(wanted, held)], name)
        counts, entries = _entries(snapshot.headings, positions)
        here = Lists(
            counts,
            _marked(
                snapshot.headings.indices[entries],
                snapshot.headings_major[entries],
                snapshot.headings_qualifiers[entries],
            ),
        )
        values = _marked(batch.headings.values, batch.major, batch.qualifiers)
        differ = _differ(Lists(batch.headings.counts, values), here)
        yield from _named(batch.pmid[known & differ], "headings")
    if met < len(snapshot.pmid):
        yield {"articles only in the snapshot": len(snapshot.pmid) - met}


def _named(pmids: NDArray[np.int64], name: str) -> Offenders:
    for pmid in pmids:
        yield {"pmid": int(pmid), "differs in": name}


def _marked(
    headings: NDArray[Any], major: NDArray[np.bool_], qualifiers: NDArray[Any]
) -> NDArray[np.int64]:
    """Headings with what is said of them, in one number each."""
    return headings.astype(np.int64) << 33 | qualifiers.astype(np.int64) << 1 | major


def _entries(csr: Csr, positions: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The lengths of some lists, shape (n,), and the places of their entries."""
    return csr.indptr[positions + 1] - csr.indptr[positions], csr.entries(positions)[1]


def _differ(first: Lists, second: Lists) -> NDArray[np.bool_]:
    """Which of the lists are not the same, shape (n,)."""
    differ: NDArray[np.bool_] = first.counts != second.counts
    same = ~differ
    owner = np.repeat(np.flatnonzero(same), first.counts[same])
    one, other = (lists.values[np.repeat(same, lists.counts)] for lists in (first, second))
    differ[owner[one != other]] = True
    return differ
