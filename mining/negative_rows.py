"""Cases that were kept → rows of the table of negatives."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from citemesh.mining.cases import Cases, Ints
from citemesh.mining.explain import explain
from citemesh.mining.mesh_columns import NO_DISTANCE, MeshColumns
from citemesh.mining.negatives import NEGATIVE_SCHEMA

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

    def table(self, cases: Cases, kept: Ints, strategy: str, ranks: Ints) -> pa.Table:
        """A table of `NEGATIVE_SCHEMA`.

        Args:
            cases: the candidates.
            kept: rows of those that became negatives, shape (n,).
            strategy: that found them.
            ranks: of each among its anchor's negatives of the strategy, from 1.
        """
        own, candidates = cases.own[kept], cases.candidates.take(kept)
        start, evidence = cases.start[kept], cases.evidence
        siml = evidence.siml[own]
        positions = zip(candidates.start_heading.tolist(), candidates.heading.tolist(), strict=True)
        headings = [self._headings(one, other) for one, other in positions]
        distance = cases.reader.tree_distance(start, candidates.pmid)
        shared_headings = evidence.shared_headings[own]
        shared_references = evidence.citations.shared_references[own]
        anchors = cases.anchors.anchors
        columns: dict[str, Any] = {
            "query_id": [anchors[i].query_id for i in cases.anchor[kept].tolist()],
            "start_pmid": start,
            "negative_pmid": candidates.pmid,
            "strategy": [strategy] * len(kept),
            "rank": ranks,
            "score": _or_null(candidates.score, np.isnan(candidates.score)),
            "hops": _or_null(candidates.hops, candidates.hops == 0),
            "path": _paths(start, candidates.between, candidates.pmid, candidates.hops),
            "paths": _or_null(candidates.paths, candidates.paths == 0),
            "shared_citers": evidence.citations.shared_citers[own],
            "shared_references": shared_references,
            "start_heading": [uis[0] for uis, _ in headings],
            "negative_heading": [uis[1] for uis, _ in headings],
            "parent": [uis[2] for uis, _ in headings],
            "tree_distance": _or_null(distance, distance == NO_DISTANCE),
            "shared_headings": shared_headings,
            "shared_major": evidence.shared_major[own],
            "siml": _or_null(siml, np.isnan(siml)),
            "max_siml": _largest_siml(cases, kept),
        }
        columns["reason"] = [
            explain(strategy, paths, names, shared, references, value)
            for paths, (_, names), shared, references, value in zip(
                candidates.paths.tolist(), headings, shared_headings.tolist(),
                shared_references.tolist(), siml.tolist(), strict=True,
            )
        ]  # fmt: skip
        arrays = [
            values if isinstance(values, pa.Array) else pa.array(values)
            for values in (columns[name] for name in NEGATIVE_SCHEMA.names)
        ]
        cast = [array.cast(kind) for array, kind in zip(arrays, NEGATIVE_SCHEMA.types, strict=True)]
        return pa.table(cast, schema=NEGATIVE_SCHEMA)

    def _read_headings(self, one: int, other: int) -> tuple[_Texts, _Texts]:
        own, beside, parent = self._mesh.ui(one), self._mesh.ui(other), None
        if own and beside:  # of several that are right above both, the smallest
            parent = min(self._broader(own) & self._broader(beside), default=None)
        uis, tree = (own, beside, parent), self._mesh.tree
        return uis, tuple(tree.descriptors[ui].name if ui else None for ui in uis)


def _or_null(values: NDArray[Any], missing: NDArray[np.bool_]) -> pa.Array:
    return pa.array(values, mask=missing)


def _largest_siml(cases: Cases, kept: Ints) -> pa.Array:
    largest = cases.largest_siml[kept]
    return _or_null(largest, np.isnan(largest))


def _paths(start: Ints, between: Ints, pmid: Ints, hops: NDArray[np.int8]) -> pa.Array:
    """From start to document, both included; empty where no path led there."""
    longest = np.column_stack([start, between, pmid])
    longest[np.arange(len(pmid)), np.maximum(hops, 1)] = pmid
    lengths = np.where(hops > 0, hops + 1, 0)
    inside = np.arange(longest.shape[1]) < lengths[:, None]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(longest[inside]))
