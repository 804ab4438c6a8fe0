"""The miner: one batch of anchors in, their negatives out, every drop counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from citemesh.graph.client import GraphClient
from citemesh.graph.mesh.from_graph import mesh_from_graph
from citemesh.mining.anchors import Anchor
from citemesh.mining.drop_report import StrategyDrops
from citemesh.mining.evidence import (
    ArticleFacts,
    PairCitations,
    fetch_facts,
    fetch_pair_citations,
    pair_evidence,
)
from citemesh.mining.explain import explain
from citemesh.mining.guards import Case, GuardSettings, first_objection
from citemesh.mining.mesh_similarity import MeshSimilarity
from citemesh.mining.negatives import Negative
from citemesh.mining.strategies import Candidate, strategy_named
from citemesh.mining.strategies.base import Found

#: Candidates asked for per negative wanted; most candidates pass the guards.
OVERSAMPLING = 4
#: Candidates looked at per negative wanted, at most, before an anchor counts as short.
MAX_OVERSAMPLING = 64
#: Examples of each strategy kept to be shown.
EXAMPLES = 3


@dataclass(frozen=True)
class Example:
    """A negative to be shown.

    Args:
        query: the anchor's text.
        title: the negative's title.
        negative: the row with its evidence.
    """

    query: str
    title: str
    negative: Negative


@dataclass
class MinedSummary:
    """What one mining run gave.

    Args:
        drops: per strategy, what became of its candidates.
        anchors: how many anchors were asked.
        negatives: how many negatives were kept.
        examples: per strategy, the first anchors with their first negative, to show.
    """

    drops: dict[str, StrategyDrops]
    anchors: int = 0
    negatives: int = 0
    examples: dict[str, list[Example]] = field(default_factory=dict)


class Miner:
    """Mines one batch of anchors after another.

    Args:
        client: a loaded graph.
        quotas: strategy name to negatives per anchor.
        guards: what the guards drop.
    """

    def __init__(self, client: GraphClient, quotas: dict[str, int], guards: GuardSettings) -> None:
        self._client = client
        self._guards = guards
        self._strategies = {name: strategy_named(name) for name in quotas}
        self._mesh = MeshSimilarity(mesh_from_graph(client))
        self.summary = MinedSummary({name: StrategyDrops(asked=n) for name, n in quotas.items()})

    def mine_batch(self, anchors: Sequence[Anchor]) -> list[Negative]:
        """The negatives of a batch, grouped by anchor, strategies in the order of the quotas."""
        taken: dict[str, dict[int, Negative]] = {anchor.query_id: {} for anchor in anchors}
        for name in self._strategies:
            waiting = list(anchors)
            factor = OVERSAMPLING
            while waiting:
                waiting = self._mine_strategy(name, waiting, factor, taken)
                factor *= OVERSAMPLING
        negatives = [negative for own in taken.values() for negative in own.values()]
        self.summary.anchors += len(anchors)
        self.summary.negatives += len(negatives)
        return negatives

    def _mine_strategy(
        self,
        name: str,
        anchors: Sequence[Anchor],
        factor: int,
        taken: dict[str, dict[int, Negative]],
    ) -> list[Anchor]:
        """Take one strategy's negatives; returns the anchors to ask again with a larger factor."""
        drops = self.summary.drops[name]
        found = self._strategies[name].find(
            self._client, [a.anchor_pmid for a in anchors], limit=drops.asked * factor
        )
        cases = self._cases(anchors, found)
        again = []
        for anchor in anchors:
            own = found.get(anchor.anchor_pmid, Found((), exhausted=True))
            judged = [
                (candidate, case, first_objection(case, self._guards))
                for candidate, case in cases[anchor.query_id]
                if candidate.pmid not in taken[anchor.query_id]
            ]
            survivors = [(candidate, case) for candidate, case, bad in judged if bad is None]
            if len(survivors) < drops.asked and not own.exhausted and factor < MAX_OVERSAMPLING:
                again.append(anchor)
                continue
            for _, case, objection in judged:
                drops.add_found(case, objection)
            kept = survivors[: drops.asked]
            for rank, (candidate, case) in enumerate(kept, start=1):
                negative = self._negative(name, rank, candidate, case)
                taken[anchor.query_id][candidate.pmid] = negative
                drops.add_kept(case.evidence.siml)
                self._keep_example(case, negative)
            drops.add_anchor(len(kept), len(survivors))
        return again

    def _cases(
        self, anchors: Sequence[Anchor], found: dict[int, Found]
    ) -> dict[str, list[tuple[Candidate, Case]]]:
        pairs = {pmid: [c.pmid for c in own.candidates] for pmid, own in found.items()}
        involved = {a.anchor_pmid for a in anchors}.union(*pairs.values())
        facts = fetch_facts(self._client, self._mesh, involved)
        citations = fetch_pair_citations(self._client, pairs)
        return {
            anchor.query_id: [
                (candidate, self._case(anchor, candidate, facts, citations))
                for candidate in found[anchor.anchor_pmid].candidates
            ]
            if anchor.anchor_pmid in found
            else []
            for anchor in anchors
        }

    def _case(
        self,
        anchor: Anchor,
        candidate: Candidate,
        facts: Mapping[int, ArticleFacts],
        citations: Mapping[tuple[int, int], PairCitations],
    ) -> Case:
        own, other = facts[anchor.anchor_pmid], facts[candidate.pmid]
        between = citations[anchor.anchor_pmid, candidate.pmid]
        return Case(
            anchor, own, other, pair_evidence(own, other, between, self._mesh), bool(candidate.path)
        )

    def _negative(self, strategy: str, rank: int, candidate: Candidate, case: Case) -> Negative:
        evidence, mesh = case.evidence, self._mesh
        own, beside = candidate.anchor_heading, candidate.negative_heading
        return Negative(
            query_id=case.anchor.query_id,
            positive_pmid=case.anchor.anchor_pmid,
            negative_pmid=candidate.pmid,
            strategy=strategy,
            rank=rank,
            hops=len(candidate.path) - 1 if candidate.path else None,
            path=candidate.path,
            shared_citers=evidence.citations.shared_citers,
            shared_references=evidence.citations.shared_references,
            anchor_heading=own,
            negative_heading=beside,
            parent=mesh.parent(own, beside) if own and beside else None,
            tree_distance=mesh.distance(case.anchor_facts.major, case.facts.major),
            shared_headings=evidence.shared_headings,
            shared_major=evidence.shared_major,
            siml=evidence.siml,
            reason=explain(candidate, case.anchor_facts, case.facts, evidence, mesh),
        )

    def _keep_example(self, case: Case, negative: Negative) -> None:
        shown = self.summary.examples.setdefault(negative.strategy, [])
        if negative.rank == 1 and len(shown) < EXAMPLES:
            shown.append(Example(case.anchor.query, case.facts.title, negative))
