"""Titles with their abstracts as training data: pairs that need no labels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from citemesh.errors import InputError
from citemesh.graph.corpus import MADE_BY, Corpus
from citemesh.graph.pmid_set import PmidSet
from citemesh.graph.snapshot.arrays import map_array
from citemesh.mining.anchors.anchor import plain_title
from citemesh.mining.anchors.chosen import not_denied
from citemesh.outputs import new_folder
from citemesh.training.data.corpus_rows import (
    PMID,
    CorpusRows,
    choose,
    open_texts,
    write_pmids,
    write_texts,
)
from citemesh.training.recipes.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

#: What PubMed puts where there is no title.
_NO_TITLE = "not available"


def training_titles(corpus: Corpus, settings: Settings, denied: PmidSet, cache: Path) -> CorpusRows:
    """Title (column ``anchor``) and abstract (``positive``) of documents.

    BMRetriever's first stage trains on such pairs (Xu et al., EMNLP 2024).

    Args:
        corpus: the documents.
        settings: of the run: `rows`.
        denied: PMIDs of evaluation sets.
        cache: a folder for the files that the rows are mapped from; the caller removes it.

    Raises:
        InputError: when no document is left.
    """
    untitled = _untitled(corpus)
    tests = {"denied": not_denied(denied), "without_title": not_denied(untitled)}
    chosen, left_out = choose(corpus, tests, settings.rows)
    if not len(chosen):
        raise InputError(
            f"No document with a title can be trained on; left out: {left_out}.",
            f"Load documents: {MADE_BY}",
        )
    cache.mkdir(parents=True, exist_ok=True)
    with new_folder(cache / "titles", force=True) as folder:
        write_pmids(corpus, chosen, folder)
        write_texts(corpus, chosen, _title_to_abstract, ("anchor", "positive"), folder)
    final = cache / "titles"
    return CorpusRows(open_texts(final), map_array(final, PMID), left_out)


def _untitled(corpus: Corpus) -> PmidSet:
    untitled = PmidSet()
    for documents in corpus.stream(["pmid", "title"]):
        missing = [
            plain_title(title).strip().lower() in ("", _NO_TITLE) for title in documents["title"]
        ]
        untitled.add(documents["pmid"].to_numpy()[np.array(missing, dtype=bool)])
    return untitled


def _title_to_abstract(documents: pd.DataFrame) -> Mapping[str, pd.Series[str]]:
    return {"anchor": documents["title"].map(plain_title), "positive": documents["abstract"]}
