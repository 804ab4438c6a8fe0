"""The forms of a user's queries: TSV and JSON lines; and which form a path has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from citemesh.errors import InputError, SettingsError
from citemesh.mining.anchors.beir_queries import open_beir
from citemesh.mining.anchors.query_file import (
    Place,
    QueryFile,
    checked_id,
    checked_pmid,
    checked_text,
    json_rows,
    lines,
)

_TSV_HEADER = ["query_id", "query", "pmid"]
_FORMS = (
    "Give a BEIR folder (queries.jsonl, qrels/*.tsv), a TSV file (query_id, query, pmid) or a JSON "
    'lines file ({"query_id": …, "query": …, "positive_pmids": […]}).'
)


@dataclass(frozen=True)
class TsvQueries:
    """``query_id<TAB>query<TAB>pmid``, one line per known positive; the header may be left out."""

    path: Path
    repeats: bool = True

    @property
    def paths(self) -> tuple[Path, ...]:
        """The file."""
        return (self.path,)

    def queries(self) -> Iterator[tuple[Place, str, str]]:
        """Place, id and text of each line's query."""
        for place, query_id, text, _ in self._rows():
            yield place, checked_id(place, query_id), checked_text(place, text)

    def positives(self) -> Iterator[tuple[Place, str, int]]:
        """Place, query id and PMID of each line."""
        for place, query_id, _, pmid in self._rows():
            yield place, query_id, checked_pmid(place, pmid)

    def _rows(self) -> Iterator[tuple[Place, str, str, str]]:
        for place, line in lines(self.path):
            columns = line.split("\t")
            if len(columns) != len(_TSV_HEADER):
                raise place.fault(f"{len(columns)} columns, 3 are needed: query_id, query, pmid.")
            if place.line > 1 or [name.casefold() for name in columns] != _TSV_HEADER:
                yield place, columns[0], columns[1], columns[2]


@dataclass(frozen=True)
class JsonQueries:
    """``{"query_id": …, "query": …, "positive_pmids": […]}``, one line per query."""

    path: Path
    repeats: bool = False

    @property
    def paths(self) -> tuple[Path, ...]:
        """The file."""
        return (self.path,)

    def queries(self) -> Iterator[tuple[Place, str, str]]:
        """Place, id and text of each query."""
        for place, row in json_rows(self.path):
            yield place, checked_id(place, row.get("query_id")), checked_text(
                place, row.get("query")
            )  # fmt: skip

    def positives(self) -> Iterator[tuple[Place, str, int]]:
        """Place, query id and PMID of each known positive."""
        for place, row in json_rows(self.path):
            pmids = row.get("positive_pmids")
            if not isinstance(pmids, list):
                raise place.fault('"positive_pmids" is no list.')
            for pmid in pmids:
                yield place, str(row["query_id"]), checked_pmid(place, pmid)


def open_query_file(path: Path, qrels: Sequence[str] = ()) -> QueryFile:
    """Tell which form a path has: by what a folder holds, a file's name, or its first line.

    Args:
        path: a BEIR folder or a file.
        qrels: of a BEIR folder, which of its judgments are read, such as ``train``.

    Raises:
        InputError: when nothing is there, or in no known form.
        SettingsError: for judgments that are not there, or not chosen among several.
    """
    if path.is_dir():
        return open_beir(path, qrels)
    if not path.is_file():
        raise InputError(f"{path} is no file or folder.", _FORMS)
    if qrels:
        raise SettingsError(f"--qrels is for a BEIR folder, and {path} is a file.")
    kind = path.name.removesuffix(".gz").rpartition(".")[2].casefold()
    _, first = next(lines(path), (None, ""))
    if not first:
        raise InputError(f"{path} is empty.", _FORMS)
    if kind in ("jsonl", "ndjson") or (kind != "tsv" and first.lstrip().startswith("{")):
        return JsonQueries(path)
    if kind == "tsv" or "\t" in first:
        return TsvQueries(path)
    raise InputError(f"{path} is in no known form.", _FORMS)
