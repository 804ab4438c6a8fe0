"""The miner: one batch of anchors in, their negatives out, every drop counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from citemesh.mining.anchors import Anchor
from citemesh.mining.candidates import places_within
from citemesh.mining.cases import AnchorColumns, Cases, Ints, Mask, build_cases, weigh
from citemesh.mining.drop_report import StrategyDrops
from citemesh.mining.engine import Engine
from citemesh.mining.found import FoundForAnchors, find_for
from citemesh.mining.guards import (
    EVIDENCE_GUARDS,
    FACT_GUARDS,
    NO_OBJECTION,
    GuardSettings,
    objections,
)
from citemesh.mining.negative_rows import NegativeRows
from citemesh.mining.negatives import NEGATIVE_SCHEMA
from citemesh.mining.score_guards import ScoreGuard, ask_score_guards
from citemesh.mining.strategies import Strategy, TextStrategy
from citemesh.mining.texts.indexes import Indexes, IndexPlaces

#: Candidates asked for per negative wanted; most candidates pass the guards.
OVERSAMPLING = 4
#: Candidates per anchor whose evidence is read at first, beyond the negatives wanted.
SPARE = 1
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
        batch = _Batch(AnchorColumns.of(anchors))
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
        asked = self.summary.drops[name].asked
        anchors = [batch.anchors.anchors[index] for index in waiting.tolist()]
        found = self._find(self._strategies[name], anchors, asked * factor)
        anchor = waiting[found.anchor]
        fresh = ~batch.has_taken(anchor, found.candidates.pmid)
        cases = build_cases(
            self._engine, batch.anchors, anchor[fresh], found.start[fresh],
            found.candidates.take(fresh),
        )  # fmt: skip
        more = np.zeros(len(batch.anchors), bool)
        more[waiting] = found.more & (factor < MAX_OVERSAMPLING)
        objected = objections(cases, FACT_GUARDS, self._guards)
        looked = _Looked(place, name, cases, objected, more)
        # Most anchors get their share from the first candidates: evidence of others is not read.
        first = asked + SPARE
        short = self._settle(batch, looked, waiting, first)
        unread = looked.passed[short] > first
        if unread.any():
            later = self._settle(batch, looked, short[unread], asked * factor)
            short = np.sort(np.concatenate([short[~unread], later]))
        return short

    def _settle(self, batch: _Batch, looked: _Looked, waiting: Ints, most: int) -> Ints:
        """Judge the first candidates of anchors by evidence; take those of anchors with enough.

        Args:
            batch: takes the negatives.
            looked: what the strategy found.
            waiting: the anchors, as indices.
            most: candidates of each that are judged, of those that pass by their facts.

        Returns:
            The anchors with too few negatives that may have more candidates.
        """
        drops = self.summary.drops[looked.name]
        cases, objected = looked.of(waiting)
        read = objected == NO_OBJECTION
        read[read] = places_within(cases.anchor[read]) < most
        weighed = weigh(self._engine, cases.take(read))
        judged = objections(weighed, EVIDENCE_GUARDS, self._guards)
        judged, scores = ask_score_guards(self._score_guards, weighed, judged)
        survives = judged == NO_OBJECTION
        again = looked.more | (looked.passed > most)
        again &= np.bincount(weighed.anchor[survives], minlength=len(again)) < drops.asked
        settled = ~again[weighed.anchor]
        rows = np.flatnonzero(survives & settled)
        ranks = places_within(weighed.anchor[rows]) + 1
        rows, ranks = rows[ranks <= drops.asked], ranks[ranks <= drops.asked]
        table = self._rows.table(weighed, rows, looked.name, ranks, scores)
        batch.take(weighed.anchor[rows], looked.place, table)
        drops.add_facts(cases, objected, ~again[cases.anchor], read)
        drops.add_evidence(weighed, judged, settled, rows, scores)
        counts = np.bincount(weighed.anchor[rows], minlength=len(again))
        drops.add_anchors(counts[waiting[~again[waiting]]])
        return waiting[again[waiting]]

    def _find(self, strategy: Strategy, anchors: Sequence[Anchor], limit: int) -> FoundForAnchors:
        if isinstance(strategy, TextStrategy):
            return strategy.find(self._engine, self._indexes, anchors, limit)
        return find_for(self._engine, strategy, anchors, limit)


@dataclass(frozen=True)
class _Looked:
    """What one strategy found for anchors of a batch.

    Args:
        place: of the strategy in the quotas.
        name: of the strategy.
        cases: the candidates that no strategy before has taken.
        objected: of each the guard that drops it by facts of articles, shape (candidates,).
        more: which anchors may have more candidates, shape (anchors of the batch,).
    """

    place: int
    name: str
    cases: Cases
    objected: NDArray[np.int8]
    more: Mask

    @cached_property
    def passed(self) -> Ints:
        """How many candidates of each anchor pass by their facts; shape (anchors of the batch,)."""
        passing = self.cases.anchor[self.objected == NO_OBJECTION]
        return np.bincount(passing, minlength=len(self.more))

    def of(self, waiting: Ints) -> tuple[Cases, NDArray[np.int8]]:
        """The candidates of some anchors, with what is said against them."""
        asked = np.zeros(len(self.more), bool)
        asked[waiting] = True
        rows = asked[self.cases.anchor]
        return self.cases.take(rows), self.objected[rows]


class _Batch:
    """The negatives of a batch of anchors, as strategies take them."""

    def __init__(self, anchors: AnchorColumns) -> None:
        self.anchors = anchors
        self._taken = np.empty(0, np.int64)
        self._order: list[Ints] = []
        self._tables: list[pa.Table] = [NEGATIVE_SCHEMA.empty_table()]

    def has_taken(self, anchor: Ints, pmid: Ints) -> Mask:
        """Whether a strategy before has taken the document for the anchor."""
        return np.isin(anchor << 32 | pmid, self._taken)

    def take(self, anchor: Ints, place: int, table: pa.Table) -> None:
        """Add negatives of the strategy at a place in the quotas."""
        keys = anchor << 32 | table["negative_pmid"].to_numpy()
        self._taken = np.concatenate([self._taken, keys])
        self._order.append(anchor << 16 | place)
        self._tables.append(table)

    def table(self) -> pa.Table:
        """All of them by anchor, strategy and rank."""
        together = pa.concat_tables(self._tables)
        order = np.argsort(np.concatenate([np.empty(0, np.int64), *self._order]), kind="stable")
        return together.take(pa.array(order))
