"""A small judged set to choose checkpoints by: an export's dev part, or a BEIR folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from citemesh.errors import InputError
from citemesh.mining.anchors.beir_queries import open_beir
from citemesh.mining.anchors.query_file import checked_text, json_rows

#: Queries and passages of a dev part that are used at most: it is encoded at every evaluation.
MAX_QUERIES, MAX_PASSAGES = 500, 5_000


@dataclass(frozen=True)
class DevTask:
    """Queries with their relevant passages.

    Args:
        queries: id to text.
        passages: id to text.
        relevant: query id to the ids of its relevant passages.
    """

    queries: Mapping[str, str]
    passages: Mapping[str, str]
    relevant: Mapping[str, frozenset[str]]


def dev_of_export(folder: Path) -> DevTask | None:
    """The dev part of an export: its queries against all of its passages; None where it has none.

    At most `MAX_QUERIES` queries, with the passages of their rows.
    """
    import pyarrow.parquet as pq

    queries: dict[str, str] = {}
    passages: dict[str, str] = {}
    relevant: dict[str, set[str]] = {}
    for texts in sorted((folder / "texts").glob("dev-*.parquet")):
        ids = folder / "ids" / texts.name
        rows = zip(pq.read_table(texts).to_pylist(), pq.read_table(ids).to_pylist(), strict=True)
        for text, names in rows:
            query = str(names["query_id"])
            if len(passages) >= MAX_PASSAGES or (
                query not in queries and len(queries) >= MAX_QUERIES
            ):
                continue
            queries[query] = text["anchor"]
            passages.update(_passages(text, names))
            relevant.setdefault(query, set()).add(str(names["positive_pmid"]))
    if not queries:
        return None
    return DevTask(queries, passages, {q: frozenset(own) for q, own in relevant.items()})


def dev_of_folder(folder: Path) -> DevTask:
    """A BEIR folder whose document ids are PMIDs: judged queries against its corpus.

    Of a larger corpus the judged documents are kept, filled up to `MAX_PASSAGES` in its order.

    Raises:
        InputError: when it is in another form, or judges nothing.
    """
    source = open_beir(folder, ())
    relevant: dict[str, set[str]] = {}
    for _, query_id, pmid in source.positives():
        if query_id in relevant or len(relevant) < MAX_QUERIES:
            relevant.setdefault(query_id, set()).add(str(pmid))
    queries = {query_id: text for _, query_id, text in source.queries() if query_id in relevant}
    judged = {pmid for query_id in queries for pmid in relevant[query_id]}
    passages: dict[str, str] = {}
    others = MAX_PASSAGES - len(judged)
    for document, text in _corpus(folder):
        if document in judged or others > 0:
            others -= document not in judged
            passages[document] = text
    kept = {query: frozenset(relevant[query] & passages.keys()) for query in queries}
    if not any(kept.values()):
        raise InputError(
            f"{folder} judges no document of its corpus for any of its queries.",
            "Give a folder in BEIR layout: corpus.jsonl, queries.jsonl, qrels/*.tsv.",
        )
    asked = {query: text for query, text in queries.items() if kept[query]}
    return DevTask(asked, passages, kept)


def _passages(text: dict[str, Any], names: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for column, value in text.items():
        if column != "anchor":
            key = column.replace("positive", "positive_pmid").replace("negative", "negative_pmid")
            yield str(names[key]), value


def _corpus(folder: Path) -> Iterator[tuple[str, str]]:
    places = [folder / "corpus.jsonl", folder / "corpus.jsonl.gz"]
    paths = [path for path in places if path.is_file()]
    if not paths:
        raise InputError(f"{folder} has no corpus.jsonl.", "A BEIR folder has one.")
    for place, row in json_rows(paths[0]):
        text = f"{row.get('title') or ''} {row.get('text') or ''}".strip()
        yield str(row.get("_id")), checked_text(place, text)
