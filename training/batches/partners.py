"""Partners: for each document to train on, others that are similar by MeSH.

They are found through shared headings, rare ones first, since most documents that share a common
heading are no partners. Check tags lead to none.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import Csr, CsrFile, csr_of, map_csr
from citemesh.training.batches.label_vectors import LabelVectors

Ints = NDArray[np.int64]

#: Documents handled at once; the draw depends on it, so it is no setting.
_CHUNK = 512
#: Entries of lists read at once.
_ENTRIES = 1_000_000
#: Losses compute similarities in float32: what is a positive here must be one there.
_MARGIN = 1e-5
_HEADED, _FOUND = "headed", "found"
#: Name of the lists in the folder.
PARTNERS = "partners"


@dataclass(frozen=True)
class PartnerSearch:
    """How partners are looked for.

    Args:
        beta: partners are more similar than this by SimL.
        seed: of what is drawn.
        most: partners kept per document, drawn from those that were found.
        candidates: documents looked at per document.
    """

    beta: float
    seed: int
    most: int = 8
    candidates: int = 64


@dataclass(frozen=True)
class Partnered:
    """The documents that have a partner.

    Args:
        kept: which documents those are, shape (documents,).
        partners: each of them to its partners, both by their number among those kept.
    """

    kept: NDArray[np.bool_]
    partners: Csr


def find_partners(
    labels: LabelVectors, pmids: Pmids, search: PartnerSearch, folder: Path
) -> Partnered:
    """Find partners among documents.

    Who was found as a partner has one, too. Memory: 9 bytes per document, 4 per article, a chunk.

    Args:
        labels: of the documents.
        pmids: of the documents, shape (documents,), each once; may be mapped from disk.
        search: how to look.
        folder: where the lists are written and mapped from.
    """
    _write_headed(labels, pmids, folder)
    headed = map_csr(folder, _HEADED)
    named_by = np.full(len(pmids), -1, dtype=np.int32)
    with CsrFile(folder, _FOUND) as file:
        for begin in range(0, len(pmids), _CHUNK):
            rows = np.arange(begin, min(begin + _CHUNK, len(pmids)))
            row, partner = _partners_of(labels, pmids, headed, rows, search)
            named_by[partner] = row
            file.append(np.bincount(row - begin, minlength=len(rows)), partner)
    found = map_csr(folder, _FOUND)
    kept = (np.diff(found.indptr) > 0) | (named_by >= 0)
    _write_partners(found, named_by, kept, folder)
    for name in (_HEADED, _FOUND):
        for part in ("indptr", "indices"):
            (folder / f"{name}.{part}.npy").unlink()
    return Partnered(kept, map_csr(folder, PARTNERS))


def _write_headed(labels: LabelVectors, pmids: Pmids, folder: Path) -> None:
    """Descriptor → documents to train on with it as a heading; none for check tags."""
    engine = labels.engine
    row_of = np.full(len(engine.snapshot.pmid), -1, dtype=np.int32)
    for begin in range(0, len(pmids), _ENTRIES):
        places = engine.snapshot.positions(np.asarray(pmids[begin : begin + _ENTRIES]))
        known = np.flatnonzero(places >= 0)
        row_of[places[known]] = begin + known
    topical = engine.mesh.topical
    lengths = np.where(topical, np.diff(engine.snapshot.headed.indptr), 0)
    with CsrFile(folder, _HEADED) as file:
        for numbers in _portions(lengths):
            wanted = numbers[topical[numbers]]
            owner, articles = engine.snapshot.headed.rows(wanted)
            row, number = row_of[articles], wanted[owner] - numbers[0]
            row, number = row[row >= 0], number[row >= 0]
            order = np.lexsort((row, number))
            file.append(np.bincount(number, minlength=len(numbers)), row[order])


def _portions(lengths: Ints) -> list[Ints]:
    """Numbers of lists that follow each other, each portion with not much more than `_ENTRIES`."""
    ends = np.cumsum(lengths) // _ENTRIES
    cuts = np.flatnonzero(np.diff(ends)) + 1
    return [part for part in np.split(np.arange(len(lengths)), cuts) if len(part)]


def _partners_of(
    labels: LabelVectors, pmids: Pmids, headed: Csr, rows: Ints, search: PartnerSearch
) -> tuple[Ints, Ints]:
    """Row and partner, sorted by both."""
    chance = np.random.default_rng([search.seed, int(rows[0])])
    row, other = _candidates(labels, np.asarray(pmids[rows]), headed, search.candidates, chance)
    key = np.unique(rows[row] << 32 | other)
    row, other = key >> 32, key & 0xFFFFFFFF
    row, other = row[row != other], other[row != other]
    numbers, at = np.unique(np.concatenate([row, other]), return_inverse=True)
    vectors = labels.unit_matrix(np.asarray(pmids[numbers]))
    siml = vectors[at[: len(row)]].multiply(vectors[at[len(row) :]]).sum(axis=1)
    similar = np.flatnonzero(siml > search.beta + _MARGIN)
    drawn = chance.permutation(similar)
    drawn = drawn[np.argsort(row[drawn], kind="stable")]
    kept = np.sort(drawn[_rank_within(row[drawn]) < search.most])
    return row[kept], other[kept]


def _candidates(
    labels: LabelVectors, pmids: Pmids, headed: Csr, most: int, chance: np.random.Generator
) -> tuple[Ints, Ints]:
    """Index of a document, and another that shares a heading with it; some more than once."""
    snapshot = labels.engine.snapshot
    owner, heading = labels.engine.neighbours(snapshot.headings, snapshot.positions(pmids))
    length = headed.indptr[heading + 1] - headed.indptr[heading]
    shared = length > 1  # more than the document itself
    owner, heading, length = owner[shared], heading[shared], length[shared]
    order = np.lexsort((heading, length, owner))
    owner, heading, length = owner[order], heading[order], length[order]
    before = np.cumsum(length) - length
    before -= before[np.searchsorted(owner, owner)] if len(owner) else 0
    taken = np.clip(most - before, 0, length)
    # From anywhere in a list, at even steps: neighbours in it are of the same time.
    entry = np.repeat(np.arange(len(owner)), taken)
    within = np.arange(len(entry)) - np.repeat(np.cumsum(taken) - taken, taken)
    start = chance.integers(length) if len(length) else length
    at = (start[entry] + within * length[entry] // taken[entry]) % length[entry]
    return owner[entry], headed.indices[headed.indptr[heading[entry]] + at].astype(np.int64)


def _rank_within(owner: Ints) -> Ints:
    """Place of each entry among those of its owner; owners together."""
    return np.arange(len(owner)) - np.searchsorted(owner, owner)


def _write_partners(
    found: Csr, named_by: NDArray[np.int32], kept: NDArray[np.bool_], folder: Path
) -> None:
    """The lists again, by the numbers of those kept; who found none takes who found it."""
    number = np.cumsum(kept, dtype=np.int32) - 1
    with CsrFile(folder, PARTNERS) as file:
        for begin in range(0, len(kept), _ENTRIES):
            rows = np.flatnonzero(kept[begin : begin + _ENTRIES]) + begin
            owner, partner = found.rows(rows)
            alone = np.flatnonzero(found.indptr[rows + 1] == found.indptr[rows])
            owner = np.concatenate([owner, alone])
            partner = np.concatenate([partner, named_by[rows[alone]]])
            lists = csr_of(np.sort(owner), partner[np.argsort(owner, kind="stable")], len(rows))
            file.append(np.diff(lists.indptr), number[lists.indices])
