"""`discordant`: close to the query in text, unrelated in the graph.

Definition: the `top` documents nearest to the query in an encoder's space, the hardest first. What
the graph ties to a known positive is then dropped by the guards, so that what stays is hard and
true: text and graph disagree about it. The order is what sets it apart from `dense`: the guards
are asked from the hardest on, and the quota is filled with the hardest that they let pass.
Source: ours; its mirror, far in text and tied in the graph, would be hard positives.
Parameters: `top`, documents in the window. The model is `--model`.
Complexity: as `dense`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from citemesh.mining.anchors import Anchor
from citemesh.mining.found import FoundForAnchors
from citemesh.mining.strategies.dense import dense_windows
from citemesh.mining.strategies.windows import TOP

if TYPE_CHECKING:
    from citemesh.mining.engine import Engine
    from citemesh.mining.texts.indexes import Indexes


@dataclass(frozen=True)
class Discordant:
    """The documents nearest to the query, for the guards to take the related ones from."""

    name: str = "discordant"
    top: int = TOP
    needs: ClassVar[frozenset[str]] = frozenset({"dense"})

    def find(
        self, engine: Engine, indexes: Indexes, anchors: Sequence[Anchor], limit: int
    ) -> FoundForAnchors:
        """Up to `limit` documents for each anchor, the hardest first."""
        return dense_windows(indexes, anchors, self.top).found(limit)
