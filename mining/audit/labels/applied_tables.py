"""The tables of a mined set, rewritten some anchors at a time as labels and verdicts say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from citemesh.mining.audit.inputs.whole_queries import whole_queries
from citemesh.mining.audit.labels.applied import Applied
from citemesh.mining.audit.labels.applied_drops import AppliedDrops
from citemesh.mining.audit.labels.decisions import Decision
from citemesh.mining.audit.labels.label_files import Pair
from citemesh.mining.audit.labels.verdict_rows import VerdictRows
from citemesh.mining.negatives import (
    ANCHOR_SCHEMA,
    ANCHORS_FILE,
    NEGATIVE_SCHEMA,
    NEGATIVES_FILE,
    MinedWriter,
)
from citemesh.progress import progress_bar


@dataclass
class AppliedTables:
    """One rewriting.

    Args:
        source: the mined set.
        decisions: on labelled pairs.
        drop_verdicts: negatives with these verdicts are dropped, unless labels have settled it.
        applied: is filled.
    """

    source: Path
    decisions: Mapping[Pair, Decision]
    drop_verdicts: tuple[str, ...]
    applied: Applied

    def write_negatives(self, writer: MinedWriter, verdicts: VerdictRows | None) -> None:
        """Write the negatives that are kept, some anchors at a time."""
        path, applied = self.source / NEGATIVES_FILE, self.applied
        pmids = np.unique(np.array([pmid for _, pmid in self.decisions], np.int64))
        with progress_bar("Applying", pq.read_metadata(path).num_rows, "negative") as bar:
            for table in whole_queries(path):
                reasons, settled = self._labelled(table, pmids)
                if verdicts is not None:
                    found = verdicts.next(table)
                    for verdict in self.drop_verdicts:
                        marked = (found == verdict) & ~settled & (reasons == "")
                        reasons[marked] = f"verdict {verdict}"
                kept = table.filter(pa.array(reasons == ""))
                writer.write(ANCHOR_SCHEMA.empty_table(), kept)
                self._count(table, kept, reasons)
                bar.update(table.num_rows)
        if verdicts is not None:
            verdicts.check_end()
        applied.dropped = sum((d.dropped for d in applied.drops.values()), Counter())

    def _labelled(
        self, table: pa.Table, pmids: NDArray[np.int64]
    ) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
        """Why labels drop each row, "" where they do not, and whether they have settled it."""
        applied = self.applied
        reasons = np.full(table.num_rows, "", object)
        settled = np.zeros(table.num_rows, bool)
        negative = table.column("negative_pmid").to_numpy()
        rows = np.flatnonzero(np.isin(negative, pmids))
        queries = table.column("query_id").take(rows).to_pylist()
        for row, query, pmid in zip(rows.tolist(), queries, negative[rows].tolist(), strict=True):
            decision = self.decisions.get((query, pmid))
            if decision is None:
                continue
            applied.labelled += 1
            applied.matched.add((query, pmid))
            reasons[row], settled[row] = decision.drop or "", decision.settled
            if decision.promote:
                applied.promoted.setdefault(query, set()).add(pmid)
        return reasons, settled

    def _count(self, table: pa.Table, kept: pa.Table, reasons: NDArray[np.object_]) -> None:
        applied = self.applied
        applied.negatives += table.num_rows
        applied.kept += kept.num_rows
        strategies = table.column("strategy").to_numpy()
        mask = reasons != ""
        for strategy, reason in zip(strategies[mask].tolist(), reasons[mask].tolist(), strict=True):
            applied.drops.setdefault(strategy, AppliedDrops()).dropped[reason] += 1
        of_kept = strategies[~mask]
        for strategy in np.unique(of_kept).tolist():
            rows = kept.filter(pa.array(of_kept == strategy))
            applied.drops.setdefault(strategy, AppliedDrops()).add(rows)

    def write_anchors(self, writer: MinedWriter) -> None:
        """Write the anchors, with what was promoted among their known positives."""
        promoted = self.applied.promoted
        for batch in pq.ParquetFile(self.source / ANCHORS_FILE).iter_batches(20_000):
            self.applied.anchors += batch.num_rows
            table = pa.Table.from_batches([batch])
            queries = table.column("query_id").to_pylist()
            if any(query in promoted for query in queries):
                known = table.column("positive_pmids").to_pylist()
                new = [
                    [*own, *sorted(promoted.get(query, set()) - set(own))]
                    for query, own in zip(queries, known, strict=True)
                ]
                place = ANCHOR_SCHEMA.get_field_index("positive_pmids")
                column = pa.array(new, ANCHOR_SCHEMA.field(place).type)
                table = table.set_column(place, ANCHOR_SCHEMA.field(place), column)
            writer.write(table, NEGATIVE_SCHEMA.empty_table())
