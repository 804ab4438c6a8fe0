"""Information content of MeSH descriptors, from how often the loaded records use them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from citemesh.graph.mesh.tree import MeshTree


def information_content(mesh: MeshTree, usage: Mapping[str, int]) -> dict[str, float]:
    """Resnik's information content -ln p of each descriptor that is used, or has one below it used.

    p = uses of the descriptor and of all below it / uses of all descriptors. "Below" is by any
    path of BROADER steps, and a use counts once for a descriptor above it however many paths lead
    there. Steps between descriptors, not between tree numbers: p then never shrinks on the way up,
    which Resnik's definition asks for. A place of its own for each path would let a narrower
    descriptor weigh less than a broader one (Eyebrows lies under Eye, Eye under Sense Organs, but
    no tree number of Eyebrows begins with one of Sense Organs).

    Source: P. Resnik, "Using Information Content to Evaluate Semantic Similarity in a Taxonomy",
    IJCAI 1995, section 2.1 (freq(c) = uses of the words that c subsumes).

    Args:
        mesh: the MeSH tree.
        usage: descriptor UI to number of headings; UIs that are not in the tree are left out of
            both counts.

    Returns:
        UI to nats, sorted by UI; descriptors without a use at or below them are left out. Counts
        are summed as integers before one division and one logarithm, so the order of `usage` does
        not change a bit.

    Raises:
        ValueError: for a negative count.
    """
    broader = {ui: mesh.broader(ui) for ui in mesh.descriptors}
    uses: dict[str, int] = {}
    total = 0
    for ui, count in usage.items():
        if count < 0:
            raise ValueError(f"descriptor {ui} was used {count} times")
        if ui in broader and count:
            total += int(count)
            for above in _at_or_above(ui, broader):
                uses[above] = uses.get(above, 0) + int(count)
    return {ui: math.log(total / uses[ui]) for ui in sorted(uses)}


def _at_or_above(ui: str, broader: Mapping[str, list[str]]) -> Iterator[str]:
    """Each once, although paths meet again and two descriptors may lie above each other."""
    seen = {ui}
    waiting = [ui]
    while waiting:
        here = waiting.pop()
        yield here
        new = [above for above in broader[here] if above not in seen]
        seen.update(new)
        waiting.extend(new)
