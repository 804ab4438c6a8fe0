"""What a load or an update ended in, and the manifest that tells of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from citemesh.graph.client import GraphClient
from citemesh.graph.corpus import MANIFEST_KIND, CorpusFile, corpus_settings
from citemesh.graph.cypher import named_query
from citemesh.graph.load.settled import Settled
from citemesh.graph.state import FileEntry, load_id
from citemesh.manifest import Manifest


@dataclass(frozen=True)
class LoadResult:
    """What a graph holds after a load or an update.

    Args:
        version: of the graph.
        mesh_year: of its MeSH.
        settled: which file has the last word on each PMID.
        descriptors_used: descriptors that stand in a heading.
        counts: label or relationship type to how many there are.
        dropped: what was left out, reason to count.
    """

    version: int
    mesh_year: int
    settled: Settled
    descriptors_used: int
    counts: dict[str, int]
    dropped: Counter[str]


def graph_counts(client: GraphClient) -> dict[str, int]:
    """How many nodes each label and relationships each type has."""
    queries = (named_query("graph", name) for name in ("stats_nodes", "stats_relationships"))
    return {row["name"]: row["count"] for query in queries for row in client.rows(query)}


def load_manifest(
    entries: Sequence[FileEntry], files: Sequence[CorpusFile], result: LoadResult
) -> Manifest:
    """The manifest of the corpus.

    Args:
        entries: all files that the graph was made from.
        files: the PubMed files among them, in the order of their numbers.
        result: what came out.
    """
    settled = result.settled.counts()
    return Manifest(
        kind=MANIFEST_KIND,
        settings={
            "load_id": load_id(entries), "version": result.version,
            "mesh_year": result.mesh_year, **corpus_settings(files),
        },
        inputs={entry.name: entry.sha256 for entry in entries},
        counts={
            "records": settled.records, "documents": settled.documents,
            "descriptors used": result.descriptors_used, **result.counts,
        },
        dropped={reason: count for reason, count in result.dropped.items() if count},
    )  # fmt: skip
