"""What miners would take around known positives, before any guard: what the auditor must judge."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import Csr
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.candidates import places_within

Ints = NDArray[np.int64]
#: Entries of a list that are looked at: a hub's citers, or a heading's documents, are many.
LISTED = 1_000
#: Index of the known positive, and position of the document, of each row.
Rows = tuple[Ints, Ints]


def _some(lists: Csr, rows: Ints) -> Rows:
    """The first `LISTED` entries of each list: index of the row, and value."""
    owner, values = lists.rows(rows)
    kept = places_within(owner) < LISTED
    return owner[kept], values[kept]


def _linked(engine: ArrayEngine, places: Ints) -> Rows:
    """Documents that cite, or are cited by, each known positive."""
    snapshot = engine.snapshot
    one, cited = _some(snapshot.cites, places)
    other, citing = _some(snapshot.cited_by, places)
    return _documents(engine, np.concatenate([one, other]), np.concatenate([cited, citing]))


def _two_hops(engine: ArrayEngine, places: Ints) -> Rows:
    """Documents two citations away, of any direction, over a document, and not one."""
    owner, near = _linked(engine, places)
    row, far = _linked(engine, near)
    keys = np.unique(owner[row] << 32 | far)
    known = np.concatenate([owner << 32 | near, np.arange(len(places)) << 32 | places])
    return _parted(np.setdiff1d(keys, known))


def _coupled(engine: ArrayEngine, places: Ints) -> Rows:
    """Documents with two references in common at least."""
    snapshot = engine.snapshot
    owner, cited = _some(snapshot.cites, places)
    row, citing = _some(snapshot.cited_by, cited)
    keys, shared = np.unique(owner[row] << 32 | citing, return_counts=True)
    return _documents(engine, *_parted(keys[shared >= 2]))


def _siblings(engine: ArrayEngine, places: Ints) -> Rows:
    """Documents with a major heading beside one of the known positive's."""
    snapshot = engine.snapshot
    owner, entries = snapshot.headings.entries(places)
    headings = snapshot.headings.indices[entries]
    kept = snapshot.headings_major[entries] & engine.mesh.topical[headings]
    row, beside = snapshot.sibling.rows(headings[kept])
    entry, found = _some(snapshot.major_documents, beside)
    return _parted(np.unique(owner[kept][row[entry]] << 32 | found))


#: Kind of candidates to how they are found.
CANDIDATES: dict[str, Callable[[ArrayEngine, Ints], Rows]] = {
    "cited": _linked, "two_hop": _two_hops, "coupled": _coupled, "sibling": _siblings,
}  # fmt: skip


def candidates_of(engine: ArrayEngine, kind: str, known: Pmids) -> Pmids:
    """Documents of a kind around known positives, shape (rows,), these themselves left out.

    One that several known positives lead to stands there several times, as miners would draw it.
    """
    places = engine.snapshot.positions(known)
    _, found = CANDIDATES[kind](engine, places)
    return engine.snapshot.pmid[found[~np.isin(found, places)]]


def _documents(engine: ArrayEngine, owner: Ints, found: Ints) -> Rows:
    kept = engine.documents(found)
    return _parted(np.unique(owner[kept] << 32 | found[kept]))


def _parted(keys: Ints) -> Rows:
    return keys >> 32, keys & 0xFFFFFFFF
