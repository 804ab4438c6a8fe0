"""The rows of every index of texts: the documents in the order of the corpus."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from citemesh.encoding.embeddings import Texts
from citemesh.graph.corpus import Corpus
from citemesh.graph.snapshot.arrays import ArrayFile, map_array
from citemesh.manifest import read_manifest
from citemesh.mining.texts.store import MANIFEST_KIND, prepared
from citemesh.workspace import Workspace

#: Name of the array of PMIDs, one per row.
PMID = "pmid"
_TEXTS = "texts"


def prepare_documents(workspace: Workspace, corpus: Corpus) -> Path:
    """The folder with the PMIDs of all rows and the hash of their texts."""
    return prepared(workspace, corpus, "documents", {}, partial(_list_documents, corpus))


def document_texts(corpus: Corpus, folder: Path) -> Texts:
    """The texts of all rows, read from the corpus as they are needed.

    Args:
        corpus: the documents.
        folder: from `prepare_documents`.
    """
    inputs = read_manifest(folder, MANIFEST_KIND, "citemesh mine").inputs
    return Texts(len(map_array(folder, PMID)), inputs[_TEXTS], lambda: texts_of(corpus))


def texts_of(corpus: Corpus) -> Iterator[str]:
    """Title and abstract of each document, one row group held at a time."""
    for documents in corpus.stream(["title", "abstract"]):
        yield from documents["title"] + " " + documents["abstract"]


def _list_documents(corpus: Corpus, folder: Path) -> Mapping[str, str]:
    with ArrayFile(folder / f"{PMID}.npy", "<i8") as rows:
        for documents in corpus.stream(["pmid"]):
            rows.append(documents["pmid"].to_numpy())
    return {_TEXTS: texts_hash(texts_of(corpus))}


def texts_hash(texts: Iterable[str]) -> str:
    """The SHA-256 of texts in their order, none of them held."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()
