"""Judged negatives → rows of the table of verdicts."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import Csr
from citemesh.mining.audit.evidence import PairEvidence
from citemesh.mining.audit.inputs.items import AuditItems
from citemesh.mining.audit.reasons import reasons_of, sentence_of
from citemesh.mining.audit.score.scorers import Scores
from citemesh.mining.audit.verdicts import EVIDENCE_FIELDS, VERDICT_SCHEMA
from citemesh.mining.engine import Articles
from citemesh.mining.mesh_columns import NO_DISTANCE, MeshColumns

Ints = NDArray[np.int64]


class VerdictTable:
    """Makes rows of verdicts.

    Args:
        mesh: knows in which branches headings lie.
    """

    def __init__(self, mesh: MeshColumns) -> None:
        self._mesh = mesh

    def table(
        self,
        items: AuditItems,
        verdicts: NDArray[np.object_],
        closest: Pmids,
        evidence: PairEvidence,
        scores: Scores,
        articles: Articles,
        anchor_year: NDArray[np.int16],
        known: Ints,
    ) -> pa.Table:
        """A table of `VERDICT_SCHEMA`; all arguments but the articles have one row per negative.

        Args:
            items: the negatives.
            verdicts: on them.
            closest: the known positive that decided; 0 where the graph has none, or not the
                negative.
            evidence: of that pair.
            scores: of that pair.
            articles: holds every negative.
            anchor_year: of the anchors' own articles; 0 where none is known.
            known: how many known positives each was judged by.
        """
        rows = articles.rows(items.negative_pmid)
        year = articles.year[rows].astype(np.int32)
        both = (year > 0) & (anchor_year > 0)
        columns: dict[str, Any] = {
            "query_id": [items.anchors[i].query_id for i in items.anchor.tolist()],
            "negative_pmid": items.negative_pmid,
            "strategy": items.strategy,
            "rank": items.rank,
            "verdict": verdicts.tolist(),
            "probability": _or_null(scores.probability, np.isnan(scores.probability)),
            "known_positives": known,
            "closest_pmid": _or_null(closest, closest == 0),
            **_evidence(evidence),
            "year": _or_null(year, year == 0),
            "years_later": _or_null(year - anchor_year, ~both),
            "retracted": articles.retracted[rows],
            "indexed": np.diff(articles.headings.indptr)[rows] > 0,
            "indexing_method": articles.indexing_method[rows].tolist(),
            "branches": self._branches(articles, rows),
        }
        shown = pa.table({name: columns[name] for name in columns}).to_pylist()
        columns["reasons"] = [reasons_of(row) for row in shown]
        columns["sentence"] = [sentence_of(row) for row in shown]
        arrays = [
            values if isinstance(values, pa.Array) else pa.array(values)
            for values in (columns[name] for name in VERDICT_SCHEMA.names)
        ]
        cast = [array.cast(kind) for array, kind in zip(arrays, VERDICT_SCHEMA.types, strict=True)]
        return pa.table(cast, schema=VERDICT_SCHEMA)

    def _branches(self, articles: Articles, rows: Ints) -> pa.Array:
        """MeSH's categories (A to Z) of the topical headings of some articles, each once."""
        owner, headings = articles.headings.rows(rows)
        entry, category = self._categories.rows(headings)
        pairs = np.unique(owner[entry] << 8 | category)
        offsets = np.searchsorted(pairs >> 8, np.arange(len(rows) + 1)).astype(np.int32)
        letters = np.array([chr(code) for code in range(128)], object)[pairs & 0xFF]
        return pa.ListArray.from_arrays(pa.array(offsets), pa.array(letters, pa.string()))

    @cached_property
    def _categories(self) -> Csr:
        """Descriptor to the letters of its tree numbers, as characters' codes."""
        known = self._mesh.tree.descriptors
        own = [
            sorted({ord(number[0]) for number in known[ui].tree_numbers}) if ui in known else []
            for ui in self._mesh.uis
        ]
        indptr = np.concatenate([[0], np.cumsum([len(codes) for codes in own])]).astype(np.int64)
        return Csr(indptr, np.array([code for codes in own for code in codes], np.int32))


def _evidence(evidence: PairEvidence) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in (*(name for name, _ in EVIDENCE_FIELDS), "query_cosine", "positive_cosine"):
        values = getattr(evidence, name)
        missing = np.isnan(values) if values.dtype.kind == "f" else None
        columns[name] = pa.array(values, mask=missing)
    distance = evidence.tree_distance
    columns["tree_distance"] = _or_null(distance, distance == NO_DISTANCE)
    return columns


def _or_null(values: NDArray[Any], missing: NDArray[np.bool_]) -> pa.Array:
    return pa.array(values, mask=missing)
