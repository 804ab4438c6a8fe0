"""A BEIR folder with negatives: what its experts judged so, and ours beside its judgments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from citemesh.mining.anchors.beir_queries import BeirQueries, open_beir
from citemesh.mining.anchors.query_file import Place, checked_id, json_rows
from citemesh.mining.audit.inputs.triples import entries

#: The strategy of what the judgments call not relevant.
JUDGED = "judged"


@dataclass(frozen=True)
class BeirNegatives:
    """A BEIR folder: judgments of 0 and below, and lines of ids by the system that found them.

    Args:
        judged: queries and judgments.
        negatives_paths: lines with ``qid``, ``pos`` and ``neg`` (msmarco-hard-negatives).
    """

    judged: BeirQueries
    negatives_paths: tuple[Path, ...]
    repeats: bool = False

    @property
    def paths(self) -> tuple[Path, ...]:
        """Queries, judgments, negatives."""
        return (*self.judged.paths, *self.negatives_paths)

    def queries(self) -> Iterator[tuple[Place, str, str]]:
        """Place, id and text of each query, judged or not."""
        return self.judged.queries()

    def own_articles(self) -> Iterator[tuple[str, str, int | None]]:
        """Id and text of each query, which comes from no article."""
        for _, query_id, text in self.judged.queries():
            yield query_id, text, None

    def positives(self) -> Iterator[tuple[Place, str, int]]:
        """Place, query id and PMID of each judgment above 0, and of each ``pos``."""
        yield from self.judged.positives()
        for place, query_id, row in self._lines():
            if "pos" in row:
                for _, pmid in entries(place, row, "pos"):
                    yield place, query_id, pmid

    def negatives(self) -> Iterator[tuple[Place, str, str, int]]:
        """Place, query id, strategy and PMID of each."""
        for place, query_id, pmid, score in self.judged.judgments():
            if score <= 0:
                yield place, query_id, JUDGED, pmid
        for place, query_id, row in self._lines():
            for strategy, pmid in entries(place, row, "neg"):
                yield place, query_id, strategy, pmid

    def _lines(self) -> Iterator[tuple[Place, str, dict[str, Any]]]:
        for path in self.negatives_paths:
            for place, row in json_rows(path):
                yield place, checked_id(place, row.get("qid")), row


def open_beir_negatives(folder: Path, qrels: Sequence[str]) -> BeirNegatives:
    """The queries of a folder, and for its judgments the files of that name in ``negatives/``.

    Raises:
        InputError: when it is in another form.
        SettingsError: for judgments that are not there, or not chosen among several.
    """
    judged = open_beir(folder, qrels)
    found = [
        path
        for file in judged.qrels_paths
        for name in (f"{file.stem}.jsonl*", f"{file.stem}-*.jsonl*")
        for path in sorted((folder / "negatives").glob(name))
    ]
    return BeirNegatives(judged, tuple(found))
