"""Where the circles of a pair stand: the two papers left and right, what ties them between.

From above: the ways up the MeSH tree, shared headings, shared citers, the line from one paper to
the other, chains, shared references. A force-directed layout would move them past each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from citemesh.graph.view.pair import CHAIN, CITER, REFERENCE, Pair
from citemesh.graph.view.parts import heading_key, paper_key

#: To the right and down, as the circles' radii are measured.
Places = dict[str, tuple[float, float]]
ROW, COLUMN, GAP = 112.0, 190.0, 40.0
#: From each paper to the nearest column between them.
REACH = 480.0
#: Circles that may stand in one column, where no arrow runs through another's circle; and how high
#: a picture with more of them may be beside its width, to fill a window.
ALONE, HIGH = 13, 0.75


def pair_places(pair: Pair) -> Places:
    """The places of all circles, by their keys."""
    papers = {kind.kind: [paper_key(p.pmid) for p in kind.papers] for kind in pair.between}
    headings = [heading_key(shared.heading.ui) for shared in pair.headings]
    columns = _columns(len(headings) + sum(map(len, papers.values())))
    above = [headings, papers.get(CITER, [])]
    below = [papers.get(CHAIN, []), papers.get(REFERENCE, [])]
    places: Places = {}
    top = -GAP
    for block in reversed(above):
        top = _stack(places, block, columns, top, -ROW)
    bottom = GAP
    for block in below:
        bottom = _stack(places, block, columns, bottom, ROW)
    half = REACH + COLUMN * (columns - 1) / 2
    places[paper_key(pair.first.pmid)] = (-half, 0.0)
    places[paper_key(pair.second.pmid)] = (half, 0.0)
    for key, place in _tent(pair, half, min(top, -2 * ROW)):
        places.setdefault(key, place)
    return places


def _columns(count: int) -> int:
    columns = 1 if count <= ALONE else 2
    while columns > 1 and ROW * count / columns > HIGH * (2 * REACH + COLUMN * (columns - 1)):
        columns += 1
    return columns


def _stack(places: Places, keys: Sequence[str], columns: int, edge: float, step: float) -> float:
    """Put keys from an edge on, up (a negative step) or down; where the next block may start.

    No two stand at the same height, so that fewer arrows run through the circles of others.
    """
    columns = min(columns, max(len(keys), 1))
    for i, key in enumerate(keys):
        x = COLUMN * (i % columns - (columns - 1) / 2)
        places[key] = (x, edge + step * (i / columns + 0.5))
    height = abs(step) * ((len(keys) - 1) / columns + 1) + GAP if keys else 0.0
    return edge + height * (1 if step > 0 else -1)


def _tent(pair: Pair, half: float, edge: float) -> Iterator[tuple[str, tuple[float, float]]]:
    """The ways from a major heading of each paper up to where they meet."""
    if pair.meeting is None:
        return
    rise = max(len(pair.meeting.first), len(pair.meeting.second), 2) - 1
    for way, side in ((pair.meeting.first, -1), (pair.meeting.second, 1)):
        steps = max(len(way) - 1, 1)
        for i, heading in enumerate(way):
            left = 1 - i / steps if len(way) > 1 else 0.0
            height = rise * (1 - left)
            yield heading_key(heading.ui), (side * half * left, edge - ROW * (height + 0.5))
