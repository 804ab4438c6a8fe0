"""Two evaluation tasks that need no labels, held out by PMID before anything is mined.

title → own abstract: is a document found by its title? title → cited abstracts: are the papers
found that a document cites (the citation task of SPECTER and SCIDOCS, on the loaded graph)?
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from citemesh.errors import InputError
from citemesh.graph.client import GraphClient
from citemesh.graph.corpus import Corpus, Document
from citemesh.graph.cypher import named_query
from citemesh.graph.state import open_loaded_graph
from citemesh.manifest import Manifest
from citemesh.mining.anchors import plain_title
from citemesh.outputs import check_free, new_folder
from citemesh.progress import step
from citemesh.workspace import Workspace

TITLE_ABSTRACT = "title-abstract"
TITLE_CITED = "title-cited"
PMIDS_FILE = "pmids.txt"
MANIFEST_KIND = "holdout"


@dataclass(frozen=True)
class HoldoutSettings:
    """How much to hold out.

    Args:
        documents: how many documents the tasks search in; all of them are kept out of training.
        queries: at most this many queries per task.
    """

    documents: int = 2_000
    queries: int = 500


@dataclass(frozen=True)
class HeldOut:
    """What is held out.

    Args:
        pmids: every held-out document, those with the smallest ``h`` first.
        cited: citing document to the documents that it cites; all of them are in `pmids`.
    """

    pmids: tuple[int, ...]
    cited: Mapping[int, Sequence[int]]


def hold_out(
    workspace: Workspace, settings: HoldoutSettings, name: str, force: bool = False
) -> Manifest:
    """Write the two tasks and the list of held-out PMIDs into ``tasks/NAME``.

    Raises:
        OutputExistsError, InputError, ConnectionFailedError: before anything is written.
    """
    final = workspace.tasks(name)
    check_free(final, force=force)
    corpus = Corpus(workspace.corpus)
    with open_loaded_graph(workspace) as client:
        held_out = choose(client, settings)
    if not held_out.pmids:
        raise InputError("The graph has no document, so nothing can be held out.")
    with new_folder(final, force=force) as folder, step("Writing the held-out tasks"):
        documents = corpus.documents(held_out.pmids)
        (folder / PMIDS_FILE).write_text("".join(f"{p}\n" for p in sorted(documents)))
        counts = {"documents": len(documents)}
        counts[TITLE_ABSTRACT] = _write_title_abstract(folder, held_out, documents, settings)
        counts[TITLE_CITED] = _write_title_cited(folder, held_out, documents)
        manifest = Manifest(
            kind=MANIFEST_KIND, settings=asdict(settings), counts=counts,
            inputs={"graph": corpus.manifest.settings["load_id"]},
        )  # fmt: skip
        manifest.write(folder)
    return manifest


def choose(client: GraphClient, settings: HoldoutSettings) -> HeldOut:
    """Choose by ``h``: half of the citing documents with what they cite, then any documents.

    Half, so that citations are left to mine from when the graph has few.
    """
    citing = client.rows(named_query("graph", "citing_documents"), limit=2 * settings.queries)
    cited = {row["pmid"]: row["cited"] for row in citing[: (len(citing) + 1) // 2]}
    chosen = dict.fromkeys(cited) | dict.fromkeys(p for pmids in cited.values() for p in pmids)
    sample = client.rows(
        named_query("graph", "sample_documents"), limit=settings.documents + len(chosen)
    )
    for row in sample:
        if len(chosen) >= settings.documents:
            break
        chosen[row["pmid"]] = None
    return HeldOut(tuple(chosen), cited)


def _write_title_abstract(
    folder: Path, held_out: HeldOut, documents: Mapping[int, Document], settings: HoldoutSettings
) -> int:
    task = folder / TITLE_ABSTRACT
    # From the end: the sample without citations comes last and is the larger part.
    queried = held_out.pmids[::-1][: settings.queries]
    # Another id than the document's: BEIR takes a document with the query's id for no hit.
    queries = {f"title-{pmid}": plain_title(documents[pmid].title) for pmid in queried}
    qrels = {f"title-{pmid}": [pmid] for pmid in queried}
    _write_task(task, documents.values(), queries, qrels)
    return len(queries)


def _write_title_cited(folder: Path, held_out: HeldOut, documents: Mapping[int, Document]) -> int:
    task = folder / TITLE_CITED
    queries = {str(pmid): plain_title(documents[pmid].title) for pmid in held_out.cited}
    qrels = {str(pmid): cited for pmid, cited in held_out.cited.items()}
    if not queries:
        return 0
    _write_task(task, (), queries, qrels)
    # The same bytes as the other task's corpus, so that its embeddings are cached once.
    shutil.copyfile(folder / TITLE_ABSTRACT / "corpus.jsonl", task / "corpus.jsonl")
    return len(queries)


def _write_task(
    task: Path,
    documents: Iterable[Document],
    queries: Mapping[str, str],
    qrels: Mapping[str, Sequence[int]],
) -> None:
    """A BEIR folder; abstracts only, since a title would give the answer away."""
    (task / "qrels").mkdir(parents=True)
    with (task / "corpus.jsonl").open("w", encoding="utf-8") as stream:
        for document in documents:
            row = {"_id": str(document.pmid), "title": "", "text": document.abstract}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    with (task / "queries.jsonl").open("w", encoding="utf-8") as stream:
        for query_id, text in queries.items():
            stream.write(json.dumps({"_id": query_id, "text": text}, ensure_ascii=False) + "\n")
    lines = [f"{query_id}\t{pmid}\t1\n" for query_id, pmids in qrels.items() for pmid in pmids]
    header = "query-id\tcorpus-id\tscore\n"
    (task / "qrels" / "test.tsv").write_text(header + "".join(lines), encoding="utf-8")
