"""A user's own file as what is audited: negatives by query, against all that the file knows.

Texts are streamed; held are integers: hashes of ids and texts, and PMIDs.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citemesh.errors import InputError
from citemesh.graph.snapshot.arrays import find_sorted
from citemesh.manifest import file_sha256
from citemesh.mining.anchors import Anchor
from citemesh.mining.anchors.queries import KnownPositives, read_positives, text_key
from citemesh.mining.audit.inputs.items import AnchorNegatives, AuditItems, in_batches
from citemesh.mining.audit.inputs.user_negatives import UserNegatives

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Negatives:
    """The negatives of all queries, those of one query together, in the order of the file.

    Args:
        begins: where each query's negatives begin, and the end, shape (queries + 1,).
        pmid: shape (negatives,).
        strategy: number of each in `strategies`, shape (negatives,).
        rank: of each among its query's negatives of the strategy, from 1, shape (negatives,).
        strategies: names.
    """

    begins: Ints
    pmid: Ints
    strategy: Ints
    rank: NDArray[np.int32]
    strategies: tuple[str, ...]


@dataclass(frozen=True)
class UserInput:
    """A user's file.

    Args:
        name: of the file, fit for a folder.
        file: the file.
        left_out: what of it cannot be audited, reason to count.
    """

    name: str
    file: UserNegatives
    left_out: Mapping[str, int]
    _known: KnownPositives
    _negatives: _Negatives

    @cached_property
    def inputs(self) -> Mapping[str, str]:
        """The files that are read, with their hashes."""
        return {str(path): file_sha256(path) for path in self.file.paths}

    def batches(self, size: int) -> Iterator[AuditItems]:
        """All negatives of queries with a known positive, about `size` at a time."""
        return in_batches(self._by_query(), size)

    def _by_query(self) -> Iterator[AnchorNegatives]:
        known, found, number = self._known, self._negatives, -1
        for row, (query_id, text, own) in enumerate(self.file.own_articles()):
            if not known.first[row]:
                continue
            number += 1
            here = slice(found.begins[number], found.begins[number + 1])
            positives = known.pmids.row(int(known.group[row]))
            if len(positives):
                yield AnchorNegatives(
                    Anchor(query_id, text, own, tuple(positives.tolist())),
                    found.pmid[here],
                    [found.strategies[code] for code in found.strategy[here].tolist()],
                    found.rank[here],
                )


def read_user_input(path: Path, file: UserNegatives) -> UserInput:
    """Read the ids of a file.

    A negative that a file names for a query and strategy more than once counts once, at its first
    place: rows of triplets repeat it for every positive.

    Raises:
        InputError: with file and line, for a fault; for a file without negatives or positives.
    """
    known = read_positives(file)
    negatives = _read_negatives(file, known)
    counts = np.diff(negatives.begins)
    with_positives = np.diff(known.pmids.indptr)[known.group[known.first]] > 0
    lost = int(counts[~with_positives].sum())
    if lost == counts.sum():
        what = "negative" if not lost else "negative of a query with a known positive"
        raise InputError(
            f"{path} names no {what}, so there is nothing to audit.",
            "docs/audit.md lists where negatives are looked for.",
        )
    left_out = {"negatives of queries without a known positive": lost} if lost else {}
    return UserInput(_folder_name(path), file, left_out, known, negatives)


def _read_negatives(file: UserNegatives, known: KnownPositives) -> _Negatives:
    owners, codes, pmids = array("q"), array("q"), array("q")
    strategies: dict[str, int] = {}
    for _, query_id, strategy, number in file.negatives():
        owners.append(text_key(query_id))
        codes.append(strategies.setdefault(strategy, len(strategies)))
        pmids.append(number)
    owner, code, pmid = (np.array(values, np.int64) for values in (owners, codes, pmids))
    keys = known.key[known.first]  # of the queries in the order of the file, each once
    order = np.argsort(keys)
    place = find_sorted(keys[order], owner)
    if (place < 0).any():
        wrong = int(np.flatnonzero(place < 0)[0])
        at, query_id, _, _ = next(islice(file.negatives(), wrong, None))
        raise at.fault(f"there is no query {query_id!r} in {file.paths[0].name}.")
    query = order[place]
    kept = _first_of_each(query, code, pmid)
    query, code, pmid = query[kept], code[kept], pmid[kept]
    begins = np.searchsorted(query, np.arange(len(keys) + 1))
    return _Negatives(begins, pmid, code, _ranks(query, code), tuple(strategies))


def _first_of_each(query: Ints, code: Ints, pmid: Ints) -> Ints:
    """Rows by query, in the order of the file; of equal ones the first."""
    order = np.lexsort((pmid, code, query))  # stable: equal ones stay in their order
    same = np.ones(len(order), bool)
    for values in (query, code, pmid):
        same[1:] &= values[order][1:] == values[order][:-1]
    same[:1] = False
    kept = np.sort(order[~same])
    return kept[np.argsort(query[kept], kind="stable")]


def _ranks(query: Ints, code: Ints) -> NDArray[np.int32]:
    """The place of each row among those of its query and strategy, from 1."""
    order = np.lexsort((code, query))
    new = np.ones(len(order), bool)
    new[1:] = (query[order][1:] != query[order][:-1]) | (code[order][1:] != code[order][:-1])
    begins = np.flatnonzero(new)
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order)) - np.repeat(begins, np.diff([*begins, len(order)])) + 1
    return ranks


def _folder_name(path: Path) -> str:
    """The name of a file without its endings, of what a folder's name may hold."""
    stem = re.sub(r"(\.(jsonl|json|ndjson|gz))+$", "", path.resolve().name)
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._")[:100] or "negatives"
