"""The auditor: a batch of negatives in, their verdicts out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.mining.audit.evidence import PAIRS, PairEvidence, pair_reader, read_evidence
from citemesh.mining.audit.inputs.items import AuditItems
from citemesh.mining.audit.score.scorers import NOTHING, SOMETHING, Scorer, Scores
from citemesh.mining.audit.text_cosines import EncoderCosines
from citemesh.mining.audit.verdict_table import VerdictTable
from citemesh.mining.audit.verdicts import AMBIGUOUS, CLEAN, LIKELY, REJECT
from citemesh.mining.cases import AnchorColumns
from citemesh.mining.engine import Articles, Engine

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _Closest:
    """Of each negative its strongest pair.

    Args:
        known: the known positive, shape (negatives,); the negative itself where it is one; 0 where
            the graph knows no pair.
        evidence: of that pair.
        scores: of that pair.
        conclusive: whether headings or citations of any pair are known.
    """

    known: Pmids
    evidence: PairEvidence
    scores: Scores
    conclusive: NDArray[np.bool_]


class Auditor:
    """Judges negatives by all known positives of their queries.

    Args:
        engine: the graph.
        scorer: weighs the evidence.
        cosines: what an encoder adds; None without one.
        reject_retracted: whether retracted negatives are rejected.
    """

    def __init__(
        self,
        engine: Engine,
        scorer: Scorer,
        cosines: EncoderCosines | None = None,
        reject_retracted: bool = False,
    ) -> None:
        self._engine = engine
        self._pairs = pair_reader(engine)
        self._scorer = scorer
        self._cosines = cosines
        self._reject_retracted = reject_retracted
        self._table = VerdictTable(engine.mesh)

    def judge(self, items: AuditItems) -> pa.Table:
        """The verdicts of a batch, in its order: a table of `VERDICT_SCHEMA`."""
        anchors = items.anchors
        known_pmids = [pmid for anchor in anchors for pmid in anchor.known_pmids]
        articles = self._engine.articles(
            np.concatenate([np.array(known_pmids, np.int64), items.negative_pmid])
        )
        columns = AnchorColumns.of(anchors)
        known = np.diff(columns.known.indptr)[items.anchor]
        parts = [self._closest(items, columns, articles, known, rows) for rows in _parts(known)]
        closest = _together(parts)
        verdicts = self._verdicts(closest, articles, items.negative_pmid)
        return self._table.table(
            items, verdicts, closest.known, closest.evidence, closest.scores, articles,
            _years(articles, columns.own)[items.anchor], known,
        )  # fmt: skip

    def _closest(
        self,
        items: AuditItems,
        columns: AnchorColumns,
        articles: Articles,
        counts: Ints,
        rows: Ints,
    ) -> _Closest:
        """The deciding pairs of some negatives.

        Args:
            items: the batch.
            columns: its anchors.
            articles: holds every article involved.
            counts: how many known positives each negative is judged by, shape (negatives,).
            rows: of the negatives asked about.
        """
        pair, known = columns.known.rows(items.anchor[rows])
        second = items.negative_pmid[rows][pair]
        evidence = read_evidence(self._engine, self._pairs, articles, known, second)
        if self._cosines is not None:
            queries = [items.anchors[i].query for i in items.anchor[rows][pair].tolist()]
            evidence = self._cosines.add(evidence, queries, known, second)
        scores = _with_citations(self._scorer.score(evidence, counts[rows][pair]), evidence)
        in_graph = articles.known[articles.rows(known)] & articles.known[articles.rows(second)]
        own = known == second
        same = 2 * own + (evidence.same_work | evidence.same_title)
        best = _strongest(pair, scores, in_graph, same)
        conclusive = np.zeros(len(rows), bool)
        conclusive[pair[~np.isnan(evidence.siml)]] = True
        return _Closest(
            np.where((in_graph | own)[best], known[best], 0), evidence.take(best),
            scores.take(best), conclusive,
        )  # fmt: skip

    def _verdicts(self, closest: _Closest, articles: Articles, pmids: Pmids) -> NDArray[np.object_]:
        evidence, level = closest.evidence, closest.scores.level.copy()
        # What is unknown is never clean by itself.
        level[~closest.conclusive & (level == NOTHING)] = SOMETHING
        verdicts = np.array([CLEAN, AMBIGUOUS, LIKELY], object)[level]
        # A user's file may name a known positive of one line as the negative of another.
        rejected = evidence.same_work | evidence.same_title | (closest.known == pmids)
        if self._reject_retracted:
            rejected |= articles.retracted[articles.rows(pmids)]
        verdicts[rejected] = REJECT
        return verdicts


def _years(articles: Articles, pmids: Pmids) -> NDArray[np.int16]:
    """Their years; 0 where there is no article or none is known."""
    rows = articles.rows(pmids)
    return np.where(rows >= 0, articles.year[rows], 0).astype(np.int16)


def _with_citations(scores: Scores, evidence: PairEvidence) -> Scores:
    """Scores where a direct citation, which no scorer sees, is something by itself."""
    cited = evidence.cites | evidence.cited_by
    return replace(scores, level=np.where(cited, np.maximum(scores.level, SOMETHING), scores.level))


def _strongest(pair: Ints, scores: Scores, in_graph: NDArray[np.bool_], same: NDArray[Any]) -> Ints:
    """Of each negative the pair that decides: of one article or work, else the strongest by level.

    Within a level strength decides. Ties go to the known positive that the query names first.
    Every negative has a pair at least.
    """
    order = np.lexsort((-scores.strength, -scores.level, ~in_graph, -same, pair))
    return order[np.flatnonzero(np.diff(pair[order], prepend=-1))]


def _parts(pairs: NDArray[Any]) -> list[Ints]:
    """Runs of negatives that have about `PAIRS` pairs together."""
    group = (np.cumsum(pairs) - pairs) // PAIRS
    return np.split(np.arange(len(pairs)), np.flatnonzero(np.diff(group)) + 1)


def _together(parts: Sequence[_Closest]) -> _Closest:
    scores = [part.scores for part in parts]
    return _Closest(
        np.concatenate([part.known for part in parts]),
        PairEvidence.together([part.evidence for part in parts]),
        Scores(*(np.concatenate([getattr(s, f.name) for s in scores]) for f in fields(Scores))),
        np.concatenate([part.conclusive for part in parts]),
    )
