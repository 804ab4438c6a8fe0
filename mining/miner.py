"""The miner: one batch of anchors in, their negatives out, every drop counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from citemesh.mining.anchors import Anchor
from citemesh.mining.candidates import places_within
from citemesh.mining.cases import Cases, Ints, build_cases
from citemesh.mining.drop_report import StrategyDrops
from citemesh.mining.engine import Engine
from citemesh.mining.found import FoundForAnchors, find_for
from citemesh.mining.guards import GuardSettings, objections
from citemesh.mining.negative_rows import NegativeRows
from citemesh.mining.negatives import NEGATIVE_SCHEMA
from citemesh.mining.score_guards import ScoreGuard, ask_score_guards
from citemesh.mining.strategies import Strategy, TextStrategy
from citemesh.mining.texts.indexes import Indexes, IndexPlaces

#: Candidates asked for per negative wanted; most candidates pass the guards.
OVERSAMPLING = 4
#: Candidates looked at per negative wanted, at most, before an anchor counts as short.
MAX_OVERSAMPLING = 64


@dataclass
class MinedSummary:
    """What mining gave.

    Args:
        drops: per strategy, what became of its candidates.
        anchors: how many anchors were asked.
        negatives: how many negatives were kept.
        unknown: PMIDs of anchors that the graph has not, the first ones.
        unknown_count: how many there are of them.
        skipped: queries that no strategy could start from; they are no anchors.
    """

    drops: dict[str, StrategyDrops]
    anchors: int = 0
    negatives: int = 0
    unknown: list[int] = field(default_factory=list)
    unknown_count: int = 0
    skipped: int = 0

    def merge(self, later: MinedSummary) -> None:
        """Add what later anchors gave."""
        for name, drops in later.drops.items():
            self.drops[name].merge(drops)
        self.anchors += later.anchors
        self.negatives += later.negatives
        self.unknown += later.unknown
        self.unknown_count += later.unknown_count
        self.skipped += later.skipped


class Miner:
    """Mines one batch of anchors after another.

    Args:
        engine: asks the graph.
        strategies: name to strategy.
        quotas: strategy name to negatives per anchor, in the order in which they take their share.
        guards: what the guards drop.
        indexes: what strategies of the text search in.
        score_guards: guards that models decide, asked last.
    """

    def __init__(
        self,
        engine: Engine,
        strategies: Mapping[str, Strategy],
        quotas: Mapping[str, int],
        guards: GuardSettings,
        indexes: Indexes | None = None,
        score_guards: Sequence[ScoreGuard] = (),
    ) -> None:
        self._engine = engine
        self._score_guards = score_guards
        self._indexes = indexes or Indexes(IndexPlaces())
        self._guards = guards
        self._strategies = {name: strategies[name] for name in quotas}
        self._rows = NegativeRows(engine.mesh)
        self.summary = MinedSummary({name: StrategyDrops(asked=n) for name, n in quotas.items()})

    def mine_batch(self, anchors: Sequence[Anchor]) -> pa.Table:
        """The negatives of a batch, grouped by anchor, strategies in the order of the quotas."""
        batch = _Batch(anchors)
        for place, name in enumerate(self._strategies):
            waiting, factor = np.arange(len(anchors)), OVERSAMPLING
            while len(waiting):
                waiting = self._mine_strategy(batch, place, name, waiting, factor)
                factor *= OVERSAMPLING
        negatives = batch.table()
        self.summary.anchors += len(anchors)
        self.summary.negatives += negatives.num_rows
        return negatives

    def _mine_strategy(
        self, batch: _Batch, place: int, name: str, waiting: Ints, factor: int
    ) -> Ints:
        """Take one strategy's negatives; returns the anchors to ask again with a larger factor."""
        drops = self.summary.drops[name]
        limit = drops.asked * factor
        anchors = [batch.anchors[index] for index in waiting.tolist()]
        found = self._find(self._strategies[name], anchors, limit)
        cases = build_cases(self._engine, anchors, found.anchor, found.start, found.candidates)
        objected = objections(cases, self._guards)
        objected, shares = ask_score_guards(self._score_guards, cases, objected)
        fresh = ~batch.has_taken(waiting[cases.anchor], cases.candidates.pmid)
        survives = fresh & (objected < 0)
        survivors = np.bincount(cases.anchor[survives], minlength=len(anchors))
        again = (survivors < drops.asked) & found.more & (factor < MAX_OVERSAMPLING)
        judged = fresh & ~again[cases.anchor]
        rows = np.flatnonzero(survives & judged)
        ranks = places_within(cases.anchor[rows]) + 1
        rows, ranks = rows[ranks <= drops.asked], ranks[ranks <= drops.asked]
        kept = np.zeros(len(cases), bool)
        kept[rows] = True
        drops.add(cases, objected, judged, kept, shares)
        drops.add_anchors(np.bincount(cases.anchor[rows], minlength=len(anchors))[~again])
        table = self._rows.table(cases, rows, name, ranks)
        batch.take(waiting[cases.anchor[rows]], place, cases, rows, table)
        return waiting[again]

    def _find(self, strategy: Strategy, anchors: Sequence[Anchor], limit: int) -> FoundForAnchors:
        if isinstance(strategy, TextStrategy):
            return strategy.find(self._engine, self._indexes, anchors, limit)
        return find_for(self._engine, strategy, anchors, limit)


class _Batch:
    """The negatives of a batch of anchors, as strategies take them."""

    def __init__(self, anchors: Sequence[Anchor]) -> None:
        self.anchors = anchors
        self._taken = np.empty(0, np.int64)
        self._order: list[Ints] = []
        self._tables: list[pa.Table] = [NEGATIVE_SCHEMA.empty_table()]

    def has_taken(self, anchor: Ints, pmid: Ints) -> NDArray[np.bool_]:
        """Whether a strategy before has taken the document for the anchor."""
        return np.isin(anchor << 32 | pmid, self._taken)

    def take(self, anchor: Ints, place: int, cases: Cases, rows: Ints, table: pa.Table) -> None:
        """Add negatives of the strategy at a place in the quotas."""
        keys = anchor << 32 | cases.candidates.pmid[rows]
        self._taken = np.concatenate([self._taken, keys])
        self._order.append(anchor << 16 | place)
        self._tables.append(table)

    def table(self) -> pa.Table:
        """All of them by anchor, strategy and rank."""
        together = pa.concat_tables(self._tables)
        order = np.argsort(np.concatenate([np.empty(0, np.int64), *self._order]), kind="stable")
        return together.take(pa.array(order))
