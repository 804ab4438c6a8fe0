"""How alike two articles' MeSH headings are: BioHiCL's SimL, and distance in the tree."""

from __future__ import annotations

import math
from collections.abc import Iterable

from citemesh.graph.mesh.tree import MeshTree, tree_distance


class MeshSimilarity:
    """Compares sets of descriptors on one MeSH tree.

    Args:
        mesh: the tree.
    """

    def __init__(self, mesh: MeshTree) -> None:
        self._mesh = mesh
        # BioHiCL §Method: w_j = log(d(c_j) + 1), d the depth in the tree.
        self._squared_weight = {
            ui: math.log(descriptor.depth + 1) ** 2 for ui, descriptor in mesh.descriptors.items()
        }

    def topical(self, uis: Iterable[str]) -> frozenset[str]:
        """The descriptors without check tags and without those that this MeSH year lacks."""
        known = self._mesh.descriptors
        return frozenset(ui for ui in uis if ui in known and not known[ui].check_tag)

    def expanded(self, topical: Iterable[str]) -> frozenset[str]:
        """Descriptors with all their ancestors."""
        with_ancestors = set(topical)
        for ui in tuple(with_ancestors):
            with_ancestors |= self._mesh.ancestors(ui)
        return frozenset(with_ancestors)

    def siml(self, first: frozenset[str], second: frozenset[str]) -> float | None:
        """SimL of two expanded sets, in [0, 1]; None when one is empty: unknown, not zero.

        BioHiCL (Lan et al., 2026): the cosine of the depth-weighted label vectors. Check tags are
        left out before (`topical`): Humans lies at depth 10 and would weigh most.
        """
        if not first or not second:
            return None
        shared = self._norm(first & second)
        return shared / math.sqrt(self._norm(first) * self._norm(second)) if shared else 0.0

    def distance(self, first: Iterable[str], second: Iterable[str]) -> int | None:
        """Steps in the tree between the nearest places of two sets; None across categories."""
        steps = [
            step
            for a in first
            for b in second
            for x in self._mesh.descriptors[a].tree_numbers
            for y in self._mesh.descriptors[b].tree_numbers
            if (step := tree_distance(x, y)) is not None
        ]
        return min(steps, default=None)

    def parent(self, first: str, second: str) -> str | None:
        """UI of the descriptor right above both; the smallest of several, None without one."""
        return min(set(self._mesh.broader(first)) & set(self._mesh.broader(second)), default=None)

    def name(self, ui: str) -> str:
        """Name of a descriptor."""
        return self._mesh.descriptors[ui].name

    def _norm(self, uis: frozenset[str]) -> float:
        # fsum is exact, so the order in which a set gives its members cannot change the result.
        return math.fsum(self._squared_weight[ui] for ui in uis)
