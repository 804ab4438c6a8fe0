"""MeSH in arrays: similarity and tree distance of many pairs of articles at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from citemesh.graph.mesh.tree import MeshTree, tree_depth
from citemesh.graph.snapshot.arrays import Csr

#: Stands where two articles have no place in a common category.
NO_DISTANCE = -1
_Matrix = sparse.csr_array


@dataclass(frozen=True)
class MeshColumns:
    """One MeSH tree, its descriptors numbered by UI.

    Args:
        tree: the tree.
        uis: of all descriptors that the graph has, sorted; some may have no place in the tree.
    """

    tree: MeshTree
    uis: tuple[str, ...]

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """UI to position."""
        return {ui: position for position, ui in enumerate(self.uis)}

    def ui(self, position: int) -> str | None:
        """UI at a position; None for `NO_HEADING`."""
        return self.uis[position] if position >= 0 else None

    @cached_property
    def topical(self) -> NDArray[np.bool_]:
        """Which descriptors say what an article is about: in this MeSH year, no check tags."""
        known = self.tree.descriptors
        return np.array([ui in known and not known[ui].check_tag for ui in self.uis], dtype=bool)

    @cached_property
    def depth(self) -> NDArray[np.int32]:
        """Depth of each descriptor; 0 without a place."""
        known = self.tree.descriptors
        return np.array([known[ui].depth if ui in known else 0 for ui in self.uis], np.int32)

    @cached_property
    def squared_weight(self) -> NDArray[np.float64]:
        """BioHiCL's weights, squared: w = log(depth + 1) (Lan et al., 2026, §Method)."""
        weight: NDArray[np.float64] = np.log(self.depth + 1.0) ** 2
        return weight

    @cached_property
    def above(self) -> Csr:
        """Descriptor to itself and its ancestors."""
        rows = [
            sorted(self.positions[o] for o in {ui, *self.tree.ancestors(ui)} if o in self.positions)
            if ui in self.tree.descriptors else []
            for ui in self.uis
        ]  # fmt: skip
        indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
        return Csr(indptr, np.array([place for row in rows for place in row], np.int32))

    @cached_property
    def _expansion(self) -> _Matrix:
        """Descriptor by descriptor: itself and its ancestors."""
        return as_matrix(self.above, len(self.uis))

    def expanded(self, headings: Csr) -> _Matrix:
        """Headings of articles with all ancestors, as a matrix of ones: article by descriptor."""
        matrix: _Matrix = as_matrix(headings, len(self.uis)) @ self._expansion
        matrix.data[:] = 1
        matrix.sort_indices()  # sums over a row are then the same in every engine
        return matrix

    def siml(
        self, expanded: _Matrix, first: NDArray[np.int64], second: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """SimL of pairs of rows of `expanded`, shape (pairs,), in [0, 1]; NaN where unknown.

        BioHiCL (Lan et al., 2026): the cosine of the depth-weighted label vectors. An article
        without topical headings is like no other and unlike none.
        """
        norms = expanded @ self.squared_weight
        shared = expanded[first].multiply(expanded[second]) @ self.squared_weight
        both = norms[first] * norms[second]
        with np.errstate(invalid="ignore", divide="ignore"):
            found: NDArray[np.float64] = np.where(both > 0, shared / np.sqrt(both), np.nan)
        return np.minimum(found, 1.0)

    @cached_property
    def _places(self) -> tuple[Csr, NDArray[np.int32], NDArray[np.int32]]:
        """Descriptor → its places; the depth of each place; and the nodes on the way down to it.

        The last has shape (deepest, places): level by level from the category, -1 below a place.
        """
        known = self.tree.descriptors
        numbers = [known[ui].tree_numbers if ui in known else () for ui in self.uis]
        places = [number for own in numbers for number in own]
        depth = np.array([tree_depth(number) for number in places], np.int32)
        nodes: dict[str, int] = {}
        paths = np.full((depth.max(initial=1), len(places)), -1, np.int32)
        for place, number in enumerate(places):
            parts = number.split(".")
            for level in range(len(parts)):
                above = ".".join(parts[: level + 1])
                paths[level, place] = nodes.setdefault(above, len(nodes))
        indptr = np.concatenate([[0], np.cumsum([len(own) for own in numbers])]).astype(np.int64)
        return Csr(indptr, np.arange(len(places), dtype=np.int32)), depth, paths

    def distance(
        self, headings: Csr, first: NDArray[np.int64], second: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        """Steps in the tree between the nearest places of pairs of rows; shape (pairs,).

        Args:
            headings: article to descriptors.
            first: rows of it.
            second: rows to compare them with.

        Returns:
            `NO_DISTANCE` where no category has a place of both.
        """
        places, depth, paths = self._places
        pair, heading = headings.rows(first)
        entry, one = places.rows(heading)
        pair = pair[entry]
        entry, heading = headings.rows(second[pair])
        pair, one = pair[entry], one[entry]
        entry, other = places.rows(heading)
        pair, one = pair[entry], one[entry]
        far = np.iinfo(np.int32).max
        nearest = np.full(len(first), far, np.int32)
        # Down from the category, level by level: most places part soon and are not looked at again.
        for level, nodes in enumerate(paths):
            together = np.flatnonzero(nodes[one] == nodes[other])
            pair, one, other = pair[together], one[together], other[together]
            steps = depth[one] + depth[other] - 2 * (level + 1)
            np.minimum.at(nearest, pair, steps)
            below = np.flatnonzero(np.minimum(depth[one], depth[other]) > level + 1)
            pair, one, other = pair[below], one[below], other[below]
        return np.where(nearest == far, NO_DISTANCE, nearest).astype(np.int32)


def as_matrix(lists: Csr, columns: int) -> _Matrix:
    """Lists of positions as a matrix of ones: row by position."""
    data = np.ones(len(lists.indices))
    return _Matrix((data, lists.indices, lists.indptr), shape=(len(lists), columns))


def count_shared(
    matrix: _Matrix,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    other: _Matrix | None = None,
) -> NDArray[np.int32]:
    """How many columns pairs of rows have in common, shape (pairs,).

    Args:
        matrix: of ones.
        first: rows of it.
        second: rows of `other`.
        other: of ones; the same matrix when None.
    """
    shared = matrix[first].multiply((matrix if other is None else other)[second])
    return np.asarray(shared.sum(axis=1)).astype(np.int32)
