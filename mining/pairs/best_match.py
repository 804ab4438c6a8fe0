"""Lin's similarity of headings, the best match of each: for many pairs of articles at once.

Lin (1998): 2 ic(c) / (ic(a) + ic(b)), c the lowest common ancestor of headings a and b. Of all that
lies above both, the lowest makes the most of this, so that the best over every common ancestor is
the same; and of all headings of an article below an ancestor, the one with the least information
content is its best match there. So one number for each article and ancestor is enough.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.snapshot.arrays import Csr, csr_of, find_sorted

Places = NDArray[np.int64]


class BestMatch:
    """Best matches among the headings of some articles.

    Args:
        headings: article to topical descriptors.
        above: descriptor to itself and all above it.
        ic: information content of each descriptor, 0 where none is known.
    """

    def __init__(self, headings: Csr, above: Csr, ic: NDArray[np.float64]) -> None:
        self._ic = ic
        owner, heading = headings.rows(np.arange(len(headings)))
        entry, node = above.rows(heading)
        telling = ic[node] > 0  # what lies above everything tells nothing
        entry, node = entry[telling], node[telling]
        #: Entry of `headings` and what is above it, by article.
        self._heading, self._node = heading[entry], node
        self._entry = entry
        self._entries = headings.indptr
        self._of = csr_of(owner[entry], np.arange(len(entry)), len(headings))
        keys = owner[entry] << 32 | node
        order = np.argsort(keys, kind="stable")
        first = np.flatnonzero(np.diff(keys[order], prepend=-1))
        self._keys = keys[order][first]
        #: Of each article and ancestor the least information content of its headings below.
        self._least = np.minimum.reduceat(ic[self._heading][order], first) if len(first) else ic[:0]

    def sums(self, first: Places, second: Places) -> NDArray[np.float64]:
        """Best matches of the headings of the first among those of the second, added up.

        Args:
            first: rows of articles, shape (pairs,).
            second: rows of articles to find the matches in.
        """
        pair, triple = self._of.rows(first)
        node = self._node[triple]
        found = find_sorted(self._keys, second[pair] << 32 | node)
        met = np.flatnonzero(found >= 0)
        pair, triple = pair[met], triple[met]
        both = self._ic[self._heading[triple]] + self._least[found[met]]
        similarity = 2 * self._ic[node[met]] / both
        # One heading of one pair: its nodes stand together.
        begins = np.ones(len(met), bool)
        begins[1:] = (np.diff(pair) != 0) | (np.diff(self._entry[triple]) != 0)
        starts = np.flatnonzero(begins)
        best = np.maximum.reduceat(similarity, starts) if len(starts) else similarity
        return np.bincount(pair[starts], weights=best, minlength=len(first)).astype(np.float64)
