"""The pairs of one epoch: each document in turn, with one of its partners."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Set

import numpy as np

from citemesh.graph.snapshot.arrays import Csr

#: How often an anchor is put aside before the epoch goes on without it.
_TRIES = 4


class PairQueue:
    """Hands out pairs of an anchor and a partner; every document is an anchor at most once.

    Documents that were a partner come last, so that an epoch ends before most are seen twice.

    Args:
        partners: each document to its partners.
        chance: draws order and partners; nothing else does.
    """

    def __init__(self, partners: Csr, chance: np.random.Generator) -> None:
        self._partners = partners
        self._chance = chance
        order = np.arange(len(partners), dtype=np.int32)
        chance.shuffle(order)
        self._seen = np.zeros(len(partners), dtype=np.int32)
        self._fresh = self._in_turn(order)
        self._waiting: deque[int] = deque()
        self._aside: list[int] = []
        self._tries: dict[int, int] = {}

    def draw(self, taken: Set[int]) -> tuple[int, int] | None:
        """The next pair without a document that is taken; None when there is none.

        Anchors that do not fit are put aside.
        """
        while (anchor := self._next()) is not None:
            partner = None if anchor in taken else self._partner(anchor, taken)
            if partner is None:
                self._put_aside(anchor)
                continue
            self._seen[[anchor, partner]] += 1
            return anchor, partner
        return None

    def put_back(self, anchor: int, partner: int) -> None:
        """Take a pair back; its anchor is put aside."""
        self._seen[[anchor, partner]] -= 1
        self._put_aside(anchor)

    def bring_back(self) -> bool:
        """Let the anchors that were put aside come next; whether any is left at all."""
        self._waiting.extend(self._aside)
        self._aside.clear()
        if not self._waiting and (anchor := next(self._fresh, None)) is not None:
            self._waiting.append(anchor)
        return bool(self._waiting)

    def _next(self) -> int | None:
        return self._waiting.popleft() if self._waiting else next(self._fresh, None)

    def _in_turn(self, order: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Iterator[int]:
        was_anchor = np.zeros(len(order), dtype=bool)
        for unseen_only in (True, False):
            for row in order:
                if not was_anchor[row] and not (unseen_only and self._seen[row]):
                    was_anchor[row] = True
                    yield int(row)

    def _partner(self, anchor: int, taken: Set[int]) -> int | None:
        free = [row for row in self._partners.row(anchor).tolist() if row not in taken]
        unseen = [row for row in free if not self._seen[row]]
        choice = unseen or free
        return choice[int(self._chance.random() * len(choice))] if choice else None

    def _put_aside(self, anchor: int) -> None:
        tries = self._tries.get(anchor, 0) + 1
        self._tries[anchor] = tries
        if tries < _TRIES:
            self._aside.append(anchor)
        else:
            del self._tries[anchor]
