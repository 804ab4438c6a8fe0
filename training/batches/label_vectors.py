"""MeSH headings of articles as weighted label vectors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import csr_of
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.mesh_columns import as_matrix
from citemesh.training.recipes.settings import Settings

#: Article by descriptor.
Labels = sparse.csr_array


@dataclass(frozen=True)
class LabelVectors:
    """What articles are about, looked up by PMID, a batch at a time.

    The labels of an article are its headings, and with `ancestors` all above them (BioHiCL, Lan et
    al., 2026, §Method). Only descriptors with a place in the MeSH tree are labels.

    Args:
        engine: the graph.
        check_tags: whether headings that are check tags, such as Humans, count.
        ancestors: whether what lies above a heading is a label too.
        weights: of a label: log(depth + 1), depth, information content in the loaded records, or
            1. The depth of a descriptor with several places is that of the deepest one: the paper
            does not say which, and on real records it changes similarities little.
    """

    engine: ArrayEngine
    check_tags: bool = False
    ancestors: bool = True
    weights: Literal["log_depth", "depth", "ic", "none"] = "log_depth"

    @classmethod
    def of(cls, engine: ArrayEngine, settings: Settings) -> LabelVectors:
        """The label vectors that the settings of a run ask for."""
        return cls(engine, settings.check_tags, settings.ancestors, settings.label_weights)

    @cached_property
    def weight(self) -> NDArray[np.float64]:
        """Weight of each descriptor as a label, shape (descriptors,); 0 for what is no label."""
        depth = self.engine.mesh.depth
        if self.weights == "ic":
            # NaN: no loaded record has the descriptor or one below it.
            weight = np.nan_to_num(self.engine.snapshot.descriptors["ic"].to_numpy(np.float64))
        elif self.weights == "none":
            weight = np.ones(len(depth))
        else:
            weight = np.log(depth + 1.0) if self.weights == "log_depth" else depth.astype(float)
        return np.where(depth > 0, weight, 0.0)

    @cached_property
    def _labels_of(self) -> Labels:
        """Ones: heading by the labels that an article gets from it."""
        mesh, size = self.engine.mesh, len(self.engine.mesh.uis)
        above = as_matrix(mesh.above, size) if self.ancestors else sparse.eye_array(size)
        counts = mesh.topical | self.check_tags
        kept = sparse.diags_array(counts.astype(float)) @ above
        labels = Labels(kept @ sparse.diags_array((self.weight > 0).astype(float)))
        labels.eliminate_zeros()
        return labels

    @cached_property
    def _gives_labels(self) -> NDArray[np.bool_]:
        return np.diff(self._labels_of.indptr) > 0

    def matrix(self, pmids: Pmids) -> Labels:
        """Label vectors of articles, shape (n, descriptors); empty for those without labels.

        The cosine of two rows is their SimL.

        Args:
            pmids: of the articles, shape (n,), in any order.
        """
        owner, headings = self._headings(pmids)
        given = as_matrix(csr_of(owner, headings, len(pmids)), len(self.weight))
        found: Labels = given @ self._labels_of
        found.data = self.weight[found.indices]
        found.sort_indices()
        return found

    def unit_matrix(self, pmids: Pmids) -> Labels:
        """The same vectors at length 1: their products are SimL."""
        found = self.matrix(pmids)
        norms = np.sqrt(Labels((found.data**2, found.indices, found.indptr), found.shape).sum(1))
        found.data /= np.repeat(norms, np.diff(found.indptr))
        return found

    def labelled(self, pmids: Pmids) -> NDArray[np.bool_]:
        """Which articles, shape (n,), have a label."""
        owner, headings = self._headings(pmids)
        found = np.zeros(len(pmids), dtype=bool)
        found[owner[self._gives_labels[headings]]] = True
        return found

    def _headings(self, pmids: Pmids) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Index of the article, and heading; those of one article together."""
        snapshot = self.engine.snapshot
        return self.engine.neighbours(snapshot.headings, snapshot.positions(pmids))
