"""Cases that were kept → rows of the table of negatives."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from citemesh.mining.candidates import Candidates
from citemesh.mining.cases import Ints, WeighedCases
from citemesh.mining.explain import found_by, in_common
from citemesh.mining.mesh_columns import NO_DISTANCE, MeshColumns
from citemesh.mining.negatives import NEGATIVE_SCHEMA
from citemesh.mining.score_guards import Scores

_Texts = tuple[str | None, ...]


class NegativeRows:
    """Makes rows of negatives.

    Args:
        mesh: names the headings.
    """

    def __init__(self, mesh: MeshColumns) -> None:
        self._mesh = mesh
        #: Positions of two headings to UIs and names of both and of what is right above them.
        self._headings = cache(self._read_headings)
        self._broader = cache(lambda ui: frozenset(mesh.tree.broader(ui)))

    def table(
        self,
        cases: WeighedCases,
        kept: Ints,
        strategy: str,
        ranks: Ints,
        scores: Mapping[str, Scores],
    ) -> pa.Table:
        """A table of `NEGATIVE_SCHEMA`.

        Args:
            cases: the candidates.
            kept: rows of those that became negatives, shape (n,).
            strategy: that found them.
            ranks: of each among its anchor's negatives of the strategy, from 1.
            scores: what score guards saw, in their order; those of the last are written.
        """
        own, candidates = cases.own[kept], cases.candidates.take(kept)
        start, evidence = cases.start[kept], cases.evidence
        siml = evidence.siml[own]
        headings, found = self._ways(strategy, candidates)
        distance = cases.reader.tree_distance(start, candidates.pmid)
        shared_headings = evidence.shared_headings[own]
        shared_references = evidence.citations.shared_references[own]
        last = [Scores.unknown(len(cases)), *scores.values()][-1]
        columns: dict[str, Any] = {
            "query_id": cases.anchors.query_id.take(pa.array(cases.anchor[kept])),
            "start_pmid": start,
            "negative_pmid": candidates.pmid,
            "strategy": pa.repeat(strategy, len(kept)),
            "rank": ranks,
            "score": _or_null(candidates.score),
            "hops": _or_null(candidates.hops, candidates.hops == 0),
            "path": _paths(start, candidates.between, candidates.pmid, candidates.hops),
            "paths": _or_null(candidates.paths, candidates.paths == 0),
            "shared_citers": evidence.citations.shared_citers[own],
            "shared_references": shared_references,
            **headings,
            "tree_distance": _or_null(distance, distance == NO_DISTANCE),
            "shared_headings": shared_headings,
            "shared_major": evidence.shared_major[own],
            "siml": _or_null(siml),
            "max_siml": _or_null(cases.largest_siml[kept]),
            "score_positive": _or_null(last.positive[kept]),
            "score_negative": _or_null(last.negative[kept]),
        }
        common = map(
            partial(in_common, strategy), shared_headings.tolist(), shared_references.tolist(),
            siml.tolist(),
        )  # fmt: skip
        columns["reason"] = pc.binary_join_element_wise(found, pa.array(common, pa.string()), "")
        arrays = [
            values if isinstance(values, pa.Array) else pa.array(values)
            for values in (columns[name] for name in NEGATIVE_SCHEMA.names)
        ]
        cast = [array.cast(kind) for array, kind in zip(arrays, NEGATIVE_SCHEMA.types, strict=True)]
        return pa.table(cast, schema=NEGATIVE_SCHEMA)

    def _ways(self, strategy: str, candidates: Candidates) -> tuple[dict[str, pa.Array], pa.Array]:
        """Columns of the headings that led to candidates, and the words for how it was come by.

        Few differ in a batch: each is read and put into words once.
        """
        pairs, pair = _distinct(candidates.start_heading, candidates.heading)
        met = [self._headings(one, other) for one, other in pairs]
        columns = {
            name: pa.array([uis[place] for uis, _ in met], pa.string()).take(pair)
            for place, name in enumerate(("start_heading", "negative_heading", "parent"))
        }
        ways, way = _distinct(pair, candidates.paths)
        found = [found_by(strategy, paths, met[place][1]) for place, paths in ways]
        return columns, pa.array(found, pa.string()).take(way)

    def _read_headings(self, one: int, other: int) -> tuple[_Texts, _Texts]:
        own, beside, parent = self._mesh.ui(one), self._mesh.ui(other), None
        if own and beside:  # of several that are right above both, the smallest
            parent = min(self._broader(own) & self._broader(beside), default=None)
        uis, tree = (own, beside, parent), self._mesh.tree
        return uis, tuple(tree.descriptors[ui].name if ui else None for ui in uis)


def _distinct(one: NDArray[Any], other: NDArray[Any]) -> tuple[list[list[int]], Ints]:
    """The different pairs of two columns of numbers from -1 on, and which of them each row has."""
    keys, which = np.unique((one.astype(np.int64) + 1) << 32 | (other + 1), return_inverse=True)
    return np.column_stack([(keys >> 32) - 1, (keys & 0xFFFFFFFF) - 1]).tolist(), which


def _or_null(values: NDArray[Any], missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """Values with nulls where they are missing: where they are NaN, unless told otherwise."""
    return pa.array(values, mask=np.isnan(values) if missing is None else missing)


def _paths(start: Ints, between: Ints, pmid: Ints, hops: NDArray[np.int8]) -> pa.Array:
    """From start to document, both included; empty where no path led there."""
    longest = np.column_stack([start, between, pmid])
    longest[np.arange(len(pmid)), np.maximum(hops, 1)] = pmid
    lengths = np.where(hops > 0, hops + 1, 0)
    inside = np.arange(longest.shape[1]) < lengths[:, None]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(longest[inside]))
