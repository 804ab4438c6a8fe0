"""Citations of several sources → each pair once with the names of its sources, on disk between.

A citation is one key of 54 bits: the citing PMID above the cited one, so keys sort like pairs.
Keys wait in files by range of the citing PMID, 8 bytes each (a billion citations: 8 GB); then one
range after the other is sorted in memory. What is held is bounded by `rows_in_memory` and by the
references of a single PMID, whatever came in and however it is spread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from citemesh.errors import InputError
from citemesh.graph.pubmed.ids import MAX_PMID

#: Citations that are sorted at once. A larger range of PMIDs is read once per so many rows.
ROWS_IN_MEMORY = 8_000_000
#: Pairs in one batch that comes out.
BATCH_PAIRS = 1_000_000
#: A PMID has 27 bits (99,999,999 < 2^27); beside two of them, 10 are left for the source.
_PMID_BITS = 27
_SOURCE_BITS = 10
_ANY_PMID = (1 << _PMID_BITS) - 1
_ANY_SOURCE = (1 << _SOURCE_BITS) - 1
#: 262,144 citing PMIDs to a file: 382 files a source at most, 7 million citations in each at
#: iCite's 28 a PMID.
_RANGE_BITS = 18
_CHUNK_ROWS = 1_000_000

Pmids = NDArray[np.int64]
Keys = NDArray[np.uint64]
_KEY = np.dtype("<u8")


@dataclass(frozen=True, slots=True)
class CitationBatch:
    """Some pairs in order of (citing, cited).

    Args:
        citing: PMIDs, shape (n,).
        cited: PMIDs, shape (n,).
        sources: list of string, n long: the names of the sources of each pair, sorted.
    """

    citing: Pmids
    cited: Pmids
    sources: pa.ListArray


class CitationSpool:
    """Takes citations in any order and gives every pair once; self-citations are left out.

    As a context manager it removes its files at the end.

    Args:
        folder: an existing empty folder for the files.
        rows_in_memory: citations that are sorted at once, 8 bytes each, about four times over.
        batch_pairs: pairs in one batch that comes out, at most.
    """

    def __init__(
        self,
        folder: Path,
        *,
        rows_in_memory: int = ROWS_IN_MEMORY,
        batch_pairs: int = BATCH_PAIRS,
    ) -> None:
        if any(folder.iterdir()):
            raise ValueError(f"{folder} is not empty: its files would be read as citations")
        self._folder = folder
        self._rows_in_memory = rows_in_memory
        self._batch_pairs = batch_pairs
        self._sources: dict[str, int] = {}
        self._rows: Counter[int] = Counter()
        self._waiting: dict[str, list[Keys]] = {}
        self._waiting_rows = 0
        self._self_citations = 0
        self._repeated: Counter[str] = Counter()

    @property
    def self_citations(self) -> int:
        """Citations of a PMID by itself that were left out, repeated ones counted again."""
        return self._self_citations

    @property
    def repeated(self) -> Counter[str]:
        """Per source, the citations that it had given before; known once `batches` has ended."""
        return Counter(self._repeated)

    def add(self, source: str, citing: Pmids, cited: Pmids) -> None:
        """Take citations of one source.

        Args:
            source: its name.
            citing: PMIDs, shape (n,).
            cited: PMIDs, shape (n,).

        Raises:
            InputError: for a number that is no PMID, or for more sources than 1,024.
        """
        if citing.shape != cited.shape or citing.ndim != 1:
            raise ValueError(f"citing {citing.shape} and cited {cited.shape} differ in shape")
        if not len(citing):
            return
        lowest = min(int(citing.min()), int(cited.min()))
        highest = max(int(citing.max()), int(cited.max()))
        if lowest < 1 or highest > MAX_PMID:
            wrong = lowest if lowest < 1 else highest
            raise InputError(f"{source} has a citation with {wrong}, no PMID (1 to {MAX_PMID:,}).")
        self._register(source)
        keys = _keys(citing, cited)[citing != cited]
        self._self_citations += len(citing) - len(keys)
        self._waiting.setdefault(source, []).append(keys)
        self._waiting_rows += len(keys)
        if self._waiting_rows * 4 >= self._rows_in_memory:
            self._write_waiting()

    def batches(self) -> Iterator[CitationBatch]:
        """Every pair once, in order of (citing, cited) over all batches, with its sources.

        The result does not depend on the order of the calls of `add`, nor on repetition.
        """
        self._write_waiting()
        self._repeated.clear()
        names = pa.array(sorted(self._sources), pa.string())
        for number in sorted(self._rows):
            for first, end in self._parts(number):
                yield from self._cut(self._sorted_rows(number, first, end), names)

    def _register(self, source: str) -> None:
        if source not in self._sources and len(self._sources) > _ANY_SOURCE:
            raise InputError(
                f"Citations of more than {len(self._sources):,} sources were given.",
                "Join some of them under one name with SOURCE=FILE.",
            )
        self._sources.setdefault(source, len(self._sources))

    def _path(self, number: int, source: str) -> Path:
        return self._folder / f"{number:03d}-{self._sources[source]}.keys"

    def _write_waiting(self) -> None:
        """Append what waits to the files of its ranges; one file is open at a time."""
        for source, parts in self._waiting.items():
            keys = np.concatenate(parts)
            parts.clear()
            keys.sort()
            numbers = keys >> np.uint64(_PMID_BITS + _RANGE_BITS)
            starts = np.flatnonzero(np.diff(numbers)) + 1
            for piece in np.split(keys, starts) if len(keys) else ():
                number = int(piece[0]) >> (_PMID_BITS + _RANGE_BITS)
                self._rows[number] += len(piece)
                with self._path(number, source).open("ab") as stream:
                    stream.write(piece.astype(_KEY, copy=False).data)
        self._waiting.clear()
        self._waiting_rows = 0

    def _chunks(self, number: int, source: str) -> Iterator[Keys]:
        path = self._path(number, source)
        if not path.exists():
            return
        with path.open("rb") as stream:
            while len(keys := np.fromfile(stream, _KEY, _CHUNK_ROWS)):
                yield keys.astype(np.uint64, copy=False)

    def _parts(self, number: int) -> Iterator[tuple[int, int]]:
        """Cut a range of citing PMIDs so that each part fits in memory; [first, end) of PMIDs."""
        first, end = number << _RANGE_BITS, (number + 1) << _RANGE_BITS
        if self._rows[number] <= self._rows_in_memory:
            yield first, end
            return
        counts = np.zeros(end - first, np.int64)
        for source in self._sources:
            for keys in self._chunks(number, source):
                offsets = (keys >> np.uint64(_PMID_BITS)).astype(np.int64) - first
                counts += np.bincount(offsets, minlength=len(counts))
        upto = np.cumsum(counts)
        start = 0
        while start < len(counts):
            done = int(upto[start - 1]) if start else 0
            # At least one PMID; a part of one PMID may hold more rows than fit (`_sorted_rows`).
            stop = max(int(np.searchsorted(upto, done + self._rows_in_memory, "right")), start + 1)
            yield first + start, first + stop
            start = stop

    def _sorted_rows(self, number: int, first: int, end: int) -> Keys:
        """The citations of the PMIDs [first, end): key above rank of source, sorted, each once."""
        low, high = np.uint64(first << _PMID_BITS), np.uint64(end << _PMID_BITS)
        parts: list[Keys] = [np.empty(0, np.uint64)]
        held, allowed = 0, self._rows_in_memory
        given: Counter[str] = Counter()
        names = sorted(self._sources)
        for rank, source in enumerate(names):
            for keys in self._chunks(number, source):
                mine = keys[(keys >= low) & (keys < high)]
                given[source] += len(mine)
                parts.append((mine << np.uint64(_SOURCE_BITS)) | np.uint64(rank))
                held += len(mine)
                if held > allowed:  # one PMID, given very often or with very many references
                    parts = [_each_once(parts)]
                    held = len(parts[0])
                    allowed = max(self._rows_in_memory, 2 * held)
        rows = _each_once(parts)
        for at in range(0, len(rows), _CHUNK_ROWS):
            kept = np.bincount(_ranks(rows[at : at + _CHUNK_ROWS]), minlength=len(names))
            given.subtract(dict(zip(names, kept.tolist(), strict=True)))
        self._repeated += given  # of a Counter this drops the zeros
        return rows

    def _cut(self, rows: Keys, names: pa.Array) -> Iterator[CitationBatch]:
        """Batches of whole pairs out of sorted rows."""
        at = 0
        while at < len(rows):
            last = rows[min(at + self._batch_pairs, len(rows)) - 1] | np.uint64(_ANY_SOURCE)
            end = int(np.searchsorted(rows, last, "right"))
            yield _batch(rows[at:end], names)
            at = end

    def __enter__(self) -> CitationSpool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for path in self._folder.glob("*.keys"):
            path.unlink()


def _keys(citing: Pmids, cited: Pmids) -> Keys:
    high = citing.astype(np.uint64) << np.uint64(_PMID_BITS)
    return high | cited.astype(np.uint64)


def _ranks(rows: Keys) -> Pmids:
    return (rows & np.uint64(_ANY_SOURCE)).astype(np.int64)


def _batch(rows: Keys, names: pa.Array) -> CitationBatch:
    """One row per pair out of sorted rows of pair and rank."""
    keys = rows >> np.uint64(_SOURCE_BITS)
    starts = np.flatnonzero(np.diff(keys, prepend=np.uint64(0)))  # no pair has the key 0
    offsets = pa.array(np.append(starts, len(rows)), pa.int32())
    keys = keys[starts]
    return CitationBatch(
        (keys >> np.uint64(_PMID_BITS)).astype(np.int64),
        (keys & np.uint64(_ANY_PMID)).astype(np.int64),
        pa.ListArray.from_arrays(offsets, names.take(pa.array(_ranks(rows)))),
    )


def _each_once(parts: list[Keys]) -> Keys:
    """Join, sort and keep one of each; empties the list, so that its memory is free at once."""
    rows = np.concatenate(parts)
    parts.clear()
    rows.sort()
    fresh = np.ones(len(rows), bool)
    np.not_equal(rows[1:], rows[:-1], out=fresh[1:])
    return rows[fresh]
