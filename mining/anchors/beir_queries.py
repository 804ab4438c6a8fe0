"""A BEIR folder as a user's own queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from citemesh.errors import InputError, SettingsError
from citemesh.mining.anchors.query_file import (
    Place,
    checked_id,
    checked_pmid,
    checked_text,
    json_rows,
    lines,
)

_QRELS_HEADER = ["query-id", "corpus-id", "score"]


@dataclass(frozen=True)
class BeirQueries:
    """A BEIR folder: ``queries.jsonl`` and judgments; those with a score above 0 are positives."""

    queries_path: Path
    qrels_paths: tuple[Path, ...]
    repeats: bool = False

    @property
    def paths(self) -> tuple[Path, ...]:
        """Queries, then judgments."""
        return (self.queries_path, *self.qrels_paths)

    def queries(self) -> Iterator[tuple[Place, str, str]]:
        """Place, id and text of each query, judged or not."""
        for place, row in json_rows(self.queries_path):
            yield place, checked_id(place, row.get("_id")), checked_text(place, row.get("text"))

    def positives(self) -> Iterator[tuple[Place, str, int]]:
        """Place, query id and PMID of each judgment above 0."""
        for place, query_id, pmid, score in self.judgments():
            if score > 0:
                yield place, query_id, pmid

    def judgments(self) -> Iterator[tuple[Place, str, int, int]]:
        """Place, query id, PMID and score of each judgment."""
        for path in self.qrels_paths:
            for place, line in lines(path):
                columns = line.split("\t")
                if place.line == 1 and columns != _QRELS_HEADER:
                    raise place.fault(f"{line[:60]!r} is not the header of BEIR's judgments.",
                                      "It is, with tabs: query-id corpus-id score")  # fmt: skip
                if place.line > 1:
                    yield place, columns[0], *_judgment(place, columns)


def _judgment(place: Place, columns: Sequence[str]) -> tuple[int, int]:
    if len(columns) != len(_QRELS_HEADER):
        raise place.fault(f"{len(columns)} columns, 3 are needed: {', '.join(_QRELS_HEADER)}.")
    try:
        score = int(columns[2])
    except ValueError:
        raise place.fault(f"the score {columns[2][:40]!r} is no whole number.") from None
    return checked_pmid(place, columns[1]), score


def open_beir(folder: Path, qrels: Sequence[str]) -> BeirQueries:
    """The queries of a folder.

    Raises:
        InputError: when it is in another form.
        SettingsError: for judgments that are not there, or not chosen among several.
    """
    queries = [path for name in ("queries.jsonl", "queries.jsonl.gz")
               if (path := folder / name).is_file()]  # fmt: skip
    there = {path.stem: path for path in sorted((folder / "qrels").glob("*.tsv"))}
    if not queries or not there:
        raise InputError(
            f"{folder} has no {'qrels/*.tsv' if queries else 'queries.jsonl'}.",
            "A BEIR folder has queries.jsonl and qrels/*.tsv.",
        )
    names = ", ".join(there)
    if not qrels and len(there) > 1:
        raise SettingsError(
            f"{folder} has several judgments: {names}.", "Say which are for training: --qrels train"
        )
    unknown = [name for name in qrels if name not in there]
    if unknown:
        raise SettingsError(f"{folder} has no judgments {unknown[0]!r}.", f"It has: {names}.")
    return BeirQueries(queries[0], tuple(there[name] for name in dict.fromkeys(qrels or there)))
