"""Documents by language: neither graph nor corpus hold it, the parsed PubMed files do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from citemesh.errors import InputError
from citemesh.graph.corpus import MADE_BY, Corpus
from citemesh.graph.pmid_set import PmidSet
from citemesh.graph.pubmed.staging import find_staged
from citemesh.workspace import Workspace


def documents_in(workspace: Workspace, corpus: Corpus, languages: Sequence[str]) -> PmidSet:
    """PMIDs of documents in one of some languages.

    Args:
        workspace: with the parsed files that the corpus was made of.
        corpus: the documents.
        languages: codes as PubMed writes them (MARC), such as ``eng``.

    Raises:
        InputError: when a parsed file was removed.
    """
    settled, found, wanted = corpus.settled(), PmidSet(), pa.array(languages, pa.string())
    for number, file in enumerate(corpus.files, start=1):
        staged = find_staged(workspace, file.name, file.sha256)
        if staged is None:
            raise InputError(
                f"--filter language= reads the parsed files, and that of {file.name} is gone.",
                f"Parse and load again: {MADE_BY} --force",
            )
        for batch in pq.ParquetFile(staged.table("articles")).iter_batches(
            columns=["pmid", "languages"]
        ):
            languages_of = batch.column("languages")
            spoken = pc.is_in(languages_of.flatten(), wanted).to_numpy(zero_copy_only=False)
            rows = pc.list_parent_indices(languages_of).to_numpy(zero_copy_only=False)[spoken]
            pmids = np.unique(batch.column("pmid").to_numpy(zero_copy_only=False)[rows])
            found.add(pmids[settled.document_owners(pmids) == number])
    return found
